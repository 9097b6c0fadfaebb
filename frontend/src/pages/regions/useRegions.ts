import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { type Filter, queryOf, type Sort } from "./filters";

export type RegionRow = Schemas["RegionRow"];
export const PAGE = 200; // regions asked for at once

export const regionsKey = (project: number) => ["project", project, "region-search"];

/** The regions of a view, page after page as the list is scrolled, and how many there are. */
export function useRegions(project: number, filter: Filter, sort: Sort) {
  const query = useMemo(() => queryOf(filter), [filter]);
  const { pages, rows } = usePages({
    queryKey: [...regionsKey(project), query, sort],
    ask: (cursor) =>
      api.get<Listed<RegionRow>>(`/projects/${project}/regions`, {
        query: { ...query, sort, limit: PAGE, cursor },
      }),
    // A list that one comes back to stands as it was left; changes ask again by name.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30 * 60_000,
  });
  const counted = useQuery({
    queryKey: [...regionsKey(project), query, "count"],
    queryFn: () => api.get<Schemas["RegionCount"]>(`/projects/${project}/regions/count`, { query }),
    staleTime: 60_000,
  });
  return { rows, pages, count: counted.data ?? null };
}

/** The list again, once a change of many is done or undone. */
export function useFreshRegions(project: number) {
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries({ queryKey: regionsKey(project) });
  useEvent("bulk_change.changed", refresh);
  return refresh;
}
