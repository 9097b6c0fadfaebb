import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import {
  Button,
  Chip,
  type Column,
  DataTable,
  Dialog,
  EmptyState,
  LinkButton,
  Loaded,
  LoadMore,
  ProgressBar,
  type Tone,
  useFormat,
} from "@/ui";
import { AuditDetail } from "./Detail";
import { auditsKey } from "./key";
import { Plan } from "./Plan";
import "./audits.css";

export type Audit = Schemas["AuditOut"];
export const AUDIT_TONES: Record<Audit["state"], Tone> = {
  open: "accent",
  accepted: "ok",
  rejected: "bad",
  cancelled: "neutral",
};

/** Samples of accepted work: planned, judged, their results. */
export default function AuditsContent() {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const project = useProject();
  const queries = useQueryClient();
  const [address, setAddress] = useSearchParams();
  const [planning, setPlanning] = useState(false);
  const again = () => void queries.invalidateQueries({ queryKey: auditsKey(project.id) });
  useEvent("quality.changed", again);
  useEvent("reconnected", again);
  const { pages: list, rows } = usePages({
    queryKey: [...auditsKey(project.id), "list"],
    ask: (cursor) => api.get<Listed<Audit>>(`/projects/${project.id}/audits`, { query: { cursor } }),
  });
  const opened = Number(address.get("audit")) || null;
  const open = (id: number | null) => setAddress(id ? { audit: String(id) } : {});
  const may = project.actions.includes("audits.edit");
  const judges = project.actions.includes("audit") && rows.some((row) => row.state === "open");
  const columns: Column<Audit>[] = [
    {
      id: "number",
      header: t("audit"),
      cell: (row) => (
        <button type="button" className="lnk m" onClick={() => open(row.id)}>
          {t("numbered", { number: row.number })} {row.name}
        </button>
      ),
    },
    {
      id: "state",
      header: t("state"),
      cell: (row) => (
        <Chip small tone={AUDIT_TONES[row.state]}>
          {t(`states.${row.state}`)}
        </Chip>
      ),
    },
    {
      id: "asked",
      header: t("asked"),
      cell: (row) => t("askedOf", { share: format.percent(row.share, 1), confidence: format.percent(row.confidence) }),
    },
    { id: "lot", header: t("lot"), align: "right", cell: (row) => format.number(row.lot) },
    {
      id: "judged",
      header: t("judged"),
      cell: (row) => (
        <span className="row g6 nw">
          <span className="au-bar">
            <ProgressBar
              value={row.sample ? row.judged / row.sample : 0}
              label={t("progress", { judged: row.judged, sample: row.sample })}
            />
          </span>
          <span className="t2 sm">{t("progress", { judged: row.judged, sample: row.sample })}</span>
        </span>
      ),
    },
    { id: "started", header: t("started"), cell: (row) => format.ago(row.created_at) },
  ];
  return (
    <div className="gut au">
      <div className="row g6">
        <p className="sm t2 sp">{t("lead")}</p>
        {judges && (
          <LinkButton icon="check" to={`/projects/${project.id}/audit`}>
            {t("judge")}
          </LinkButton>
        )}
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
            <DataTable
              label={t("title")}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              selected={(row) => row.id === opened}
              onOpen={(row) => open(row.id)}
            />
          )
        }
      </Loaded>
      <LoadMore pages={list} />
      {opened && <AuditDetail key={opened} id={opened} may={may} />}
      <Dialog opened={planning} title={t("planTitle")} onClose={() => setPlanning(false)} width={560}>
        <Plan onClose={() => setPlanning(false)} onStarted={(audit) => open(audit.id)} />
      </Dialog>
    </div>
  );
}
