import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Avatar, Chip, type Column, DataTable, EmptyState, useFormat } from "@/ui";
import type { Report } from "./Content";
import { Figure } from "./Figure";
import { RightByClass } from "./RightByClass";

type Row = Schemas["PersonGold"];

/** Accuracy per person, the least accurate first; a row opens its classes. */
export function People({ report }: { report: Report }) {
  const { t } = useTranslation("gold");
  const format = useFormat();
  const [open, setOpen] = useState<string | null>(null);
  const columns: Column<Row>[] = [
    {
      id: "person",
      header: t("people.person"),
      cell: ({ person }) => (
        <span className="row g6">
          <Avatar name={person.name} /> {person.name}
        </span>
      ),
    },
    {
      id: "accuracy",
      header: t("people.accuracy"),
      cell: (row) => <Figure figure={row.accuracy} target={report.target} />,
    },
    { id: "tests", header: t("people.tests"), align: "right", cell: (row) => format.number(row.accuracy.n) },
    {
      id: "faults",
      header: t("people.faults"),
      cell: ({ faults }) => (
        <span className="t2 sm">
          {Object.entries(faults)
            .sort(([, a], [, b]) => b - a)
            .slice(0, 3)
            .map(([kind, count]) => `${t(`fault.${kind}`)} ${format.number(count)}`)
            .join(", ") || "–"}
        </span>
      ),
    },
    {
      id: "says",
      header: t("people.says"),
      cell: (row) => (
        <span className="row g6">
          {!row.acts && <Chip small>{t("people.tooFew", { count: report.fewest })}</Chip>}
          {row.leak?.suspected && (
            <span title={t("people.leakHelp", leakValues(row.leak, format.percent))}>
              <Chip small tone="warn">
                {t("people.leak")}
              </Chip>
            </span>
          )}
        </span>
      ),
    },
    { id: "last", header: t("people.last"), cell: (row) => (row.last ? format.ago(row.last) : "–") },
  ];
  const shown = report.people.find((row) => keyOf(row) === open) ?? null;
  return (
    <section aria-label={t("people.title")}>
      <h2>{t("people.title")}</h2>
      {report.people.length === 0 ? (
        <EmptyState icon="overview" title={t("people.empty")}>
          {t("people.emptyLead")}
        </EmptyState>
      ) : (
        <DataTable
          label={t("people.title")}
          columns={columns}
          rows={report.people}
          rowKey={keyOf}
          selected={(row) => keyOf(row) === open}
          onOpen={(row) => setOpen(open === keyOf(row) ? null : keyOf(row))}
        />
      )}
      {report.people.length > 0 && (
        <div className="gd-card">
          <h3>{shown ? t("classes.of", { name: shown.person.name }) : t("classes.all")}</h3>
          <RightByClass classes={(shown ?? report).classes} target={report.target} />
        </div>
      )}
    </section>
  );
}

/** What share of the known faults in answers to tests each reviewer found. */
export function Reviewers({ report }: { report: Report }) {
  const { t } = useTranslation("gold");
  const format = useFormat();
  const columns: Column<Row>[] = [
    {
      id: "person",
      header: t("people.person"),
      cell: ({ person }) => (
        <span className="row g6">
          <Avatar name={person.name} /> {person.name}
        </span>
      ),
    },
    { id: "found", header: t("reviewers.found"), cell: (row) => <Figure figure={row.accuracy} /> },
    { id: "tests", header: t("people.tests"), align: "right", cell: (row) => format.number(row.accuracy.n) },
    { id: "last", header: t("people.last"), cell: (row) => (row.last ? format.ago(row.last) : "–") },
  ];
  return (
    <section aria-label={t("reviewers.title")}>
      <h2>{t("reviewers.title")}</h2>
      <p className="sm t2" style={{ marginBottom: 8 }}>
        {t("reviewers.lead")}
      </p>
      <DataTable label={t("reviewers.title")} columns={columns} rows={report.reviewers} rowKey={keyOf} />
    </section>
  );
}

const keyOf = (row: Row) => String(row.person.id ?? row.person.name);

function leakValues(leak: Schemas["LeakOut"], percent: (value: number) => string) {
  return { gold: percent(leak.gold), work: percent(leak.work), count: leak.work_n };
}
