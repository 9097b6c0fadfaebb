import { Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, Dialog, DialogButtons, Loaded } from "@/ui";
import { Changes } from "./Changes";
import { type Guideline, guidelineKey } from "./data";

interface PublishProps {
  project: Project;
  number: number;
  etag: string;
  onClose: () => void;
  onPublished: (saved: Guideline) => void;
}

/** What everybody will be shown, before it is published. */
export function Publish({ project, number, etag, onClose, onPublished }: PublishProps) {
  const { t } = useTranslation("guidelines");
  const [note, setNote] = useState("");
  const [mustRead, setMustRead] = useState(true);
  const changed = useQuery({
    queryKey: [...guidelineKey(project.id), "draft-changes", etag],
    queryFn: () =>
      api.get<Schemas["GuidelineChanges"]>(`/projects/${project.id}/guidelines/changes`, { query: { draft: true } }),
    staleTime: 0,
    gcTime: 0,
  });
  const publish = useMutation({
    mutationFn: () =>
      api.post<Guideline>(
        `/projects/${project.id}/guidelines/publish`,
        { note: note.trim(), must_read: mustRead },
        { headers: { "If-Match": etag } },
      ),
    meta: { ownError: true },
    onSuccess: onPublished,
  });
  const error = isApiError(publish.error) ? publish.error : null;
  return (
    <Dialog opened width={640} title={t("publishTitle", { number })} onClose={onClose}>
      <form
        className="guide-form"
        onSubmit={(event) => {
          event.preventDefault();
          publish.mutate();
        }}
      >
        <TextInput
          data-autofocus
          label={t("note")}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {number > 1 && (
          <Switch
            label={t("mustRead")}
            description={t(mustRead ? "mustReadOn" : "mustReadOff")}
            checked={mustRead}
            onChange={(event) => setMustRead(event.currentTarget.checked)}
          />
        )}
        {number > 1 && (
          <div className="guide-scroll">
            <Loaded query={changed}>{({ changes }) => <Changes changes={changes} />}</Loaded>
          </div>
        )}
        {error && (
          <p role="alert" className="sm bad">
            {error.status === 412 ? t("stale") : error.sentence}
          </p>
        )}
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button kind="primary" type="submit" busy={publish.isPending}>
            {t("publish")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
