import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Button, Chip, type Column, DataTable, Loaded, LoadMore, useFormat } from "@/ui";
import { goldKey } from "./Content";
import { Figure } from "./Figure";
import { ReasonDialog } from "./ReasonDialog";

type Row = Schemas["ConsequenceOut"];

/** What was done because somebody's accuracy lay wholly under the target, and letting them go on. */
export function Consequences() {
  const { t } = useTranslation("gold");
  const format = useFormat();
  const project = useProject();
  const [lifting, setLifting] = useState<Row | null>(null);
  const { pages: list, rows } = usePages({
    queryKey: [...goldKey(project.id), "consequences"],
    ask: (cursor) => api.get<Listed<Row>>(`/projects/${project.id}/quality/consequences`, { query: { cursor } }),
  });
  const columns: Column<Row>[] = [
    { id: "person", header: t("people.person"), cell: (row) => row.person?.name ?? "–" },
    {
      id: "kind",
      header: t("consequence.kind"),
      cell: (row) => (
        <Chip small tone={row.state === "lifted" ? "neutral" : row.kind === "notify" ? "warn" : "bad"}>
          {t(`consequence.${row.kind}`)}
        </Chip>
      ),
    },
    {
      id: "evidence",
      header: t("consequence.evidence"),
      cell: (row) => (
        <span className="row g6">
          <Figure figure={row.accuracy} target={row.target} />
          <span className="t3 sm">{t("people.ofTests", { count: row.accuracy.n })}</span>
        </span>
      ),
    },
    { id: "since", header: t("consequence.since"), cell: (row) => format.ago(row.created_at) },
    {
      id: "state",
      header: t("consequence.state"),
      cell: (row) =>
        row.state === "active" ? (
          t("consequence.active")
        ) : (
          <span className="t2 el" title={row.lifted_reason}>
            {t("consequence.lifted", { name: row.lifted_by?.name ?? "–" })}
            {row.lifted_reason && `: ${row.lifted_reason}`}
          </span>
        ),
    },
  ];
  if (list.isSuccess && rows.length === 0) return null;
  return (
    <section aria-label={t("consequence.title")}>
      <h2>{t("consequence.title")}</h2>
      <Loaded query={list}>
        {() => (
          <DataTable
            label={t("consequence.title")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            actions={(row) =>
              row.state === "active" && (
                <Button size="s" onClick={() => setLifting(row)}>
                  {t("consequence.lift")}
                </Button>
              )
            }
          />
        )}
      </Loaded>
      <LoadMore pages={list} />
      {lifting && (
        <ReasonDialog
          path={`/consequences/${lifting.id}/lift`}
          title={t("consequence.ask", { name: lifting.person?.name ?? "" })}
          lead={t("consequence.askLead")}
          confirm={t("consequence.lift")}
          done={t("consequence.done", { name: lifting.person?.name ?? "" })}
          onClose={() => setLifting(null)}
        />
      )}
    </section>
  );
}
