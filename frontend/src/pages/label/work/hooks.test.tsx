import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Work } from "./desk";
import { useOtherTask } from "./hooks";

const task = (id: number, coming = false) => ({ doc: { task: { id } }, coming }) as Work;

/** How often another task began, after each of these was on the desk. */
function begun(...works: (Work | null)[]): number[] {
  let times = 0;
  const counts: number[] = [];
  const { rerender } = renderHook(({ work }) => useOtherTask(work, () => times++), {
    initialProps: { work: null as Work | null },
  });
  times = 0;
  for (const work of works) {
    rerender({ work });
    counts.push(times);
  }
  return counts;
}

test("a task that was seen coming is not another one when it is there", () => {
  expect(begun(task(1), task(2, true), task(2), task(3, true), task(3))).toEqual([1, 2, 2, 3, 3]);
});

test("another than the coming one, and the refused one that comes back, begin anew", () => {
  expect(begun(task(1), task(2, true), task(3))).toEqual([1, 2, 3]);
  expect(begun(task(1), task(2, true), task(1), null)).toEqual([1, 2, 3, 4]);
});
