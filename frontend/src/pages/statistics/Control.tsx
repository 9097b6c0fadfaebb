import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, apiUrl } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Chip, Loaded, useFormat } from "@/ui";
import { ControlChart } from "./ControlChart";
import { Part, ShareCell } from "./parts";

type Control = Schemas["ControlOut"];
type Kind = "speed" | "accuracy";

/** Whether a person's speed or accuracy has changed from what is usual for them, and whether they tire in a session. */
export function ControlCharts({ project, user }: { project: number; user: number | null }) {
  const control = useQuery({
    queryKey: ["project", project, "statistics", "control", user],
    queryFn: () => api.get<Control>(`/projects/${project}/statistics/control`, { query: { user } }),
  });
  return (
    <Loaded query={control}>
      {(found) => (
        <>
          <div className="stat-two">
            <OneChart project={project} user={user} kind="speed" chart={found.speed} />
            <OneChart project={project} user={user} kind="accuracy" chart={found.accuracy} />
          </div>
          <Tiring fatigue={found.fatigue} />
        </>
      )}
    </Loaded>
  );
}

interface OneChartProps {
  project: number;
  user: number | null;
  kind: Kind;
  chart: Schemas["ControlChart"];
}

function OneChart({ project, user, kind, chart }: OneChartProps) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  const title = t(`control.${kind}`);
  const last = chart.points.findLast((one) => one.signal);
  const csv = apiUrl(`/projects/${project}/statistics/control/table`, { user, chart: kind });
  const formatValue = (value: number) =>
    kind === "accuracy" ? format.percent(value) : `${format.number(value, value < 10 ? 1 : 0)} s`;
  return (
    <Part title={title} csv={chart.points.length > 0 ? csv : null}>
      {chart.points.length === 0 ? (
        <p className="sm t3">
          {t(`control.reason.${chart.reason}`, { defaultValue: chart.reason ?? "", count: chart.n })}
        </p>
      ) : (
        <>
          <ControlChart
            chart={chart}
            label={title}
            top={kind === "accuracy" ? 1 : undefined}
            formatValue={formatValue}
            formatDate={(at) => format.date(at)}
          />
          <p className="sm t2">
            {last ? (
              <Chip small tone="warn">
                {t(`control.signal.${kind}.${last.signal}`, { date: format.date(last.at) })}
              </Chip>
            ) : (
              t("control.steady")
            )}{" "}
            <span className="xs t3">{t("control.how", { per: chart.per_point, count: chart.n })}</span>
          </p>
        </>
      )}
    </Part>
  );
}

function Tiring({ fatigue }: { fatigue: Schemas["SessionFatigue"] }) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  return (
    <Part
      title={t("control.fatigue")}
      beside={t("control.fatigueHelp")}
      csv={[
        ["part of the session", "right", "low", "high", "n"],
        ...(["early", "late"] as const).map((part) => {
          const { value, low, high, n } = fatigue[part];
          return [part, value, low, high, n];
        }),
      ]}
    >
      <div className="row" style={{ gap: 28, flexWrap: "wrap" }}>
        <span className="row g6">
          <span className="sm t2">{t("control.early")}</span>
          <ShareCell share={fatigue.early} label={t("control.early")} />
        </span>
        <span className="row g6">
          <span className="sm t2">{t("control.late")}</span>
          <ShareCell share={fatigue.late} label={t("control.late")} />
        </span>
        {fatigue.difference === null ? (
          <span className="sm t3">{t("control.fewJudged")}</span>
        ) : (
          <Chip small tone={fatigue.tired ? "warn" : undefined}>
            {t(fatigue.tired ? "control.tired" : "control.notTired", {
              difference: format.percent(fatigue.difference),
              low: format.percent(fatigue.low ?? 0),
              high: format.percent(fatigue.high ?? 0),
            })}
          </Chip>
        )}
      </div>
    </Part>
  );
}
