import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { DayChart, LinkButton, Loaded, useFormat } from "@/ui";
import { Classes } from "./Classes";
import { ControlCharts } from "./Control";
import { Reasons } from "./People";
import { Part, Seconds, ShareCell } from "./parts";

type Person = Schemas["PersonOut"];
const MINUTE = 60_000; // ms

/** What one person did, how fast, and what became of it. */
export function OnePerson({ project, user, days }: { project: number; user: number | null; days: number | null }) {
  const person = useQuery({
    queryKey: ["project", project, "statistics", "person", user, days],
    queryFn: () => api.get<Person>(`/projects/${project}/statistics/person`, { query: { user, days } }),
  });
  return <Loaded query={person}>{(found) => <Shown project={project} user={user} days={days} found={found} />}</Loaded>;
}

interface ShownProps {
  project: number;
  user: number | null;
  days: number | null;
  found: Person;
}

function Shown({ project, user, days, found }: ShownProps) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  const { worker } = found;
  return (
    <>
      <div className="row g6">
        <h2 style={{ fontSize: 15 }}>{worker.person.name}</h2>
        <span className="sp" />
        <LinkButton size="s" icon="comment" to={`/projects/${project}/feedback${user === null ? "" : `?user=${user}`}`}>
          {t("own.feedback")}
        </LinkButton>
      </div>
      <dl className="stat-sums">
        <div>
          <dt>{t("sums.submitted")}</dt>
          <dd>{format.number(worker.submitted)}</dd>
        </div>
        <div>
          <dt>{t("people.active")}</dt>
          <dd>{format.duration(worker.active_ms / 1000)}</dd>
          <dd className="sm t2">
            <Seconds ms={worker.ms_per_task} /> {t("sums.perTask")}
          </dd>
        </div>
        <div>
          <dt>{t("people.first")}</dt>
          <dd>
            <ShareCell share={worker.first_time} label={t("people.first")} />
          </dd>
        </div>
        <div>
          <dt>{t("people.regions")}</dt>
          <dd>
            <ShareCell share={worker.regions} label={t("people.regions")} />
          </dd>
        </div>
        <div>
          <dt>{t("people.rejected")}</dt>
          <dd>{format.number(worker.rejected)}</dd>
          <dd className="sm t2">{t("own.fixed", { count: worker.fixed })}</dd>
        </div>
      </dl>
      <div className="stat-two">
        <Part
          title={t("own.perDay")}
          csv={[["day", "submitted"], ...found.days.map(({ day, submitted }) => [day, submitted])]}
        >
          <DayChart
            label={t("own.perDay")}
            days={found.days.map(({ day, submitted }) => ({ label: format.date(day), value: submitted }))}
            height={180}
            formatValue={(value) => format.number(value)}
          />
        </Part>
        <Part
          title={t("own.minutes")}
          csv={[["day", "minutes"], ...found.days.map(({ day }) => [day, (found.active_days[day] ?? 0) / MINUTE])]}
        >
          <DayChart
            label={t("own.minutes")}
            days={found.days.map(({ day }) => ({
              label: format.date(day),
              value: (found.active_days[day] ?? 0) / MINUTE,
            }))}
            height={180}
            formatValue={(value) => format.number(value)}
          />
        </Part>
      </div>
      <ControlCharts project={project} user={user} />
      <div className="stat-two">
        <Classes project={project} days={days} classes={found.classes.filter(({ right }) => right.n > 0)} />
        <Reasons project={project} days={days} reasons={worker.reasons} />
      </div>
    </>
  );
}
