import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Avatar, BarCell, type Column, DataTable, Icon, type IconName, LinkButton, Swatch, useFormat } from "@/ui";

type Stats = Schemas["ProjectStats"];
const MOST_CLASSES = 14;

export function Classes({ stats }: { stats: Stats }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const classes = stats.classes.toSorted((a, b) => b.regions - a.regions);
  const most = Math.max(1, ...classes.map((one) => one.regions));
  return (
    <section>
      <div className="hd">
        <h2>{t("classes.title")}</h2>
        <span className="sp" />
        <span className="xs t3">{t("classes.regions")}</span>
      </div>
      {classes.slice(0, MOST_CLASSES).map((one) => (
        <div className="class" key={one.class_id}>
          <span className="row g6" style={{ minWidth: 0 }}>
            <Swatch color={one.color} />
            <span className="el">{one.name}</span>
          </span>
          <BarCell value={one.regions} most={most} />
          <span className="r">{format.number(one.regions)}</span>
        </div>
      ))}
      {classes.length === 0 && <p className="sm t2">{t("classes.none")}</p>}
      {classes.length > MOST_CLASSES && (
        <p className="xs t3">{t("classes.more", { count: classes.length - MOST_CLASSES })}</p>
      )}
    </section>
  );
}

export function People({ stats }: { stats: Stats }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const columns: Column<Schemas["PersonStats"]>[] = [
    {
      id: "person",
      header: t("people.person"),
      cell: ({ person }) => (
        <span className="row g6">
          <Avatar name={person.name} />
          <span className="el">{person.name}</span>
        </span>
      ),
    },
    { id: "tasks", header: t("people.tasks"), align: "right", cell: (row) => format.number(row.submitted) },
    {
      id: "time",
      header: t("people.perTask"),
      align: "right",
      cell: (row) => (row.ms_per_task ? format.duration(row.ms_per_task / 1000) : "–"),
    },
    {
      id: "accepted",
      header: t("people.accepted"),
      align: "right",
      cell: (row) =>
        row.accepted_share === null ? (
          <span className="t3" title={t(`reason.${row.reason}`, { defaultValue: t("reason.unknown") })}>
            {t("notApplicable")}
          </span>
        ) : (
          format.percent(row.accepted_share)
        ),
    },
    {
      id: "last",
      header: t("people.last"),
      align: "right",
      cell: (row) => (row.last_active === null ? "–" : format.date(row.last_active)),
    },
  ];
  return (
    <section>
      <div className="hd">
        <h2>{t("people.title")}</h2>
        <span className="sm t3">{stats.people.length > 0 && format.number(stats.people.length)}</span>
      </div>
      {stats.people.length === 0 ? (
        <p className="sm t2">{t("people.none")}</p>
      ) : (
        <DataTable
          label={t("people.title")}
          columns={columns}
          rows={stats.people}
          rowKey={(row) => row.person.name}
          rowHeight={34}
        />
      )}
    </section>
  );
}

const ATTENTION_ICON: Record<string, IconName> = {
  quality_target: "alert",
  triage: "flag",
  questions: "question",
  review_behind: "review",
  rework: "undo",
  stale: "clock",
  issues: "comment",
  conflict: "exchange",
  failed_jobs: "jobs",
};

export function NeedsAttention({ stats }: { stats: Stats }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const total = (one: Stats["attention"][number]) => {
    const counted = format.number(one.count);
    return one.more ? t("attention.moreThan", { total: counted }) : counted;
  };
  return (
    <section>
      <div className="hd">
        <h2>{t("attention.title")}</h2>
        <span className="sm t3">{stats.attention.length > 0 && format.number(stats.attention.length)}</span>
      </div>
      {stats.attention.length === 0 && <p className="sm t2">{t("attention.none")}</p>}
      {stats.attention.map((one) => (
        <div className="note" key={`${one.code}-${one.person?.name ?? ""}`}>
          <span className="warn row">
            <Icon name={ATTENTION_ICON[one.code] ?? "alert"} />
          </span>
          <div style={{ flex: 1, minWidth: 0 }}>
            <div className="m">{t(`attention.${one.code}`, { count: one.count, total: total(one) })}</div>
            {one.about && <div className="xs t3 el">{one.about}</div>}
            {one.oldest && <div className="xs t3">{t("attention.oldest", { ago: format.ago(one.oldest) })}</div>}
          </div>
          <LinkButton
            size="s"
            to={
              new URL(one.web_url, window.location.origin).pathname +
              new URL(one.web_url, window.location.origin).search
            }
          >
            {t("attention.open")}
          </LinkButton>
        </div>
      ))}
    </section>
  );
}
