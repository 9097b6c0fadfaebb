import { NumberInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { useSchema } from "@/app/schema";
import { Button, ErrorState, showToast } from "@/ui";
import {
  changesOf,
  fromChoice,
  type Model,
  type ModelVersion,
  modelsKey,
  NOTHING,
  sortedLabels,
  type Target,
  toChoice,
} from "./shared";

interface MeaningProps {
  project: Project;
  model: Model;
  version: ModelVersion;
  mayEdit: boolean;
}

/** What each label means in the project, and from which score on it is kept. */
export function Meaning({ project, model, version, mayEdit }: MeaningProps) {
  const { t } = useTranslation("models");
  const queries = useQueryClient();
  const [mapping, setMapping] = useState<Record<string, Target | null>>({});
  const [thresholds, setThresholds] = useState(version.thresholds);
  const [search, setSearch] = useState("");
  const schema = useSchema(project.id);
  const save = useMutation({
    meta: { ownError: true },
    scope: changesOf(version),
    mutationFn: () => api.patch<ModelVersion>(`/model-versions/${version.id}`, { mapping, thresholds }),
    onSuccess: () => {
      setMapping({});
      showToast({ tone: "ok", title: t("saved") });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: modelsKey(project.id) }),
  });
  const choices = choicesOf(schema.data?.body, t("nothing"));
  const wanted = search.trim().toLowerCase();
  const [order] = useState(() => sortedLabels(version));
  const labels = order.filter((label) => label.toLowerCase().includes(wanted));
  const changed = Object.keys(mapping).length > 0 || thresholds !== version.thresholds;
  const score = thresholds.score ?? USUAL_SCORE;
  if (version.labels.length === 0) return null;
  return (
    <form
      className="part"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <h3>{t("meaning")}</h3>
      <p className="xs t3">{t("meaningLead")}</p>
      <div className="row g12" style={{ alignItems: "flex-end", margin: "8px 0", flexWrap: "wrap" }}>
        <TextInput
          label={t("searchLabel")}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          style={{ flex: 1, minWidth: 140 }}
        />
        <NumberInput
          label={t("score")}
          w={120}
          min={0}
          max={1}
          step={0.05}
          decimalScale={2}
          disabled={!mayEdit}
          value={score}
          onChange={(value) => setThresholds({ ...thresholds, score: share(value, score) })}
        />
        {model.backend === "onnx" && (
          <NumberInput
            label={t("iou")}
            w={150}
            min={0}
            max={1}
            step={0.05}
            decimalScale={2}
            disabled={!mayEdit}
            value={thresholds.iou ?? USUAL_IOU}
            onChange={(value) => setThresholds({ ...thresholds, iou: share(value, USUAL_IOU) })}
          />
        )}
      </div>
      <div className="meaning">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("label")}</th>
              <th scope="col">{t("means")}</th>
              <th scope="col">{t("ownScore")}</th>
            </tr>
          </thead>
          <tbody>
            {labels.map((label) => {
              const target = label in mapping ? mapping[label] : version.mapping[label];
              return (
                <LabelRow
                  key={label}
                  label={label}
                  target={target}
                  choices={choices}
                  score={score}
                  own={thresholds.classes?.[label]}
                  disabled={!mayEdit}
                  onTarget={(next) => setMapping({ ...mapping, [label]: next })}
                  onScore={(value) => setThresholds(withScore(thresholds, label, value))}
                />
              );
            })}
          </tbody>
        </table>
      </div>
      {mayEdit && (
        <div className="row g8" style={{ marginTop: 12 }}>
          <Button type="submit" icon="check" disabled={!changed} busy={save.isPending}>
            {t("save")}
          </Button>
          <span className="xs t3">{t("saveNote")}</span>
        </div>
      )}
      {save.isError && <ErrorState inline error={save.error} />}
    </form>
  );
}

const USUAL_SCORE = 0.25;
const USUAL_IOU = 0.7;
const share = (value: string | number, otherwise: number) =>
  typeof value === "number" ? Math.min(1, Math.max(0, value)) : otherwise;

function withScore(thresholds: ModelVersion["thresholds"], label: string, value: string | number) {
  const { [label]: _, ...others } = thresholds.classes ?? {};
  return { ...thresholds, classes: typeof value === "number" ? { ...others, [label]: share(value, 0) } : others };
}

function choicesOf(body: Schemas["SchemaOut"]["body"] | undefined, nothing: string) {
  const classes = (body?.classes ?? [])
    .filter((one) => !one.archived)
    .map((one) => ({ value: toChoice({ class: one.id }), label: one.title ?? one.name }));
  const answers = (body?.item_attributes ?? [])
    .filter((one) => !one.archived && (one.kind === "select" || one.kind === "multiselect"))
    .flatMap((one) =>
      (one.options ?? []).map((option) => ({
        value: toChoice({ attribute: one.name, value: option }),
        label: `${one.title ?? one.name}: ${option}`,
      })),
    );
  return [{ value: NOTHING, label: nothing }, ...classes, ...answers];
}

interface LabelRowProps {
  label: string;
  target: Target | null | undefined;
  choices: { value: string; label: string }[];
  /** The score that holds where it has none of its own. */
  score: number;
  own: number | undefined;
  disabled: boolean;
  onTarget: (target: Target | null) => void;
  onScore: (value: string | number) => void;
}

function LabelRow({ label, target, choices, score, own, disabled, onTarget, onScore }: LabelRowProps) {
  const { t } = useTranslation("models");
  return (
    <tr>
      <td className={target ? "" : "t3"}>{label}</td>
      <td>
        <Select
          aria-label={t("meaningOf", { label })}
          size="xs"
          searchable
          allowDeselect={false}
          disabled={disabled}
          value={toChoice(target)}
          data={choices}
          onChange={(value) => onTarget(fromChoice(value ?? NOTHING))}
        />
      </td>
      <td>
        {target && (
          <NumberInput
            aria-label={t("scoreOf", { label })}
            size="xs"
            min={0}
            max={1}
            step={0.05}
            decimalScale={2}
            disabled={disabled}
            placeholder={String(score)}
            value={own ?? ""}
            onChange={onScore}
          />
        )}
      </td>
    </tr>
  );
}
