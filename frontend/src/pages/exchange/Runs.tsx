import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { saidOf } from "@/api/errors";
import { useEvent } from "@/api/events";
import { pollWhile, usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { isOpen } from "@/app/jobs";
import type { Project } from "@/app/project";
import {
  Button,
  Chip,
  ConfirmDialog,
  EmptyState,
  Icon,
  Loaded,
  LoadMore,
  ProgressBar,
  type Tone,
  useFormat,
} from "@/ui";
import { Afterwards, EffectLine } from "./Effect";
import { ExportPreview } from "./ExportPreview";
import { Losses, Problems } from "./Findings";
import { isBeside } from "./HowChoice";
import { Preview } from "./Preview";

type ExportRun = Schemas["ExportOut"];
type ImportRun = Schemas["ImportOut"];
type Run = ExportRun | ImportRun;
const POLL = 2_000; // ms, while a run is open and no event came

const TONE: Record<Run["state"], Tone> = {
  queued: "neutral",
  running: "accent",
  succeeded: "ok",
  failed: "bad",
  cancelled: "neutral",
};

function useRuns<T extends Run>(project: Project, kind: "exports" | "imports") {
  const queries = useQueryClient();
  const key = ["project", project.id, kind];
  useEvent("*", (_data, event) => {
    if (event.type.startsWith("job") || event.type === "reconnected")
      void queries.invalidateQueries({ queryKey: key }, { cancelRefetch: false });
  });
  return usePages({
    queryKey: key,
    ask: (cursor) => api.get<Listed<T>>(`/projects/${project.id}/${kind}`, { query: { cursor, limit: 20 } }),
    refetchInterval: pollWhile(isOpen, POLL),
  });
}

interface RunListProps<T extends Run> {
  project: Project;
  kind: "exports" | "imports";
  empty: { title: string; lead: string };
  row: (run: T) => React.ReactNode;
}

function RunList<T extends Run>({ project, kind, empty, row }: RunListProps<T>) {
  const { pages, rows } = useRuns<T>(project, kind);
  return (
    <Loaded query={pages}>
      {() =>
        rows.length === 0 ? (
          <EmptyState icon="exchange" title={empty.title}>
            {empty.lead}
          </EmptyState>
        ) : (
          <>
            {rows.map(row)}
            <LoadMore pages={pages} />
          </>
        )
      }
    </Loaded>
  );
}

export function ExportRuns({ project }: { project: Project }) {
  const { t } = useTranslation("exchange");
  return (
    <RunList<ExportRun>
      project={project}
      kind="exports"
      empty={{ title: t("noExports"), lead: t("noExportsLead") }}
      row={(run) => <ExportRow key={run.id} project={project} run={run} />}
    />
  );
}

export function ImportRuns({ project }: { project: Project }) {
  const { t } = useTranslation("exchange");
  return (
    <RunList<ImportRun>
      project={project}
      kind="imports"
      empty={{ title: t("noImports"), lead: t("noImportsLead") }}
      row={(run) => <ImportRow key={run.id} project={project} run={run} />}
    />
  );
}

function ExportRow({ project, run }: { project: Project; run: ExportRun }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const report = run.report ?? run.preview;
  const mayExport = project.actions.includes("datasets.export");
  const looked = mayExport && run.preview !== null && run.report === null && run.state === "succeeded";
  return (
    <article className="run">
      <RunHead run={run} title={t("exportTitle", { format: run.format.toUpperCase(), number: run.version_number })}>
        {run.file_url && (
          <a className="btn d s" href={run.file_url} download={run.file_name}>
            {t("download", { size: run.size === null ? "" : format.bytes(run.size) })}
          </a>
        )}
      </RunHead>
      <div className="xs t3">
        {run.created_by.name}, {format.ago(run.created_at)}
        {run.report &&
          ` · ${t("contents", { items: format.number(run.report.items), regions: format.number(run.report.regions) })}`}
        {run.digest && ` · ${t("digest", { digest: run.digest.slice(0, 12) })}`}
      </div>
      {run.target && <TargetLine target={run.target} />}
      <RunProgress run={run} />
      {looked && <ExportPreview project={project} run={run} />}
      {report && (looked || run.report) && <Losses rows={report.losses} open={looked} />}
    </article>
  );
}

/** Where an export lies that is not kept here, or will. */
function TargetLine({ target }: { target: NonNullable<ExportRun["target"]> }) {
  const { t } = useTranslation("exchange");
  const { name, key } = target;
  const place = name ? t("inStorage", { name, key }) : t("inRemoved", { key });
  return (
    <div className="xs t2" style={{ overflowWrap: "anywhere" }}>
      {key ? place : t("goesTo", { name })}
    </div>
  );
}

function ImportRow({ project, run }: { project: Project; run: ImportRun }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const { report } = run;
  const mayImport = project.actions.includes("datasets.import");
  const looked = mayImport && run.preview !== null && report === null && !isOpen(run) && run.state === "succeeded";
  return (
    <article className="run">
      <RunHead run={run} title={run.name}>
        {mayImport && report && run.undone === null && !isOpen(run) && <TakeBack project={project} run={run} />}
      </RunHead>
      <div className="xs t3">
        {run.created_by.name}, {format.ago(run.created_at)} · {report?.format ?? run.format}
        {report &&
          ` · ${t("broughtIn", {
            items: format.number(report.items),
            assets: format.number(report.assets),
            matched: format.number(report.matched),
            regions: format.number(report.regions),
          })}`}
      </div>
      <RunProgress run={run} />
      {looked && <Preview key={run.job?.id} project={project} run={run} />}
      {looked && run.preview && <Problems rows={run.preview.problems} open />}
      {report && (
        <div className="xs t2">
          {t(`modes.${run.mode}`)}
          {!isBeside(run.mode) && ` · ${t(`enters.${run.enter}`)}`} · {run.source}
        </div>
      )}
      {report && <EffectLine report={report} />}
      {report && !isBeside(run.mode) && report.items > 0 && report.changed + report.unchanged === 0 && (
        <p className="sm warn">
          <Icon name="alert" size="s" /> {t("nothingCame")}
        </p>
      )}
      {run.undone && (
        <div className="xs t2">
          {t("undone", {
            back: format.number(run.undone.taken_back),
            left: format.number(run.undone.left),
            trashed: format.number(run.undone.trashed),
          })}
        </div>
      )}
      {run.undone === null && <Afterwards run={run} />}
      {report && report.classes_created.length > 0 && (
        <div className="xs t2">{t("classesMade", { names: report.classes_created.join(", ") })}</div>
      )}
      {report && <Problems rows={report.problems} />}
    </article>
  );
}

function TakeBack({ project, run }: { project: Project; run: ImportRun }) {
  const { t } = useTranslation("exchange");
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const undo = useMutation({
    mutationFn: () => api.post(`/imports/${run.id}/undo`),
    onSuccess: () => {
      setOpen(false);
      return queries.invalidateQueries({ queryKey: ["project", project.id, "imports"] });
    },
  });
  return (
    <>
      <Button size="s" icon="undo" onClick={() => setOpen(true)}>
        {t("takeBack")}
      </Button>
      <ConfirmDialog
        opened={open}
        title={t("takeBackTitle", { name: run.name })}
        confirm={t("takeBack")}
        keep={t("keepImport")}
        busy={undo.isPending}
        onConfirm={() => undo.mutate()}
        onClose={() => setOpen(false)}
      >
        {t("takeBackLead")}
      </ConfirmDialog>
    </>
  );
}

function RunHead({ run, title, children }: { run: Run; title: string; children?: React.ReactNode }) {
  const { t } = useTranslation("common");
  return (
    <div className="row">
      <span className="m el">{title}</span>
      <Chip tone={TONE[run.state]} small>
        {t(`jobState.${run.state}`)}
      </Chip>
      <span className="sp" />
      {children}
      {isOpen(run) && run.job && <CancelButton job={run.job.id} />}
    </div>
  );
}

function CancelButton({ job }: { job: number }) {
  const { t } = useTranslation("common");
  const cancel = useMutation({ mutationFn: () => api.post(`/jobs/${job}/cancel`) });
  return (
    <Button size="s" busy={cancel.isPending} disabled={cancel.isSuccess} onClick={() => cancel.mutate()}>
      {t("cancel")}
    </Button>
  );
}

function RunProgress({ run }: { run: Run }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  if (run.state === "failed")
    return (
      <p className="sm bad" role="alert">
        {run.job?.error ? saidOf(run.job.error) : t("failed")}
      </p>
    );
  if (!isOpen(run) || !run.job) return null;
  const { done, total, message } = run.job;
  return (
    <div style={{ marginTop: 6 }}>
      <ProgressBar value={total ? done / total : null} label={message || t("running")} />
      <div className="xs t3">
        {message} {total ? `${format.number(done)} / ${format.number(total)}` : format.number(done)}
      </div>
    </div>
  );
}
