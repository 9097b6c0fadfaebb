import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "@/api/client";
import type { Listed } from "@/api/types";
import type { Assignment, Stage, Work } from "./desk";

const DWELL = 1_000; // ms on a task before the list is asked for again: who goes on by one key a task does not wait for it

/** An assignment one can go to. */
export interface Neighbour {
  id: number;
}

/** One's own held and submitted work of the project, oldest first, for previous and next. */
export function useNeighbours(projectId: number | null, stage: Stage, work: Work | null) {
  const queries = useQueryClient();
  const current = work?.doc.assignment.id || undefined; // a coming task has none yet
  const { data } = useQuery({
    queryKey: ["own-work", projectId, stage],
    enabled: projectId !== null,
    queryFn: () => ownWork(projectId, stage),
  });
  useEffect(() => {
    if (current === undefined) return;
    const queryKey = ["own-work", projectId, stage];
    queries.setQueryData<number[]>(queryKey, (ids) => (!ids || ids.includes(current) ? ids : [...ids, current]));
    const timer = setTimeout(() => void queries.invalidateQueries({ queryKey }, { cancelRefetch: false }), DWELL);
    return () => clearTimeout(timer);
  }, [queries, projectId, stage, current]);
  return neighbours(data ?? [], current);
}

async function ownWork(projectId: number | null, stage: Stage): Promise<number[]> {
  const lists = await Promise.all(
    ["open", "submitted"].map((state) =>
      api.get<Listed<Assignment>>("/assignments", { query: { state, project: projectId, limit: 100 } }),
    ),
  );
  return lists
    .flatMap(({ results }) => results)
    .filter((row) => row.stage === stage)
    .sort((a, b) => a.claimed_at.localeCompare(b.claimed_at) || a.id - b.id)
    .map((row) => row.id);
}

/** What lies before and after a piece of work; before what is not listed yet lies the last. */
export function neighbours(
  ids: readonly number[],
  current: number | undefined,
): { previous?: Neighbour; next?: Neighbour } {
  const at = ids.findIndex((id) => id === current);
  const named = (id: number | undefined) => (id === undefined ? undefined : { id });
  return { previous: named(at < 0 ? ids.at(-1) : ids[at - 1]), next: named(at < 0 ? undefined : ids[at + 1]) };
}
