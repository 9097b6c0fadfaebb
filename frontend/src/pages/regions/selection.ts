import type { RegionRow } from "./useRegions";

/** Which regions are chosen: some by task and id, or everything that the filter finds. */
export interface Selection {
  keys: ReadonlyMap<string, { task: number; id: string }>;
  all: boolean;
  /** Where a range with Shift begins: an index in the list. */
  anchor: number | null;
}

export const NOTHING: Selection = { keys: new Map(), all: false, anchor: null };
export const MOST_NAMED = 10_000; // that one change may name

export const keyOf = ({ task, id }: Pick<RegionRow, "task" | "id">) => `${task}:${id}`;

export const isSelected = (selection: Selection, row: RegionRow) => selection.all || selection.keys.has(keyOf(row));

export function toggle(selection: Selection, row: RegionRow, index: number): Selection {
  const keys = new Map(selection.keys);
  if (!keys.delete(keyOf(row))) keys.set(keyOf(row), { task: row.task, id: row.id });
  return { keys, all: false, anchor: index };
}

/** Everything between the anchor and a region, added to what is chosen. */
export function addRange(selection: Selection, rows: readonly RegionRow[]): Selection {
  const keys = new Map(selection.keys);
  for (const row of rows) if (keys.size < MOST_NAMED) keys.set(keyOf(row), { task: row.task, id: row.id });
  return { ...selection, keys, all: false };
}
