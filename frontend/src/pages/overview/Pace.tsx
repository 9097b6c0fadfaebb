import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { CsvLink, DayChart, EmptyState, IntervalDot, useFormat } from "@/ui";

type Stats = Schemas["ProjectStats"];
const WEEK = 7; // days in the running mean

function runningMean(values: number[]): (number | null)[] {
  return values.map((_, index) => {
    if (index < WEEK - 1) return null;
    const week = values.slice(index - WEEK + 1, index + 1);
    return week.reduce((sum, value) => sum + value, 0) / WEEK;
  });
}

/** Tasks finished a day, with the mean of seven days. */
export function Pace({ stats }: { stats: Stats }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const done = stats.days.map((day) => day.done);
  const any = done.some((count) => count > 0);
  return (
    <section>
      <div className="hd">
        <h2>{t("pace.title")}</h2>
        <span className="sp" />
        <span className="row g6 xs t2">
          <i className="dot" style={{ background: "var(--lw-chart-2)", borderRadius: 2 }} />
          {t("pace.day")}
        </span>
        <span className="row g6 xs t2">
          <i style={{ width: 14, height: 2, background: "var(--lw-chart-1)" }} />
          {t("pace.mean")}
        </span>
        {any && (
          <CsvLink
            name={t("pace.title")}
            label={t("pace.csv")}
            of={[["day", "done"], ...stats.days.map(({ day, done }) => [day, done])]}
          />
        )}
      </div>
      {any ? (
        <DayChart
          label={t("pace.label")}
          days={stats.days.map((day) => ({ label: format.date(day.day), value: day.done }))}
          mean={runningMean(done)}
          formatValue={(value) => format.number(value)}
        />
      ) : (
        <EmptyState inline icon="overview" title={t("pace.none")}>
          {t("pace.noneLead")}
        </EmptyState>
      )}
    </section>
  );
}

/** What is measured, with its interval. What is not measured is not shown. */
export function Quality({ stats }: { stats: Stats }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const first = stats.accepted_first_time;
  return (
    <section>
      <div className="hd">
        <h2>{t("quality.title")}</h2>
        <span className="sp" />
        <span className="xs t3">{t("quality.key")}</span>
      </div>
      <div className="measure">
        <div>
          <div>{t("quality.first")}</div>
          <div className="xs t3">{t("quality.reviews", { count: first.n })}</div>
        </div>
        <span className="value">{first.value === null ? t("notApplicable") : format.percent(first.value, 1)}</span>
        {first.value === null ? (
          <span className="xs t3">{t(`reason.${first.reason}`, { defaultValue: t("reason.unknown") })}</span>
        ) : (
          <IntervalDot
            value={first.value}
            low={first.low ?? 0}
            high={first.high ?? 1}
            label={t("quality.firstLabel", { share: format.percent(first.value, 1) })}
          />
        )}
        <span className="xs t3 r">
          {first.value !== null &&
            t("quality.range", { low: format.percent(first.low ?? 0, 1), high: format.percent(first.high ?? 1, 1) })}
        </span>
      </div>
    </section>
  );
}
