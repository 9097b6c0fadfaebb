import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { Button, Dialog, DialogButtons, ErrorState, Loaded, ProgressBar, useFormat } from "@/ui";
import type { Version } from "./splits";

type Change = Schemas["BulkChangeOut"];
const POLL = 1_000; // ms, while a restore or its undo goes on

/** Give the project's finished tasks the labels of this version again: told first, done by a job, undone as one. */
export function Restore({ version }: { version: Version }) {
  const { t } = useTranslation("versions");
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button icon="undo" onClick={() => setOpened(true)}>
        {t("restore")}
      </Button>
      <Dialog opened={opened} title={t("restoreTitle", { number: version.number })} onClose={() => setOpened(false)}>
        <Plan version={version} onClose={() => setOpened(false)} />
      </Dialog>
    </>
  );
}

function Plan({ version, onClose }: { version: Version; onClose: () => void }) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const queries = useQueryClient();
  const changes = useQuery({
    queryKey: ["project", version.project, "bulk-changes"],
    queryFn: () => api.get<Listed<Change>>(`/projects/${version.project}/bulk-changes`),
    refetchInterval: (query) => (query.state.data?.results.some(isRunning) ? POLL : false),
  });
  const running = changes.data?.results.find(isRunning);
  const last = changes.data?.results.find((one) => one.kind === "restore");
  const plan = useQuery({
    queryKey: ["version", version.id, "restore", last?.state],
    queryFn: () => api.get<Schemas["RestorePlan"]>(`/versions/${version.id}/restore`),
  });
  const again = () => queries.invalidateQueries({ queryKey: ["project", version.project] });
  const start = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.post(`/versions/${version.id}/restore`),
    onSuccess: again,
  });
  const undo = useMutation({
    meta: { ownError: true },
    mutationFn: (id: number) => api.post(`/projects/${version.project}/bulk-changes/${id}/undo`),
    onSuccess: again,
  });
  const failed = start.error ?? undo.error;
  return (
    <div className="col" style={{ gap: 12 }}>
      <p className="sm t2" style={{ margin: 0 }}>
        {t("restoreLead")}
      </p>
      <Loaded query={plan}>
        {(value) => (
          <ul className="sm" style={{ margin: 0, paddingLeft: 18 }}>
            {(["changed", "same", "later", "unfinished", "gone"] as const)
              .filter((one) => one === "changed" || value[one] > 0)
              .map((one) => (
                <li key={one} className={one === "changed" ? "m" : undefined}>
                  {t(`restorePlan.${one}`, { count: value[one], number: format.number(value[one]) })}
                </li>
              ))}
          </ul>
        )}
      </Loaded>
      {running && (
        <ProgressBar value={running.job?.total ? running.job.done / running.job.total : null} label={t("restoring")} />
      )}
      {last && !running && (
        <div className="row" style={{ gap: 8 }}>
          <span className="sm t2">{t(`restoreState.${last.state}`, { count: last.tasks, title: last.title })}</span>
          {last.undoable && (
            <Button size="s" busy={undo.isPending} onClick={() => undo.mutate(last.id)}>
              {t("common:undo")}
            </Button>
          )}
        </div>
      )}
      {failed && <ErrorState inline error={failed} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:close")}
        </Button>
        <Button
          kind="primary"
          busy={start.isPending || running !== undefined}
          disabled={!plan.data?.changed}
          onClick={() => start.mutate()}
        >
          {t("restore")}
        </Button>
      </DialogButtons>
    </div>
  );
}

function isRunning(change: Change): boolean {
  return change.state === "running" || change.state === "undoing";
}
