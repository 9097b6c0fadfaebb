import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";

export type QueueRow = Schemas["ReviewQueueRow"];

export const ORDERS = ["queue", "risk", "oldest", "newest", "annotator"] as const;
/** Reasons to look at work, the riskiest first. */
export const REASONS = ["open_issue", "finding", "uncertain", "fast", "resubmitted", "empty"] as const;

/** In which order the queue is gone through, and what of it. It stands in the address. */
export interface QueueView {
  order: (typeof ORDERS)[number];
  annotator: number | null;
  class_id: number | null;
  why: (typeof REASONS)[number] | null;
}

export const HANDED_OUT: QueueView = { order: "queue", annotator: null, class_id: null, why: null };
export const FILTERS = ["why", "annotator", "class_id"] as const;

export const filtersOf = (view: QueueView) => FILTERS.filter((name) => view[name] !== null);
/** Whether the next piece of work is another one than the server would hand out. */
export const isOwnWay = (view: QueueView) => view.order !== "queue" || filtersOf(view).length > 0;

function one<T extends string>(values: readonly T[], text: string | null): T | null {
  return values.find((value) => value === text) ?? null;
}

export function viewFrom(search: URLSearchParams): QueueView {
  return {
    order: one(ORDERS, search.get("order")) ?? "queue",
    annotator: Number(search.get("annotator")) || null,
    class_id: Number(search.get("class_id")) || null,
    why: one(REASONS, search.get("why")),
  };
}

/** The address with this view in it; everything else in it stays. */
export function searchFrom(view: QueueView, before: URLSearchParams): URLSearchParams {
  const search = new URLSearchParams(before);
  for (const name of ["order", ...FILTERS] as const) {
    if (view[name] === HANDED_OUT[name]) search.delete(name);
    else search.set(name, String(view[name]));
  }
  return search;
}

export function useQueueView(): [QueueView, (change: Partial<QueueView>) => void] {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const view = useMemo(() => viewFrom(new URLSearchParams(text)), [text]);
  const change = (parts: Partial<QueueView>) =>
    setSearch((before) => searchFrom({ ...viewFrom(before), ...parts }, before), { replace: true });
  return [view, change];
}

export function queuePage(projectId: number, view: QueueView, page: { cursor?: string | null; limit: number }) {
  return api.get<Listed<QueueRow>>(`/projects/${projectId}/reviews/queue`, {
    query: { ...view, order: view.order === "queue" ? null : view.order, ...page },
  });
}

/** The slot that comes first in this view; null where nothing is left in it. */
export async function firstOf(projectId: number, view: QueueView): Promise<number | null> {
  const page = await queuePage(projectId, view, { limit: 1 });
  return page.results[0]?.slot ?? null;
}
