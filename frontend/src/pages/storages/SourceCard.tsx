import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { saidOf } from "@/api/errors";
import type { Schemas } from "@/api/types";
import {
  Button,
  Chip,
  ConfirmDialog,
  Dialog,
  DialogButtons,
  IconButton,
  ProgressBar,
  type Tone,
  useFormat,
} from "@/ui";
import { Rules } from "./Rules";
import { Syncs, Told } from "./Syncs";
import { isLooking, type Source, sourcesKey } from "./sources";

const TONE: Record<Schemas["JobOut"]["state"], Tone> = {
  queued: "accent",
  running: "accent",
  succeeded: "ok",
  failed: "bad",
  cancelled: "neutral",
};

/** One source: what it holds, its last look, and what can be done with it. */
export function SourceCard({ source, mayEdit }: { source: Source; mayEdit: boolean }) {
  const { t } = useTranslation("storages");
  const format = useFormat();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"edit" | "disconnect" | null>(null);
  const [history, setHistory] = useState(false);
  const again = () => queries.invalidateQueries({ queryKey: sourcesKey(source.project) });
  const sync = useMutation({ mutationFn: () => api.post(`/sources/${source.id}/sync`), onSuccess: again });
  const cancel = useMutation({ mutationFn: () => api.post(`/jobs/${source.job?.id}/cancel`), onSuccess: again });
  const disconnect = useMutation({
    mutationFn: () => api.delete(`/sources/${source.id}`),
    onSuccess: again,
    onSettled: () => setAsking(null),
  });
  const { job, last } = source;
  const place = [source.prefix, source.pattern].filter(Boolean).join(" · ") || t("source.everything");
  return (
    <section className="st-card" aria-label={`${source.storage_name} ${place}`}>
      <div className="row g6">
        <h2>{source.storage_name}</h2>
        {job && (
          <Chip small tone={TONE[job.state]}>
            {t(`looked.${job.state}`)}
          </Chip>
        )}
        <span className="sp" />
        {mayEdit && (
          <>
            {isLooking(source) ? (
              <Button size="s" busy={cancel.isPending || job?.cancel_requested} onClick={() => cancel.mutate()}>
                {t("common:cancel")}
              </Button>
            ) : (
              <Button size="s" busy={sync.isPending} onClick={() => sync.mutate()}>
                {t("source.sync")}
              </Button>
            )}
            <IconButton icon="edit" label={t("source.edit")} onClick={() => setAsking("edit")} />
            <IconButton icon="trash" label={t("source.disconnect")} onClick={() => setAsking("disconnect")} />
          </>
        )}
      </div>
      <code className="st-place t2">{place}</code>
      <p className="sm t3">
        {[
          t("source.files", { count: source.objects.here ?? 0, shown: format.number(source.objects.here ?? 0) }),
          t("source.synced", {
            every: t(`every.${source.every_minutes ?? "asked"}`, {
              defaultValue: t("everyMinutes", { minutes: source.every_minutes }),
            }),
          }),
          source.next_at && t("source.next", { at: format.dateTime(source.next_at) }),
          t("source.whenGone", { what: t(`vanished.${source.vanished}`) }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {isLooking(source) && job && (
        <>
          <ProgressBar value={null} label={t("looked.running")} />
          <p className="xs t3">{t("source.progress", { shown: format.number(job.done) })}</p>
        </>
      )}
      {job?.state === "failed" && (
        <p className="sm bad" role="alert">
          {job.error && saidOf(job.error)}
        </p>
      )}
      {last && <Told sync={last} />}
      <div className="row g6">
        <Button size="s" kind="quiet" aria-expanded={history} onClick={() => setHistory(!history)}>
          {t(history ? "source.hideHistory" : "source.history")}
        </Button>
      </div>
      {history && <Syncs source={source} />}
      <Dialog opened={asking === "edit"} title={t("source.edit")} onClose={() => setAsking(null)} width={480}>
        <EditForm source={source} onClose={() => setAsking(null)} />
      </Dialog>
      <ConfirmDialog
        opened={asking === "disconnect"}
        title={t("source.disconnectQuestion", { name: source.storage_name })}
        confirm={t("source.disconnect")}
        keep={t("common:cancel")}
        busy={disconnect.isPending}
        onConfirm={() => disconnect.mutate()}
        onClose={() => setAsking(null)}
      >
        {t("source.disconnectText")}
      </ConfirmDialog>
    </section>
  );
}

function EditForm({ source, onClose }: { source: Source; onClose: () => void }) {
  const { t } = useTranslation("storages");
  const queries = useQueryClient();
  const [rules, setRules] = useState({ every_minutes: source.every_minutes, vanished: source.vanished });
  const save = useMutation({
    mutationFn: () => api.patch(`/sources/${source.id}`, rules),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: sourcesKey(source.project) });
      onClose();
    },
  });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }
  return (
    <form onSubmit={onSubmit} className="col st-form">
      <Rules value={rules} onChange={setRules} />
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button kind="primary" type="submit" busy={save.isPending}>
          {t("common:saveChanges")}
        </Button>
      </DialogButtons>
    </form>
  );
}
