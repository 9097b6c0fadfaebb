import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import { projectKey } from "@/app/project";
import { schemaKey } from "@/app/schema";
import { Button, Dialog, DialogButtons, showToast } from "@/ui";
import type { Draft, SchemaOut } from "./useDraft";
import { Verdict } from "./Verdict";

interface PublishProps {
  project: number;
  current: SchemaOut;
  draft: Draft;
  onClose: () => void;
  /** What the new version changes. */
  onPublished: (changes: Schemas["SchemaChange"][]) => void;
}

/** The summary of changes once more, a note, and the next version. */
export function Publish({ project, current, draft, onClose, onPublished }: PublishProps) {
  const { t } = useTranslation("schema");
  const queries = useQueryClient();
  const [note, setNote] = useState("");
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: schemaKey(project) });
    void queries.invalidateQueries({ queryKey: projectKey(project) });
  };
  const undo = useMutation({
    mutationFn: () => api.post<Schemas["SchemaSaved"]>(`/projects/${project}/schema/undo`),
    onSettled: refresh,
  });
  const publish = useMutation({
    mutationFn: () =>
      api.put<Schemas["SchemaSaved"]>(
        `/projects/${project}/schema`,
        { body: draft.body, note },
        { headers: { "If-Match": current.etag } },
      ),
    meta: { ownError: true },
    onSuccess: (saved) => {
      queries.setQueryData<SchemaOut>(schemaKey(project), saved);
      refresh();
      onClose();
      onPublished(saved.changes);
      showToast({
        tone: "ok",
        title: t("published", { number: saved.number }),
        action: { label: t("common:undo"), run: () => undo.mutate() },
      });
    },
  });
  const error = isApiError(publish.error) ? publish.error : null;
  return (
    <Dialog opened title={t("publishTitle", { number: current.number + 1 })} onClose={onClose} width={520}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          publish.mutate();
        }}
      >
        {draft.preview && (
          <div style={{ margin: "4px -20px 0" }}>
            <Verdict preview={draft.preview} number={current.number + 1} />
          </div>
        )}
        <TextInput
          label={t("note")}
          description={t("noteHelp")}
          data-autofocus
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {error && (
          <div role="alert" className="sm bad" style={{ marginTop: 10 }}>
            <p>{error.status === 412 ? t("stale") : error.sentence}</p>
            {error.errors.map((one) => (
              <p key={one.pointer + one.code}>{one.detail}</p>
            ))}
            {error.status === 412 && (
              <Button size="s" onClick={refresh}>
                {t("loadNewest")}
              </Button>
            )}
          </div>
        )}
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button
            kind="primary"
            type="submit"
            busy={publish.isPending}
            disabled={(draft.preview?.problems.length ?? 0) > 0}
          >
            {t("publish")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
