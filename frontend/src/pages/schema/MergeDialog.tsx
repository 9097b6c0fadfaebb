import { Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Button, Dialog, DialogButtons, ErrorState, showToast, useFormat } from "@/ui";
import { nameOf, type SchemaBody, type SchemaClass, tree } from "./draft";

interface MergeDialogProps {
  project: number;
  body: SchemaBody;
  from: SchemaClass;
  onClose: () => void;
}

/** Makes one class of two: first what that touches, then a job, and one undo for all of it. */
export function MergeDialog({ project, body, from, onClose }: MergeDialogProps) {
  const { t } = useTranslation("schema");
  const queries = useQueryClient();
  const [into, setInto] = useState<string | null>(null);
  const target = body.classes.find((one) => String(one.id) === into);
  const sent = { classes: [from.id], into: Number(into) };
  const preview = useQuery({
    queryKey: ["project", project, "merge", from.id, into],
    queryFn: () => api.post<Schemas["MergePreview"]>(`/projects/${project}/schema/merge/preview`, sent),
    enabled: into !== null,
    staleTime: 0,
  });
  const undo = useMutation({
    mutationFn: (change: number) =>
      api.post<Schemas["BulkChangeStarted"]>(`/projects/${project}/bulk-changes/${change}/undo`),
    onSettled: () => queries.invalidateQueries({ queryKey: ["project", project] }),
  });
  const merge = useMutation({
    mutationFn: () => api.post<Schemas["BulkChangeStarted"]>(`/projects/${project}/schema/merge`, sent),
    onSuccess: ({ bulk_change }) => {
      onClose();
      void queries.invalidateQueries({ queryKey: ["project", project] });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      showToast({
        tone: "ok",
        title: t("merge.done", { name: target ? nameOf(target) : "" }),
        detail: t("merge.doneDetail"),
        action: { label: t("common:undo"), run: () => undo.mutate(bulk_change.id), undo: true },
      });
    },
  });
  const problems = preview.data?.problems ?? [];
  return (
    <Dialog opened title={t("merge.title", { name: nameOf(from) })} onClose={onClose}>
      <Select
        label={t("merge.into")}
        searchable
        data-autofocus
        data={tree(body.classes)
          .filter(({ found }) => found.id !== from.id)
          .map(({ found }) => ({ value: String(found.id), label: nameOf(found) }))}
        value={into}
        onChange={setInto}
      />
      {preview.isError && <ErrorState inline error={preview.error} />}
      {preview.data && <MergeSummary preview={preview.data} from={from} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button
          kind="primary"
          busy={merge.isPending}
          disabled={!preview.data || problems.length > 0}
          onClick={() => merge.mutate()}
        >
          {t("merge.button")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function MergeSummary({ preview, from }: { preview: Schemas["MergePreview"]; from: SchemaClass }) {
  const { t } = useTranslation("schema");
  const format = useFormat();
  if (preview.problems.length > 0)
    return (
      <ul className="sm bad" style={{ marginTop: 10 }} role="alert">
        {preview.problems.map((problem) => (
          <li key={problem.pointer + problem.code}>{problem.detail}</li>
        ))}
      </ul>
    );
  return (
    <p className="sm t2" style={{ marginTop: 10 }}>
      {t("merge.touches", {
        regions: format.number(preview.regions),
        tasks: format.number(preview.tasks),
        name: nameOf(from),
      })}{" "}
      {preview.drafts > 0 && t("merge.drafts", { count: preview.drafts })}
    </p>
  );
}
