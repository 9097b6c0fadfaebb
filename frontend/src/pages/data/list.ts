import { type KeyboardEvent, type MouseEvent, type RefObject, useState } from "react";
import type { Schemas } from "@/api/types";
import type { TaskRow } from "./useTasks";

/** What gallery and table need to show the same list. */
export interface ListProps {
  count: number;
  row: (index: number) => TaskRow | undefined;
  classes: Map<number, Schemas["Class"]>;
  selectedCount: number;
  isSelected: (task: TaskRow) => boolean;
  onShown: (first: number, last: number) => void;
  onClick: (task: TaskRow, index: number, event: MouseEvent) => void;
  onOpen: (task: TaskRow) => void;
  onToggle: (task: TaskRow, index: number) => void;
  onRange: (index: number) => void;
}

interface KeysOptions extends ListProps {
  columns: number;
  scrollTo: (index: number) => void;
  scroller: RefObject<HTMLDivElement | null>;
}

/** Arrows walk, Space chooses, Shift and Space a range, Enter opens. One tab stop for the whole list. */
export function useListKeys({ columns, count, row, scrollTo, scroller, ...does }: KeysOptions) {
  const [kept, setCursor] = useState(0);
  const cursor = Math.min(kept, Math.max(0, count - 1));
  function go(index: number) {
    const next = Math.max(0, Math.min(count - 1, index));
    setCursor(next);
    scrollTo(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  }
  function onKeyDown(event: KeyboardEvent) {
    const from = (event.target as HTMLElement).closest<HTMLElement>("[data-index]");
    if (!from) return;
    const at = Number(from.dataset.index);
    const steps: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      PageDown: columns * 4,
      PageUp: -columns * 4,
      Home: -count,
      End: count,
    };
    const task = row(at);
    if (event.key in steps) go(at + steps[event.key]!);
    else if (event.key === "Enter" && task) does.onOpen(task);
    else if (event.key === " " && event.shiftKey) does.onRange(at);
    else if (event.key === " " && task) does.onToggle(task, at);
    else return;
    event.preventDefault();
  }
  return { cursor, onKeyDown };
}
