import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { saidOf } from "@/api/errors";
import { pollWhile, usePages } from "@/api/pages";
import type { Listed } from "@/api/types";
import { isOpen } from "@/app/jobs";
import type { Project } from "@/app/project";
import { Button, Chip, Loaded, LoadMore, ProgressBar, type Tone, useFormat } from "@/ui";
import { type ModelVersion, modelsKey, type Run, runsKey } from "./shared";

const POLL = 2_000; // ms, while a run is open and no event came
const JOB_TONES: Record<string, Tone> = { running: "accent", succeeded: "ok", failed: "bad" };

/** The runs of a model's version, newest first. */
export function Runs({ project, version }: { project: Project; version: ModelVersion }) {
  const { t } = useTranslation(["models", "common"]);
  const { pages, rows } = usePages({
    queryKey: runsKey(project.id),
    ask: (cursor) => api.get<Listed<Run>>(`/projects/${project.id}/prelabel`, { query: { cursor, limit: 20 } }),
    refetchInterval: pollWhile(({ job }: Run) => isOpen(job), POLL),
  });
  const own = rows.filter((run) => run.model_version === version.id);
  return (
    <section className="part" aria-label={t("runs")}>
      <h3>{t("runs")}</h3>
      <Loaded query={pages}>
        {() => (
          <>
            {own.length === 0 && <p className="sm t3">{t("noRuns")}</p>}
            {own.map((run) => (
              <RunRow key={run.id} project={project} run={run} />
            ))}
            <LoadMore pages={pages} size="s" />
          </>
        )}
      </Loaded>
    </section>
  );
}

function RunRow({ project, run }: { project: Project; run: Run }) {
  const { t } = useTranslation(["models", "common"]);
  const format = useFormat();
  const queries = useQueryClient();
  const settle = () =>
    Promise.all([modelsKey, runsKey].map((key) => queries.invalidateQueries({ queryKey: key(project.id) })));
  const cancel = useMutation({ mutationFn: () => api.post(`/jobs/${run.job?.id}/cancel`), onSettled: settle });
  const goOn = useMutation({ mutationFn: () => api.post(`/prelabel-runs/${run.id}/go-on`), onSettled: settle });
  const done = run.total - run.waiting;
  const state = run.job?.state ?? "succeeded";
  const left = run.waiting + run.failed;
  const mayRun = project.actions.includes("predict");
  return (
    <article className="run">
      <div className="row g8">
        <span className="m">{t("count", { count: run.total, tasks: format.number(run.total) })}</span>
        <Chip small tone={JOB_TONES[state] ?? "neutral"}>
          {t(`common:jobState.${state}`)}
        </Chip>
        <span className="sp" />
        {mayRun && isOpen(run.job) && (
          <Button size="s" busy={cancel.isPending} disabled={run.job?.cancel_requested} onClick={() => cancel.mutate()}>
            {t("common:cancel")}
          </Button>
        )}
        {mayRun && !isOpen(run.job) && left > 0 && (
          <Button size="s" icon="play" busy={goOn.isPending} onClick={() => goOn.mutate()}>
            {t("goOn", { tasks: format.number(left) })}
          </Button>
        )}
      </div>
      <div className="xs t3">
        {run.created_by?.name}, {format.ago(run.created_at)}
        {run.job?.rate ? ` · ${t("rate", { rate: format.number(run.job.rate, 1) })}` : ""}
      </div>
      {isOpen(run.job) && (
        <div style={{ marginTop: 6 }}>
          <ProgressBar value={run.total ? done / run.total : null} label={t("prelabel")} />
          <div className="xs t3">
            {format.number(done)} / {format.number(run.total)}
          </div>
        </div>
      )}
      {state === "failed" && (
        <p className="sm bad" role="alert">
          {run.job?.error && saidOf(run.job.error)}
        </p>
      )}
      {done > 0 && (
        <div className="xs t2">
          {t("found", {
            count: run.regions,
            regions: format.number(run.regions),
            kept: format.number(run.kept),
            same: format.number(run.same),
            failed: format.number(run.failed),
          })}
        </div>
      )}
      {Object.keys(run.problems).length > 0 && (
        <ul className="xs t2" style={{ margin: "4px 0 0", paddingLeft: 16 }}>
          {Object.entries(run.problems).map(([code, times]) => (
            <li key={code}>
              {format.number(times)} × {t(`problem.${code}`, t(`reason.${code}`, code))}
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
