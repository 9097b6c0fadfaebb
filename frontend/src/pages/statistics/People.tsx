import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Avatar, BarCell, type Column, DataTable, useFormat } from "@/ui";
import { Part, Seconds, ShareCell, tableAddress } from "./parts";

type Worker = Schemas["WorkerStats"];
type Judge = Schemas["JudgeStats"];

function Name({ name, onOpen }: { name: string; onOpen?: () => void }) {
  return (
    <span className="row g6">
      <Avatar name={name} />
      {onOpen ? (
        <button type="button" className="lnk el" onClick={onOpen}>
          {name}
        </button>
      ) : (
        <span className="el">{name}</span>
      )}
    </span>
  );
}

interface WorkersProps {
  project: number;
  days: number | null;
  workers: Worker[];
  onPerson: (id: number) => void;
}

export function Workers({ project, days, workers, onPerson }: WorkersProps) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  const columns: Column<Worker>[] = [
    {
      id: "person",
      header: t("people.person"),
      cell: ({ person }) => (
        <Name name={person.name} onOpen={person.id === null ? undefined : () => onPerson(person.id as number)} />
      ),
    },
    { id: "submitted", header: t("people.submitted"), align: "right", cell: (row) => format.number(row.submitted) },
    {
      id: "active",
      header: t("people.active"),
      align: "right",
      cell: (row) => format.duration(row.active_ms / 1000),
    },
    { id: "speed", header: t("people.perTask"), align: "right", cell: (row) => <Seconds ms={row.ms_per_task} /> },
    {
      id: "first",
      header: t("people.first"),
      cell: (row) => <ShareCell share={row.first_time} label={t("people.first")} />,
    },
    {
      id: "regions",
      header: t("people.regions"),
      cell: (row) => <ShareCell share={row.regions} label={t("people.regions")} />,
    },
    { id: "fixed", header: t("people.fixed"), align: "right", cell: (row) => format.number(row.fixed) },
    { id: "rejected", header: t("people.rejected"), align: "right", cell: (row) => format.number(row.rejected) },
    {
      id: "reason",
      header: t("people.reason"),
      cell: (row) => {
        const [first] = Object.entries(row.reasons);
        return first ? `${first[0] || t("reasons.other")} (${first[1]})` : "";
      },
    },
  ];
  return (
    <Part title={t("people.title")} csv={tableAddress(project, "people", days)}>
      {workers.length === 0 ? (
        <p className="sm t2">{t("people.none")}</p>
      ) : (
        <DataTable
          label={t("people.title")}
          columns={columns}
          rows={workers}
          rowKey={(row) => row.person.id ?? row.person.name}
          rowHeight={34}
        />
      )}
    </Part>
  );
}

export function Judges({ project, days, judges }: { project: number; days: number | null; judges: Judge[] }) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  const columns: Column<Judge>[] = [
    { id: "person", header: t("people.person"), cell: ({ person }) => <Name name={person.name} /> },
    { id: "reviewed", header: t("judges.reviewed"), align: "right", cell: (row) => format.number(row.reviewed) },
    { id: "review", header: t("judges.perReview"), align: "right", cell: (row) => <Seconds ms={row.ms_per_review} /> },
    { id: "region", header: t("judges.perRegion"), align: "right", cell: (row) => <Seconds ms={row.ms_per_region} /> },
    { id: "overturned", header: t("judges.overturned"), align: "right", cell: (row) => format.number(row.overturned) },
    {
      id: "audited",
      header: t("judges.audited"),
      cell: (row) => <ShareCell share={row.audited} label={t("judges.audited")} width={56} />,
    },
  ];
  if (judges.some(({ planted }) => planted !== null))
    columns.push({
      id: "planted",
      header: t("judges.planted"),
      cell: ({ planted }) =>
        planted && <ShareCell share={{ ...planted, n: planted.planted }} label={t("judges.planted")} width={56} />,
    });
  return (
    <Part title={t("judges.title")} csv={tableAddress(project, "reviewers", days)}>
      {judges.length === 0 ? (
        <p className="sm t2">{t("judges.none")}</p>
      ) : (
        <DataTable
          label={t("judges.title")}
          columns={columns}
          rows={judges}
          rowKey={(row) => row.person.id ?? row.person.name}
          rowHeight={34}
        />
      )}
    </Part>
  );
}

interface ReasonsProps {
  project: number;
  days: number | null;
  reasons: Record<string, number>;
  csv?: boolean;
}

/** Why work was sent back, the commonest first. */
export function Reasons({ project, days, reasons, csv }: ReasonsProps) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  const rows = Object.entries(reasons).toSorted((a, b) => b[1] - a[1]);
  const most = Math.max(1, ...rows.map(([, times]) => times));
  return (
    <Part title={t("reasons.title")} csv={csv ? tableAddress(project, "reasons", days) : null}>
      {rows.length === 0 && <p className="sm t2">{t("reasons.none")}</p>}
      {rows.map(([reason, times]) => (
        <div className="stat-reason" key={reason}>
          <span className="el">{reason || t("reasons.other")}</span>
          <BarCell value={times} most={most} />
          <span className="r">{format.number(times)}</span>
        </div>
      ))}
    </Part>
  );
}
