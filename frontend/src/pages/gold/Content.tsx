import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Loaded, SkeletonRows } from "@/ui";
import { Alarms } from "./Alarms";
import { Consequences } from "./Consequences";
import { Exams } from "./Exams";
import { GoldList } from "./GoldList";
import { People, Reviewers } from "./People";
import { PlantedFaults } from "./Planted";
import { Rules } from "./Rules";
import "./gold.css";

export type Report = Schemas["GoldReport"];

export const goldKey = (project: number) => ["project", project, "gold"];

/** Gold, what hidden tests showed of people, and what followed. */
export default function GoldContent() {
  const project = useProject();
  const queries = useQueryClient();
  const again = () => void queries.invalidateQueries({ queryKey: goldKey(project.id) });
  useEvent("quality.changed", again);
  useEvent("reconnected", again);
  const report = useQuery({
    queryKey: [...goldKey(project.id), "people"],
    queryFn: () => api.get<Report>(`/projects/${project.id}/quality/gold/people`),
  });
  return (
    <Loaded
      query={report}
      skeleton={
        <div className="gut">
          <SkeletonRows rows={10} height={36} />
        </div>
      }
    >
      {(value) => (
        <div className="gut col gd">
          <Rules report={value} />
          <People report={value} />
          {value.reviewers.length > 0 && <Reviewers report={value} />}
          <PlantedFaults report={value} />
          <Alarms />
          <Exams />
          <Consequences />
          <GoldList />
        </div>
      )}
    </Loaded>
  );
}
