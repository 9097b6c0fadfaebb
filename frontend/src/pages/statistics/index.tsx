import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Loaded, Page, Seg } from "@/ui";
import { Classes } from "./Classes";
import { OnePerson } from "./OnePerson";
import { Judges, Reasons, Workers } from "./People";
import { Spread } from "./Spread";
import { Sums } from "./Sums";
import "./statistics.css";

export type Statistics = Schemas["StatisticsOut"];
type Which = "all" | "mine";
const PERIODS = ["7", "30", "90", "all"] as const;
type Period = (typeof PERIODS)[number];

/** How good and how fast, for each class, person and reviewer; and each person's own figures. */
export default function StatisticsPage() {
  const { t } = useTranslation("statistics");
  const project = useProject();
  const [address, setAddress] = useSearchParams();
  const mayPeople = project.actions.includes("people_stats.view");
  const works = project.actions.includes("annotate");
  const user = Number(address.get("user")) || null;
  const which: Which = works && (!mayPeople || user !== null || address.get("which") === "mine") ? "mine" : "all";
  const period: Period = PERIODS.find((one) => one === address.get("days")) ?? "all";
  const days = period === "all" ? null : Number(period);
  const change = (values: Record<string, string | null>) =>
    setAddress((before) => {
      for (const [name, value] of Object.entries(values)) value ? before.set(name, value) : before.delete(name);
      return before;
    });
  return (
    <Page
      title={t("title")}
      within={project.name}
      actions={
        <>
          <Select
            aria-label={t("period")}
            allowDeselect={false}
            w={150}
            data={PERIODS.map((value) => ({ value, label: t(`periods.${value}`) }))}
            value={period}
            onChange={(value) => change({ days: value === "all" ? null : value })}
          />
          {mayPeople && works && (
            <Seg<Which>
              label={t("which")}
              value={which}
              onChange={(next) => change({ which: next === "mine" ? next : null, user: null })}
              options={[
                { value: "all", label: t("all") },
                { value: "mine", label: t(user === null ? "mine" : "person") },
              ]}
            />
          )}
        </>
      }
    >
      <div className="stat">
        {which === "mine" ? (
          <OnePerson project={project.id} user={user} days={days} />
        ) : (
          <All project={project.id} days={days} onPerson={(id) => change({ user: String(id) })} people={mayPeople} />
        )}
      </div>
    </Page>
  );
}

interface AllProps {
  project: number;
  days: number | null;
  people: boolean;
  onPerson: (id: number) => void;
}

function All({ project, days, people, onPerson }: AllProps) {
  const statistics = useQuery({
    queryKey: ["project", project, "statistics", days],
    queryFn: () => api.get<Statistics>(`/projects/${project}/statistics`, { query: { days } }),
  });
  return (
    <Loaded query={statistics}>
      {(found) => (
        <>
          <Sums found={found} />
          <Classes project={project} days={days} classes={found.classes} csv={people} onPerson={onPerson} />
          {people && <Workers project={project} days={days} workers={found.workers} onPerson={onPerson} />}
          {people && (
            <div className="stat-two">
              <Judges project={project} days={days} judges={found.judges} />
              <Reasons project={project} days={days} reasons={found.reasons} csv />
            </div>
          )}
          <Spread spread={found.spread} />
        </>
      )}
    </Loaded>
  );
}
