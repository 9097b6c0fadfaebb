import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { TASK_STATES } from "@/app/taskStates";
import { StackedBar, useFormat } from "@/ui";

type Stats = Schemas["ProjectStats"];
const MINUTE = 60_000; // ms
const HOUR = 60 * MINUTE;

/** How far, when done, how good, what it takes. */
export function Answers({ stats }: { stats: Stats }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  return (
    <div className="answers">
      <div>
        <div className="xs t3">{t("howFar")}</div>
        <div className="v">{t("doneShare", { share: format.percent(stats.done_share ?? 0) })}</div>
        <div className="sm t2">
          {t("doneOf", { done: format.number(stats.done), count: stats.tasks, total: format.number(stats.tasks) })}
        </div>
      </div>
      <WhenDone stats={stats} />
      <HowGood stats={stats} />
      <WhatItTakes stats={stats} />
    </div>
  );
}

/** Time is measured on the canvas only: of what a script or an import brought, none is claimed. */
function WhatItTakes({ stats }: { stats: Stats }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const ms = stats.active_ms + stats.review_ms;
  const minutes = ms / MINUTE;
  const hours = ms / HOUR;
  const value =
    hours < 1
      ? t("minutes", { minutes: minutes < 1 ? "< 1" : format.number(minutes) })
      : t("hours", { hours: format.number(hours, hours < 10 ? 1 : 0) });
  return (
    <div>
      <div className="xs t3">{t("whatItTakes")}</div>
      <div className="v">{ms > 0 ? value : t("notApplicable")}</div>
      <div className="sm t2">
        {stats.ms_per_task
          ? t("perTask", { time: format.duration(stats.ms_per_task / 1000) })
          : t(stats.done > 0 ? "noneMeasured" : "noTime")}
      </div>
    </div>
  );
}

function WhenDone({ stats }: { stats: Stats }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const { forecast } = stats;
  const known = forecast.expected_on !== null;
  return (
    <div>
      <div className="xs t3">{t("whenDone")}</div>
      <div className="v">{known ? t("about", { date: format.date(forecast.expected_on!) }) : t("notApplicable")}</div>
      <div className="sm t2">
        {known
          ? t("range", {
              from: format.date(forecast.earliest ?? forecast.expected_on!),
              to: forecast.latest ? format.date(forecast.latest) : "…",
              rate: format.number(forecast.per_day ?? 0, (forecast.per_day ?? 0) < 10 ? 1 : 0),
            })
          : t(`reason.${forecast.reason}`, { defaultValue: t("reason.unknown") })}
      </div>
    </div>
  );
}

function HowGood({ stats }: { stats: Stats }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const { value, low, high, n, reason } = stats.accepted_first_time;
  return (
    <div>
      <div className="xs t3">{t("howGood")}</div>
      <div className="v">
        {value === null ? t("notApplicable") : t("acceptedFirst", { share: format.percent(value) })}
      </div>
      <div className="sm t2">
        {value === null
          ? t(`reason.${reason}`, { defaultValue: t("reason.unknown") })
          : t("interval", { low: format.percent(low ?? 0), high: format.percent(high ?? 1), count: n })}
      </div>
    </div>
  );
}

/** Tasks by state as one bar; each entry of its legend leads to those tasks. */
export function StateBar({ project, stats }: { project: Project; stats: Stats }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const present = TASK_STATES.filter(({ state }) => (stats.states[state] ?? 0) > 0);
  return (
    <>
      <StackedBar
        height={14}
        label={t("byState")}
        parts={present.map(({ state, color }) => ({ key: state, value: stats.states[state] ?? 0, color }))}
      />
      <div className="legend">
        {present.map(({ state, color }) => (
          <Link key={state} to={`/projects/${project.id}/data?state=${state}`}>
            <i className="dot" style={{ background: color }} />
            <span className="t2">{t(`common:taskState.${state}`)}</span>
            <span className="m">{format.number(stats.states[state] ?? 0)}</span>
          </Link>
        ))}
      </div>
    </>
  );
}
