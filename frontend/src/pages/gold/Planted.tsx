import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Avatar, type Column, DataTable, IntervalDot, useFormat } from "@/ui";
import type { Report } from "./Content";

type Row = Schemas["ReviewerFaults"];
type Share = Schemas["FoundFaults"];

/** What reviewers found of the faults that were planted in work they were given, by kind. */
export function PlantedFaults({ report }: { report: Report }) {
  const { t } = useTranslation("gold");
  const format = useFormat();
  const { planted } = report;
  if (planted.share === 0 && planted.people.length === 0) return null;
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
    { id: "found", header: t("planted.found"), cell: (row) => <Found share={row.overall} /> },
    ...planted.kinds.map(
      ({ kind }): Column<Row> => ({
        id: kind,
        header: t(`fault.${kind}`),
        cell: (row) => {
          const own = row.kinds.find((one) => one.kind === kind);
          return own ? <Of share={own.share} /> : <span className="t3">–</span>;
        },
      }),
    ),
    { id: "last", header: t("people.last"), cell: (row) => (row.last ? format.ago(row.last) : "–") },
  ];
  return (
    <section aria-label={t("planted.title")}>
      <h2>{t("planted.title")}</h2>
      <p className="sm t2" style={{ marginBottom: 8 }}>
        {t("planted.lead")}{" "}
        {t("planted.state", {
          sources: format.number(planted.sources),
          waiting: format.number(planted.waiting),
          judged: format.number(planted.judged),
        })}
      </p>
      {planted.share > 0 && <Warning planted={planted} />}
      {planted.people.length > 0 && (
        <DataTable
          label={t("planted.title")}
          columns={columns}
          rows={planted.people}
          rowKey={(row) => String(row.person.id ?? row.person.name)}
        />
      )}
      {planted.kinds.length > 0 && (
        <div className="gd-card">
          <h3>{t("planted.kinds")}</h3>
          {planted.kinds.map(({ kind, share }) => (
            <div className="gd-kind" key={kind}>
              <span>{t(`fault.${kind}`)}</span>
              <Found share={share} />
            </div>
          ))}
        </div>
      )}
    </section>
  );
}

/** Why nothing can be planted, or soon will not be. */
function Warning({ planted }: { planted: Report["planted"] }) {
  const { t } = useTranslation("gold");
  const why = !planted.reviewed ? "noReview" : planted.sources === 0 ? "noSources" : null;
  return why ? <p className="sm warn">{t(`planted.${why}`)}</p> : null;
}

function Found({ share }: { share: Share }) {
  const { t } = useTranslation("gold");
  const format = useFormat();
  if (share.value === null || share.low === null || share.high === null) return <span className="t3">–</span>;
  const label = t("planted.interval", {
    found: share.found,
    planted: share.planted,
    low: format.percent(share.low),
    high: format.percent(share.high),
  });
  return (
    <span className="row g6 nw" title={label}>
      <span className="m">{format.percent(share.value)}</span>
      <IntervalDot value={share.value} low={share.low} high={share.high} label={label} />
      <span className="xs t3">{t("planted.of", { found: share.found, planted: share.planted })}</span>
    </span>
  );
}

function Of({ share }: { share: Share }) {
  const { t } = useTranslation("gold");
  const format = useFormat();
  const title =
    share.low === null || share.high === null
      ? undefined
      : t("planted.interval", {
          found: share.found,
          planted: share.planted,
          low: format.percent(share.low),
          high: format.percent(share.high),
        });
  return <span title={title}>{t("planted.of", { found: share.found, planted: share.planted })}</span>;
}
