import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "@/api/client";
import type { Listed } from "@/api/types";
import type { Assignment, Stage, Work } from "./desk";

/** One's own held and submitted work of the project, oldest first, for previous and next. */
export function useNeighbours(projectId: number | null, stage: Stage, work: Work | null) {
  const queries = useQueryClient();
  const current = work?.doc.assignment.id;
  const { data } = useQuery({
    queryKey: ["own-work", projectId, stage],
    enabled: projectId !== null,
    queryFn: async () => {
      const lists = await Promise.all(
        ["open", "submitted"].map((state) =>
          api.get<Listed<Assignment>>("/assignments", { query: { state, project: projectId, limit: 100 } }),
        ),
      );
      return lists
        .flatMap(({ results }) => results)
        .filter((row) => row.stage === stage)
        .sort((a, b) => a.claimed_at.localeCompare(b.claimed_at) || a.id - b.id);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another task on the desk changes the list
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: ["own-work", projectId, stage] });
  }, [queries, projectId, stage, current]);
  const rows = data ?? [];
  const at = rows.findIndex((row) => row.id === current);
  return {
    previous: at > 0 ? rows[at - 1] : at < 0 ? rows.at(-1) : undefined,
    next: at >= 0 ? rows[at + 1] : undefined,
  };
}
