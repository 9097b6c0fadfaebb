import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { Button, Dialog, DialogButtons, Loaded, showToast } from "@/ui";
import { filtersOf, type QueueView } from "./queueView";

type Job = Schemas["JobOut"];

interface AcceptCleanProps {
  projectId: number;
  view: QueueView;
}

/** Accepts at once what nothing stands out of, after saying how much that is; the way back comes with the result. */
export function AcceptClean({ projectId, view }: AcceptCleanProps) {
  const { t } = useTranslation("review");
  const [opened, setOpened] = useState(false);
  const queries = useQueryClient();
  const running = useRef(new Map<number, "accept" | "undo">());
  const again = () => void queries.invalidateQueries({ queryKey: ["review-queue", projectId] });
  const undo = useMutation({
    mutationFn: (job: number) =>
      api.post<Schemas["AcceptCleanOut"]>(`/projects/${projectId}/reviews/accept-clean/${job}/undo`),
    onSuccess: ({ job }) => running.current.set(job.id, "undo"),
  });
  useEvent("job.changed", (data) => {
    const { job } = data as { job: Job };
    const what = running.current.get(job.id);
    if (!what || job.state !== "succeeded") return;
    running.current.delete(job.id);
    again();
    const { accepted = 0, undone = 0, skipped = 0 } = (job.outcome ?? {}) as Record<string, number>;
    showToast({
      tone: accepted + undone > 0 ? "ok" : "warn",
      title: what === "undo" ? t("clean.back", { count: undone }) : t("clean.done", { count: accepted }),
      detail: skipped > 0 ? t("clean.skipped", { count: skipped }) : undefined,
      action:
        what === "accept" && accepted > 0
          ? { label: t("common:undo"), undo: true, run: () => undo.mutate(job.id) }
          : undefined,
    });
  });
  return (
    <>
      <div style={{ padding: "6px 10px", borderTop: "1px solid var(--lw-line)" }}>
        <Button size="s" icon="check" onClick={() => setOpened(true)}>
          {t("clean.button")}
        </Button>
      </div>
      {opened && (
        <CleanDialog
          projectId={projectId}
          view={view}
          onClose={() => setOpened(false)}
          onStarted={({ job, matched }) => {
            running.current.set(job.id, "accept");
            showToast({ tone: "ok", title: t("clean.started", { count: matched }) });
            setOpened(false);
          }}
        />
      )}
    </>
  );
}

interface CleanDialogProps extends AcceptCleanProps {
  onClose: () => void;
  onStarted: (started: Schemas["AcceptCleanOut"]) => void;
}

function CleanDialog({ projectId, view, onClose, onStarted }: CleanDialogProps) {
  const { t } = useTranslation("review");
  const narrowed = { annotator: view.annotator, class_id: view.class_id };
  const seen = useQuery({
    queryKey: ["review-queue", projectId, "clean", narrowed],
    queryFn: () => api.get<Schemas["CleanReviews"]>(`/projects/${projectId}/reviews/clean`, { query: narrowed }),
    staleTime: 0,
  });
  const accept = useMutation({
    mutationFn: () => api.post<Schemas["AcceptCleanOut"]>(`/projects/${projectId}/reviews/accept-clean`, narrowed),
    onSuccess: onStarted,
  });
  return (
    <Dialog opened title={t("clean.title")} onClose={onClose} width={460}>
      <Loaded query={seen}>
        {({ waiting, clean, most, why }) => (
          <>
            <div className="sm t2" role="status">
              <p>{t("clean.counts", { waiting, clean })}</p>
              {clean > most && <p>{t("clean.most", { most })}</p>}
              {filtersOf(view).length > 0 && <p>{t("clean.narrowed")}</p>}
              {Object.keys(why).length > 0 && (
                <>
                  <p style={{ marginTop: 8 }}>{t("clean.rest")}</p>
                  <ul>
                    {Object.entries(why).map(([code, count]) => (
                      <li key={code}>{t("clean.why", { count, reason: t(`queue.reason.${code}`) })}</li>
                    ))}
                  </ul>
                </>
              )}
            </div>
            <DialogButtons>
              <Button keys="Esc" onClick={onClose}>
                {t("common:cancel")}
              </Button>
              <Button kind="accept" disabled={clean === 0} busy={accept.isPending} onClick={() => accept.mutate()}>
                {t("clean.go", { count: Math.min(clean, most) })}
              </Button>
            </DialogButtons>
          </>
        )}
      </Loaded>
    </Dialog>
  );
}
