import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Listed, Schemas } from "@/api/types";
import { isOpen } from "@/app/jobs";
import { useOrganisation } from "@/app/organisation";

type Job = Schemas["JobOut"];

/** Numbers beside the navigation, kept fresh by the event stream. */
export function useNavCounts(): { work: number; jobs: number; running: Job[] } {
  const queries = useQueryClient();
  const organisation = useOrganisation();
  const jobs = useQuery({
    queryKey: ["jobs", "open", organisation?.id],
    queryFn: () => api.get<Listed<Job>>("/jobs", { query: { organisation: organisation?.id, state: "open" } }),
    enabled: organisation !== null,
    refetchInterval: (query) => (query.state.data?.results.length ? 10_000 : 60_000),
  });
  const work = useOwnWork();
  useEvent("*", (_data, event) => {
    if (event.type.startsWith("job") || event.type === "reconnected")
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    if (event.type.startsWith("task") || event.type.startsWith("assignment"))
      void queries.invalidateQueries({ queryKey: ["assignments"] });
  });
  const open = jobs.data?.results.filter(isOpen) ?? [];
  return {
    work: work.length,
    jobs: open.length,
    running: open.filter((job) => job.state === "running"),
  };
}

/** What is in one's hands to be done now: held, or handed over or left with edits that wait. Parked work waits for an answer. */
export function useOwnWork(): Schemas["AssignmentOut"][] {
  const { data } = useQuery({
    queryKey: ["assignments", "open"],
    queryFn: () => api.get<Listed<Schemas["AssignmentOut"]>>("/assignments", { query: { state: "open", limit: 200 } }),
  });
  return data?.results.filter((row) => row.state !== "parked") ?? [];
}

/** Tasks of a project by state; "*" is all of them. */
export function useProjectCounts(projectId: number): Record<string, number> {
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ["project", projectId, "stats"],
    queryFn: () => api.get<Schemas["ProjectStats"]>(`/projects/${projectId}/stats`),
    staleTime: 30_000,
  });
  useEvent("task.changed", () => void queries.invalidateQueries({ queryKey: ["project", projectId, "stats"] }));
  return data ? { ...data.states, "*": data.tasks } : {};
}
