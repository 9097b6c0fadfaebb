/** Which tasks are chosen: some by id, or everything that the filter finds. */
export interface Selection {
  ids: ReadonlySet<number>;
  /** Everything the filter finds, also what was never on the screen. */
  all: boolean;
  /** Where a range with Shift begins: an index in the list. */
  anchor: number | null;
}

export const NOTHING: Selection = { ids: new Set(), all: false, anchor: null };

export function isSelected(selection: Selection, id: number): boolean {
  return selection.all || selection.ids.has(id);
}

export function toggle(selection: Selection, id: number, index: number): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, all: false, anchor: index };
}

/** Everything between the anchor and a task, added to what is chosen. */
export function addRange(selection: Selection, between: readonly number[]): Selection {
  return { ...selection, ids: new Set([...selection.ids, ...between]), all: false };
}

export function selectedCount(selection: Selection, total: number): number {
  return selection.all ? total : selection.ids.size;
}

/** Numbers of the pages that hold rows `first` to `last`. */
export function pagesOf(first: number, last: number, size: number): number[] {
  const from = Math.floor(Math.max(0, first) / size);
  const to = Math.floor(Math.max(0, last) / size);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
