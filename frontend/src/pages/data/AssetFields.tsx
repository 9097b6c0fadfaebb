import { Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import { Button, IconButton, showToast } from "@/ui";

type Asset = Schemas["AssetOut"];
type MetadataValue = Asset["metadata"][string];
const TEXTS = ["external_id", "group", "licence", "attribution"] as const;
const ORIGINS = ["real", "synthetic", "augmented", "derived"] as const;

/** "12" and "true" become what they spell, unless the value was text before. */
export function readValue(text: string, before: MetadataValue | undefined): MetadataValue {
  if (typeof before === "string") return text;
  if (text === "true" || text === "false") return text === "true";
  if (text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  return text;
}

interface AssetFieldsProps {
  project: number;
  asset: Asset;
  mayEdit: boolean;
}

/** What is known about the image: each of these is a filter and a column. */
export function AssetFields({ project, asset, mayEdit }: AssetFieldsProps) {
  const { t } = useTranslation("data");
  const queries = useQueryClient();
  const start = () => ({
    texts: Object.fromEntries(TEXTS.map((name) => [name, asset[name] ?? ""])) as Record<(typeof TEXTS)[number], string>,
    origin: asset.origin,
    metadata: Object.entries(asset.metadata).map(([key, value]) => [key, value === null ? "" : String(value)] as const),
  });
  const [fields, setFields] = useState(start);
  const [touched, setTouched] = useState(false);
  const change = (next: Partial<typeof fields>) => {
    setFields({ ...fields, ...next });
    setTouched(true);
  };
  const save = useMutation({
    mutationFn: () =>
      api.patch<Asset>(`/assets/${asset.id}`, {
        ...fields.texts,
        external_id: fields.texts.external_id.trim() || null,
        origin: fields.origin,
        metadata: Object.fromEntries(
          fields.metadata
            .filter(([key]) => key.trim())
            .map(([key, value]) => [key.trim(), readValue(value, asset.metadata[key])]),
        ),
      }),
    meta: { ownError: true },
    onSuccess: (saved) => {
      setTouched(false);
      queries.setQueryData(["project", project, "asset", asset.id], saved);
      void queries.invalidateQueries({ queryKey: ["project", project, "tasks"] });
      showToast({ tone: "ok", title: t("field.saved") });
    },
  });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }
  const setRow = (index: number, row: readonly [string, string]) =>
    change({ metadata: fields.metadata.map((one, at) => (at === index ? row : one)) });
  const error = isApiError(save.error) ? save.error : null;
  return (
    <form onSubmit={onSubmit}>
      <h2 style={{ marginBottom: 6 }}>{t("drawer.image")}</h2>
      <fieldset disabled={!mayEdit} style={{ border: 0, display: "grid", gridTemplateColumns: "1fr 1fr", gap: 10 }}>
        {TEXTS.map((name) => (
          <TextInput
            key={name}
            label={t(`field.${name}`)}
            value={fields.texts[name]}
            maxLength={300}
            error={error?.field(name)}
            onChange={(event) => change({ texts: { ...fields.texts, [name]: event.currentTarget.value } })}
          />
        ))}
        <Select
          label={t("filter.origin")}
          allowDeselect={false}
          disabled={!mayEdit}
          data={ORIGINS.map((value) => ({ value, label: t(`originOf.${value}`) }))}
          value={fields.origin}
          onChange={(origin) => change({ origin: (origin ?? "real") as Asset["origin"] })}
        />
        <div style={{ gridColumn: "1 / 3", display: "grid", gap: 6 }}>
          <span className="sm m">{t("filter.metadata")}</span>
          {fields.metadata.map(([key, value], index) => (
            <div key={index} className="row g6">
              <TextInput
                style={{ flex: 1 }}
                aria-label={t("metadataKey")}
                value={key}
                onChange={(event) => setRow(index, [event.currentTarget.value, value])}
              />
              <TextInput
                style={{ flex: 1 }}
                aria-label={t("metadataValue")}
                value={value}
                onChange={(event) => setRow(index, [key, event.currentTarget.value])}
              />
              <IconButton
                icon="close"
                size="s"
                label={t("field.removeKey", { key })}
                onClick={() => change({ metadata: fields.metadata.filter((_, at) => at !== index) })}
              />
            </div>
          ))}
          {mayEdit && (
            <div>
              <Button
                size="s"
                kind="quiet"
                icon="plus"
                onClick={() => change({ metadata: [...fields.metadata, ["", ""]] })}
              >
                {t("field.addKey")}
              </Button>
            </div>
          )}
        </div>
      </fieldset>
      {error && (
        <p role="alert" className="sm bad" style={{ marginTop: 6 }}>
          {error.sentence}
        </p>
      )}
      {touched && (
        <div className="row" style={{ marginTop: 10 }}>
          <Button kind="primary" type="submit" busy={save.isPending}>
            {t("common:saveChanges")}
          </Button>
          <Button
            onClick={() => {
              setFields(start());
              setTouched(false);
            }}
          >
            {t("common:cancel")}
          </Button>
        </div>
      )}
    </form>
  );
}
