import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import {
  Button,
  Chip,
  type Column,
  ConfirmDialog,
  DataTable,
  Dialog,
  EmptyState,
  Loaded,
  LoadMore,
  showToast,
  type Tone,
  useFormat,
} from "@/ui";
import { automaticKey } from "./key";
import { Plan } from "./Plan";
import "@/app/plan.css";
import "./automatic.css";

type Run = Schemas["AutomaticRunOut"];
const TONES: Record<Run["state"], Tone> = {
  running: "accent",
  proving: "accent",
  proven: "ok",
  failed_proof: "bad",
  not_proven: "warn",
  undoing: "neutral",
  undone: "neutral",
  failed: "bad",
};

/** Batches that models finished, each with the audit that proves it, and asking for another. */
export default function AutomaticContent() {
  const { t } = useTranslation("automatic");
  const project = useProject();
  const queries = useQueryClient();
  const [planning, setPlanning] = useState(false);
  const again = () => void queries.invalidateQueries({ queryKey: automaticKey(project.id) });
  useEvent("quality.changed", again);
  useEvent("bulk_change.changed", again);
  useEvent("reconnected", again);
  const { pages: list, rows } = usePages({
    queryKey: [...automaticKey(project.id), "list"],
    ask: (cursor) => api.get<Listed<Run>>(`/projects/${project.id}/automatic`, { query: { cursor } }),
  });
  const may = project.actions.includes("tasks.manage");
  return (
    <div className="gut plan">
      <div className="row g6">
        <p className="sm t2 sp">{t("lead")}</p>
        {may && (
          <Button kind="primary" icon="plus" onClick={() => setPlanning(true)}>
            {t("plan")}
          </Button>
        )}
      </div>
      <Loaded query={list}>
        {() =>
          rows.length === 0 ? (
            <EmptyState icon="check" title={t("empty")}>
              {t("emptyLead")}
            </EmptyState>
          ) : (
            <Runs rows={rows} may={may} />
          )
        }
      </Loaded>
      <LoadMore pages={list} />
      <Dialog opened={planning} title={t("planTitle")} onClose={() => setPlanning(false)} width={720}>
        <Plan onClose={() => setPlanning(false)} />
      </Dialog>
    </div>
  );
}

function Runs({ rows, may }: { rows: Run[]; may: boolean }) {
  const { t } = useTranslation("automatic");
  const format = useFormat();
  const project = useProject();
  const queries = useQueryClient();
  const [undoing, setUndoing] = useState<Run | null>(null);
  const undo = useMutation({
    mutationFn: (change: number) => api.post(`/projects/${project.id}/bulk-changes/${change}/undo`),
    onSuccess: () => showToast({ tone: "ok", title: t("goesBack") }),
    onSettled: () => queries.invalidateQueries({ queryKey: automaticKey(project.id) }),
  });
  const columns: Column<Run>[] = [
    { id: "model", header: t("model"), cell: (row) => <span className="m">{row.model}</span> },
    {
      id: "state",
      header: t("state"),
      cell: (row) => (
        <Chip small tone={TONES[row.state]}>
          {t(`states.${row.state}`)}
        </Chip>
      ),
    },
    {
      id: "asked",
      header: t("asked"),
      cell: (row) =>
        t("askedOf", {
          target: format.percent(row.target),
          limit: format.percent(row.limit),
          confidence: format.percent(row.confidence),
        }),
    },
    {
      id: "tasks",
      header: t("tasks"),
      align: "right",
      cell: (row) => (
        <Link className="lnk" to={`/projects/${project.id}/data?bulk_change=${row.bulk_change}`}>
          {format.number(row.tasks)}
        </Link>
      ),
    },
    { id: "regions", header: t("regions"), align: "right", cell: (row) => format.number(row.regions) },
    {
      id: "audit",
      header: t("audit"),
      cell: (row) =>
        row.audit === null ? (
          <span className="t3">–</span>
        ) : (
          <Link className="lnk" to={`/projects/${project.id}/quality/audits?audit=${row.audit}`}>
            {t("auditNumber", { number: row.audit_number })}
          </Link>
        ),
    },
    { id: "at", header: t("at"), cell: (row) => format.ago(row.created_at) },
    {
      id: "undo",
      header: "",
      align: "right",
      cell: (row) =>
        may &&
        row.undoable && (
          <Button size="s" icon="undo" busy={undo.isPending} onClick={() => setUndoing(row)}>
            {t("common:undo")}
          </Button>
        ),
    },
  ];
  return (
    <>
      <DataTable label={t("title")} columns={columns} rows={rows} rowKey={(row) => row.id} />
      <ConfirmDialog
        opened={undoing !== null}
        title={t("undoTitle")}
        confirm={t("undoConfirm")}
        keep={t("common:cancel")}
        onConfirm={() => {
          if (undoing) undo.mutate(undoing.bulk_change);
          setUndoing(null);
        }}
        onClose={() => setUndoing(null)}
      >
        {t("undoLead", { count: undoing?.tasks ?? 0 })}
      </ConfirmDialog>
    </>
  );
}
