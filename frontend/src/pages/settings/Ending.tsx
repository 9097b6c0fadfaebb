import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import type { Project } from "@/app/project";
import { Button, Dialog, DialogButtons, showToast } from "@/ui";

/** A copy without data, and the trash. */
export function Ending({ project }: { project: Project }) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [copying, setCopying] = useState(false);
  const refresh = () => queries.invalidateQueries({ queryKey: ["projects"] });
  const restore = useMutation({
    mutationFn: () => api.post<Project>(`/projects/${project.id}/restore`),
    onSuccess: () => {
      void refresh();
      void navigate(`/projects/${project.id}`);
    },
  });
  const trash = useMutation({
    mutationFn: () => api.delete(`/projects/${project.id}`),
    onSuccess: () => {
      void refresh();
      void navigate("/projects");
      showToast({
        tone: "ok",
        title: t("trash.done", { name: project.name }),
        detail: t("trash.doneDetail"),
        action: { label: t("common:undo"), run: () => restore.mutate(), undo: true },
      });
    },
  });
  return (
    <>
      {project.actions.includes("project.create") && (
        <section aria-labelledby="copy">
          <h2 id="copy">{t("copy.title")}</h2>
          <p className="sm t2">{t("copy.lead")}</p>
          <Button icon="copy" style={{ marginTop: 10 }} onClick={() => setCopying(true)}>
            {t("copy.button")}
          </Button>
        </section>
      )}
      {project.actions.includes("project.delete") && (
        <>
          <hr className="rule" />
          <section aria-labelledby="trash">
            <h2 id="trash">{t("trash.title")}</h2>
            <p className="sm t2">{t("trash.lead")}</p>
            <Button
              kind="bad"
              icon="trash"
              style={{ marginTop: 10 }}
              busy={trash.isPending}
              onClick={() => trash.mutate()}
            >
              {t("trash.button")}
            </Button>
          </section>
        </>
      )}
      {copying && <CopyDialog project={project} onClose={() => setCopying(false)} />}
    </>
  );
}

function CopyDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(t("copy.nameOf", { name: project.name }));
  const copy = useMutation({
    mutationFn: () => api.post<Project>(`/projects/${project.id}/duplicate`, { name: name.trim() }),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ["projects"] });
      void navigate(`/projects/${made.id}`);
    },
  });
  return (
    <Dialog opened title={t("copy.title")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          copy.mutate();
        }}
      >
        <TextInput
          label={t("general.name")}
          data-autofocus
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button kind="primary" type="submit" busy={copy.isPending} disabled={!name.trim()}>
            {t("copy.button")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
