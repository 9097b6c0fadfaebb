import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Listed, Schemas } from "@/api/types";
import { type Filter, queryOf, type Sort } from "./filters";
import { pagesOf } from "./selection";

export type TaskRow = Schemas["TaskRow"];
export type RegionRow = Schemas["RegionRow"];
type Window = Schemas["TaskWindow"];

const PAGE = 100; // rows asked for at once
const RANGE_PAGE = 500; // rows a request when a range is chosen
const PAUSE = 2_000; // ms between two refreshes from events
export const MOST_IDS = 10_000; // that one bulk change may name

export interface Tasks {
  total: number | null;
  /** There are more than `total`; the server counts to 100,000. */
  more: boolean;
  row: (index: number) => TaskRow | undefined;
  error: unknown;
  refetch: () => void;
  /** Ids of rows `from` to `to`, also of those not loaded yet. */
  idsBetween: (from: number, to: number) => Promise<number[]>;
}

export const tasksKey = (project: number) => ["project", project, "tasks"];

/** The rows that are on the screen, out of a list of any length. */
export function useTasks(project: number, filter: Filter, sort: Sort, shown: [number, number]): Tasks {
  const query = useMemo(() => ({ ...queryOf(filter), sort }), [filter, sort]);
  const windowOf = (offset: number, limit: number) =>
    api.get<Window>(`/projects/${project}/tasks/window`, { query: { ...query, offset, limit } });
  const pages = [...new Set([0, ...pagesOf(shown[0], shown[1], PAGE)])];
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...tasksKey(project), query, page],
      queryFn: () => windowOf(page * PAGE, PAGE),
    })),
  });
  const byPage = new Map(pages.map((page, index) => [page, results[index]!]));
  const first = byPage.get(0)!;
  const last = useRef<Window | undefined>(undefined); // keeps the number in the header while another filter loads
  if (first.data) last.current = first.data;
  return {
    total: (first.data ?? last.current)?.total ?? null,
    more: (first.data ?? last.current)?.more ?? false,
    row: (index) => byPage.get(Math.floor(index / PAGE))?.data?.results[index % PAGE],
    error: first.data ? null : first.error,
    refetch: () => void first.refetch(),
    idsBetween: async (from, to) => {
      const [low, high] = [Math.min(from, to), Math.min(Math.max(from, to), Math.min(from, to) + MOST_IDS - 1)];
      const ids: number[] = [];
      for (let offset = low; offset <= high; offset += RANGE_PAGE) {
        const { results: rows } = await windowOf(offset, Math.min(RANGE_PAGE, high - offset + 1));
        ids.push(...rows.map((row) => row.id));
        if (rows.length === 0) break;
      }
      return ids;
    },
  };
}

/** Asks again when work moved, at most every two seconds. */
export function useLiveTasks(project: number) {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEvent("*", (data, event) => {
    if (!["task.changed", "counts.changed", "reconnected"].includes(event.type) || timer.current) return;
    const elsewhere = (data as { project?: number } | null)?.project;
    if (elsewhere !== undefined && elsewhere !== project) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      void queries.invalidateQueries({ queryKey: tasksKey(project) }, { cancelRefetch: false });
    }, PAUSE);
  });
}

const CHUNK = 24; // tasks whose regions are asked for together
const MOST_PAGES = 4;

async function regionsOf(project: number, tasks: number[]): Promise<RegionRow[]> {
  const found: RegionRow[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: Listed<RegionRow> = await api.get(`/projects/${project}/regions`, {
      query: { task: tasks.join(","), limit: 500, cursor },
    });
    found.push(...answer.results);
    cursor = answer.next;
    if (!cursor) break;
  }
  return found;
}

/** Bounds of the regions of the tasks on the screen, by task. */
export function useRegions(project: number, rows: TaskRow[], on: boolean): Map<number, RegionRow[]> {
  const wanted = on ? rows.filter((row) => row.region_count > 0) : [];
  const chunks: TaskRow[][] = [];
  for (let at = 0; at < wanted.length; at += CHUNK) chunks.push(wanted.slice(at, at + CHUNK));
  const results = useQueries({
    queries: chunks.map((chunk) => ({
      queryKey: ["project", project, "regions", chunk.map((row) => [row.id, row.updated_at])],
      queryFn: () =>
        regionsOf(
          project,
          chunk.map((row) => row.id),
        ),
      staleTime: 60_000,
    })),
  });
  const byTask = new Map<number, RegionRow[]>();
  for (const result of results)
    for (const region of result.data ?? []) {
      const known = byTask.get(region.task);
      if (known) known.push(region);
      else byTask.set(region.task, [region]);
    }
  return byTask;
}
