import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Button, Chip, type Column, DataTable, Loaded, LoadMore, useFormat } from "@/ui";
import { goldKey } from "./Content";
import { ReasonDialog } from "./ReasonDialog";

type Row = Schemas["AlarmOut"];

const TIMES = 6; // powers of ten; from there on a number says no more

/** Whose work does not look honest, and saying that it was looked into. */
export function Alarms() {
  const { t } = useTranslation("gold");
  const format = useFormat();
  const project = useProject();
  const [settling, setSettling] = useState<Row | null>(null);
  const { pages: list, rows } = usePages({
    queryKey: [...goldKey(project.id), "alarms"],
    ask: (cursor) => api.get<Listed<Row>>(`/projects/${project.id}/quality/alarms`, { query: { cursor } }),
  });
  const columns: Column<Row>[] = [
    { id: "person", header: t("people.person"), cell: (row) => row.person?.name ?? "–" },
    {
      id: "kind",
      header: t("alarm.kind"),
      cell: (row) => (
        <span className="row g6">
          <Chip small tone={row.state === "open" ? "warn" : "neutral"}>
            {t(`alarm.${row.kind}`, { name: row.other?.name ?? "–" })}
          </Chip>
          {row.question !== "class" && <span className="xs t3">{row.question}</span>}
        </span>
      ),
    },
    {
      id: "evidence",
      header: t("consequence.evidence"),
      cell: (row) => (
        <span className="sm" title={t("alarm.help")}>
          {row.times >= TIMES
            ? t("alarm.overMillion", { count: row.items })
            : t("alarm.times", { times: format.number(Math.round(10 ** row.times)), count: row.items })}
        </span>
      ),
    },
    { id: "since", header: t("consequence.since"), cell: (row) => format.ago(row.created_at) },
    {
      id: "state",
      header: t("consequence.state"),
      cell: (row) =>
        row.state === "open" ? (
          t("alarm.open")
        ) : (
          <span className="t2 el" title={row.settled_reason}>
            {t("alarm.settled", { name: row.settled_by?.name ?? "–" })}
            {row.settled_reason && `: ${row.settled_reason}`}
          </span>
        ),
    },
  ];
  if (list.isSuccess && rows.length === 0) return null;
  return (
    <section aria-label={t("alarm.title")}>
      <h2>{t("alarm.title")}</h2>
      <p className="sm t2" style={{ marginBottom: 8 }}>
        {t("alarm.lead")}
      </p>
      <Loaded query={list}>
        {() => (
          <DataTable
            label={t("alarm.title")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            actions={(row) =>
              row.state === "open" && (
                <Button size="s" onClick={() => setSettling(row)}>
                  {t("alarm.settle")}
                </Button>
              )
            }
          />
        )}
      </Loaded>
      <LoadMore pages={list} />
      {settling && (
        <ReasonDialog
          path={`/alarms/${settling.id}/settle`}
          title={t("alarm.ask", { name: settling.person?.name ?? "" })}
          lead={t("alarm.askLead")}
          confirm={t("alarm.settle")}
          done={t("alarm.done", { name: settling.person?.name ?? "" })}
          onClose={() => setSettling(null)}
        />
      )}
    </section>
  );
}
