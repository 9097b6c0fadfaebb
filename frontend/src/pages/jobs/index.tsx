import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { api } from "@/api/client";
import { saidOf } from "@/api/errors";
import { useEvent } from "@/api/events";
import { pollWhile, usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { bulkOutcome, useBulkUndo } from "@/app/bulk";
import { jobTitle } from "@/app/i18n";
import { isOpen } from "@/app/jobs";
import { useOrganisation } from "@/app/organisation";
import {
  Button,
  Chip,
  ConfirmDialog,
  EmptyState,
  Loaded,
  LoadMore,
  Page,
  ProgressBar,
  Seg,
  type Tone,
  useFormat,
} from "@/ui";

type Job = Schemas["JobOut"];
const TONES: Record<Job["state"], Tone> = {
  queued: "neutral",
  running: "accent",
  succeeded: "ok",
  failed: "bad",
  cancelled: "warn",
};

/** Machine work: what runs, how far it is and what became of it. */
export default function JobsPage() {
  const { t } = useTranslation("jobs");
  const { jobId } = useParams();
  const [shown, setShown] = useState<"all" | "open" | "failed">("all");
  const { pages: query, rows: jobs } = useJobs(shown);
  return (
    <Page
      title={t("title")}
      actions={
        <Seg
          label={t("show.label")}
          value={shown}
          onChange={setShown}
          options={(["all", "open", "failed"] as const).map((value) => ({ value, label: t(`show.${value}`) }))}
        />
      }
    >
      <div className="gut col" style={{ gap: 0 }}>
        {jobId && <OneJob id={Number(jobId)} />}
        <Loaded query={query}>
          {() =>
            jobs.length === 0 ? (
              <EmptyState icon="jobs" title={t("empty.title")} inline>
                {t("empty.lead")}
              </EmptyState>
            ) : (
              <ul aria-label={t("title")}>
                {jobs
                  .filter((job) => job.id !== Number(jobId))
                  .map((job) => (
                    <JobRow key={job.id} job={job} />
                  ))}
              </ul>
            )
          }
        </Loaded>
        <LoadMore pages={query} style={{ paddingTop: 12 }} />
      </div>
    </Page>
  );
}

function useJobs(shown: "all" | "open" | "failed") {
  const organisation = useOrganisation();
  const queries = useQueryClient();
  useEvent("job.changed", () => void queries.invalidateQueries({ queryKey: ["jobs"] }));
  return usePages({
    queryKey: ["jobs", "list", organisation?.id, shown],
    ask: (cursor) =>
      api.get<Listed<Job>>("/jobs", {
        query: { organisation: organisation?.id, state: shown === "all" ? "" : shown, cursor },
      }),
    enabled: organisation !== null,
    refetchInterval: pollWhile(isOpen, 3_000),
  });
}

/** The job of the address, at the top. */
function OneJob({ id }: { id: number }) {
  const { t } = useTranslation("jobs");
  const query = useQuery({
    queryKey: ["jobs", id],
    queryFn: () => api.get<Job>(`/jobs/${id}`),
    refetchInterval: (one) => (isOpen(one.state.data) ? 2_000 : false),
  });
  return (
    <Loaded query={query}>
      {(job) => (
        <ul aria-label={t("this")}>
          <JobRow job={job} />
        </ul>
      )}
    </Loaded>
  );
}

function JobRow({ job }: { job: Job }) {
  const { t } = useTranslation("jobs");
  const format = useFormat();
  const share = job.total ? job.done / job.total : null;
  return (
    <li style={{ padding: "10px 0", borderBottom: "1px solid var(--lw-line)" }}>
      <div className="row">
        <Chip small tone={TONES[job.state]}>
          {t(`common:jobState.${job.state}`)}
        </Chip>
        <span className="m el">{jobTitle(job.title)}</span>
        <span className="sp" />
        <span className="sm t3 nw">
          {job.created_by?.name} · {format.ago(job.created_at)}
        </span>
        {isOpen(job) && <CancelButton job={job} />}
        <UndoButton job={job} />
      </div>
      {isOpen(job) && (
        <div style={{ margin: "8px 0 4px" }}>
          <ProgressBar value={job.state === "queued" ? 0 : share} label={jobTitle(job.title)} height={6} />
        </div>
      )}
      <div className="row g12 sm t2" style={{ flexWrap: "wrap" }}>
        <JobNumbers job={job} />
        {job.message && <span>{job.message}</span>}
        {job.error && (
          <span className="bad">
            {saidOf(job.error)} ({job.error.code})
          </span>
        )}
      </div>
    </li>
  );
}

/** What a job did to many tasks can be taken back from here, too. */
function UndoButton({ job }: { job: Job }) {
  const { t } = useTranslation("jobs");
  const undo = useBulkUndo(job.project ?? 0);
  const done = bulkOutcome(job);
  if (!done || done.undo.length === 0 || job.project === null) return null;
  return (
    <Button size="s" icon="undo" busy={undo.isPending} disabled={undo.isSuccess} onClick={() => undo.mutate(done.undo)}>
      {t("undo", { count: done.changed })}
    </Button>
  );
}

function JobNumbers({ job }: { job: Job }) {
  const { t } = useTranslation("jobs");
  const format = useFormat();
  const took =
    job.started_at && job.finished_at ? (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000 : null;
  return (
    <>
      {(job.total !== null || job.done > 0) && (
        <span>
          {job.total === null
            ? format.number(job.done)
            : t("doneOf", { done: format.number(job.done), total: format.number(job.total) })}
        </span>
      )}
      {job.rate !== null && isOpen(job) && (
        <span>{t("rate", { rate: format.number(job.rate, job.rate < 10 ? 1 : 0) })}</span>
      )}
      {job.eta_seconds !== null && isOpen(job) && <span>{t("eta", { time: format.duration(job.eta_seconds) })}</span>}
      {took !== null && <span>{t("took", { time: format.duration(took) })}</span>}
    </>
  );
}

function CancelButton({ job }: { job: Job }) {
  const { t } = useTranslation("jobs");
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => api.post<Job>(`/jobs/${job.id}/cancel`),
    onSettled: () => {
      setAsking(false);
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
  if (job.cancel_requested) return <span className="sm t3">{t("cancelling")}</span>;
  return (
    <>
      <Button size="s" onClick={() => setAsking(true)}>
        {t("cancel")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("cancelQuestion", { title: jobTitle(job.title) })}
        confirm={t("cancel")}
        keep={t("keep")}
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate()}
        onClose={() => setAsking(false)}
      >
        {t("cancelText")}
      </ConfirmDialog>
    </>
  );
}
