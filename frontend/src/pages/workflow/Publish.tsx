import { Checkbox, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, Dialog, DialogButtons, showToast } from "@/ui";
import type { Workflow } from "./draft";
import { Table } from "./Moves";
import type { Preview, WorkflowOut } from "./useWorkflow";

type Saved = Schemas["WorkflowSaved"];

interface PublishProps {
  project: Project;
  current: WorkflowOut;
  body: Workflow;
  preview: Preview;
  onClose: () => void;
  onSaved: () => void;
}

/** The moves once more, a note, and the next version; with its undo. */
export function Publish({ project, current, body, preview, onClose, onSaved }: PublishProps) {
  const { t } = useTranslation("workflow");
  const [note, setNote] = useState("");
  const [move, setMove] = useState(true);
  const undo = useMutation({
    mutationFn: (change: number) => api.post(`/projects/${project.id}/bulk-changes/${change}/undo`),
    onSuccess: () => showToast({ tone: "ok", title: t("publish.undoing") }),
    onSettled: onSaved,
  });
  const publish = useMutation({
    mutationFn: () =>
      api.put<Saved>(
        `/projects/${project.id}/workflow`,
        { body, note: note.trim(), move },
        { headers: { "If-Match": current.etag } },
      ),
    meta: { ownError: true },
    onSuccess: (saved) => {
      const change = saved.bulk_change;
      showToast({
        tone: "ok",
        title: t("publish.saved", { number: saved.number }),
        detail: change ? t("publish.moving") : undefined,
        action: change ? { label: t("common:undo"), undo: true, run: () => undo.mutate(change.id) } : undefined,
      });
      onSaved();
      onClose();
    },
  });
  return (
    <Dialog opened title={t("publish.title", { number: current.number + 1 })} onClose={onClose}>
      <Table preview={preview} />
      <Checkbox
        mt={12}
        label={t("publish.move")}
        description={t("publish.moveHelp")}
        checked={move}
        onChange={(event) => setMove(event.currentTarget.checked)}
      />
      <TextInput
        mt={12}
        label={t("publish.note")}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {isApiError(publish.error) && (
        <p role="alert" className="sm bad" style={{ marginTop: 8 }}>
          {publish.error.sentence}
        </p>
      )}
      <DialogButtons>
        <Button onClick={onClose} keys="Esc">
          {t("common:cancel")}
        </Button>
        <Button kind="primary" busy={publish.isPending} onClick={() => publish.mutate()}>
          {t("publish.button")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
