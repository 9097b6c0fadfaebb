import { MultiSelect, Select, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import { useClasses } from "@/app/schema";
import { Button, Dialog, DialogButtons, Seg, showToast, useFormat } from "@/ui";
import { nameOf, type SchemaClass, topUpsKey } from "./data";

interface NewTopUpProps {
  project: number;
  classId: number | null;
  attribute: string | null;
  split: boolean;
  onClose: () => void;
}

const listed = (classes: SchemaClass[]) => classes.map((one) => ({ value: `${one.id}`, label: nameOf(one, one.id) }));

/** Which regions are asked what; what that touches is counted before it begins. */
export function NewTopUp({ project, onClose, ...given }: NewTopUpProps) {
  const { t } = useTranslation("topups");
  const queries = useQueryClient();
  const classes = useClasses(project);
  const [classId, setClassId] = useState(given.classId);
  const [kind, setKind] = useState<"attribute" | "split">(given.split ? "split" : "attribute");
  const [attribute, setAttribute] = useState(given.attribute);
  const [into, setInto] = useState<string[]>([]);
  const [review, setReview] = useState(true);
  const all = [...classes.values()];
  const found = classId === null ? undefined : classes.get(classId);
  const askable = (found?.attributes ?? []).filter((one) => !one.archived && !one.mutable && one.scope === "region");
  const parts = all.filter(
    (one) => !one.archived && one.id !== classId && found?.shapes.every((shape) => one.shapes.includes(shape)),
  );
  const ready = found && (kind === "attribute" ? Boolean(attribute) : into.length > 0);
  const asked = {
    class_id: classId ?? 0,
    attribute: kind === "attribute" ? attribute : null,
    into: kind === "split" ? into.map(Number) : [],
    review,
  };
  const start = useMutation({
    mutationFn: () => api.post<Schemas["TopUpStarted"]>(`/projects/${project}/top-ups`, asked),
    meta: { ownError: true },
    onSuccess: ({ top_up }) => {
      void queries.invalidateQueries({ queryKey: topUpsKey(project) });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      showToast({ tone: "ok", title: t("started"), detail: top_up.title });
      onClose();
    },
  });
  const error = isApiError(start.error) ? start.error : null;
  return (
    <Dialog opened title={t("newTitle")} onClose={onClose} width={480}>
      <form
        className="col"
        style={{ gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) start.mutate();
        }}
      >
        <Select
          label={t("class")}
          data-autofocus={given.classId === null || undefined}
          searchable
          data={listed(all)}
          value={classId === null ? null : `${classId}`}
          onChange={(id) => {
            setClassId(id ? Number(id) : null);
            setAttribute(null);
            setInto([]);
          }}
        />
        <Seg
          label={t("kind")}
          value={kind}
          onChange={setKind}
          options={[
            { value: "attribute", label: t("kinds.attribute") },
            { value: "split", label: t("kinds.split") },
          ]}
        />
        {kind === "attribute" ? (
          <Select
            label={t("attribute")}
            description={found && askable.length === 0 ? t("noAttribute") : t("attributeHelp")}
            searchable
            data={askable.map((one) => ({ value: one.name, label: one.title || one.name }))}
            value={attribute}
            onChange={setAttribute}
          />
        ) : (
          <MultiSelect
            label={t("into")}
            description={found && parts.length === 0 ? t("noParts") : t("intoHelp")}
            searchable
            data={listed(parts)}
            value={into}
            onChange={setInto}
          />
        )}
        <ReviewSwitch review={review} onChange={setReview} />
        {ready && <Counted project={project} asked={asked} />}
        {error && (
          <p role="alert" className="sm bad">
            {error.sentence}
          </p>
        )}
        <p className="sm t3">{t("undoHelp")}</p>
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button
            kind="primary"
            type="submit"
            busy={start.isPending}
            disabled={!ready}
            data-autofocus={given.classId !== null || undefined}
          >
            {t("start")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function ReviewSwitch({ review, onChange }: { review: boolean; onChange: (review: boolean) => void }) {
  const { t } = useTranslation("topups");
  return (
    <Switch
      label={t("review")}
      description={t("reviewHelp")}
      checked={review}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

function Counted({ project, asked }: { project: number; asked: Schemas["NewTopUp"] }) {
  const { t } = useTranslation("topups");
  const format = useFormat();
  const { data, isError } = useQuery({
    queryKey: [...topUpsKey(project), "preview", asked],
    queryFn: () => api.post<Schemas["TopUpPreviewOut"]>(`/projects/${project}/top-ups/preview`, asked),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  if (isError) return null;
  return (
    <div className="sm" aria-live="polite">
      {!data ? (
        <p className="t3">{t("counting")}</p>
      ) : (
        <>
          <p>
            {t(data.more ? "previewMore" : "preview", {
              count: data.regions,
              regions: format.number(data.regions),
              tasks: format.number(data.tasks),
            })}
          </p>
          {data.not_done > 0 && <p className="t2">{t("notDone", { count: data.not_done })}</p>}
        </>
      )}
    </div>
  );
}
