import { describe, expect, it } from "vitest";
import { addRange, isSelected, NOTHING, pagesOf, selectedCount, toggle } from "./selection";

describe("the selection of tasks", () => {
  it("takes a task in and out again, and begins a range there", () => {
    const one = toggle(NOTHING, 11, 4);
    expect([isSelected(one, 11), one.anchor]).toEqual([true, 4]);
    expect(isSelected(toggle(one, 11, 4), 11)).toBe(false);
  });

  it("adds a range to what was chosen before", () => {
    const some = addRange(toggle(NOTHING, 11, 4), [20, 21, 22]);
    expect([...some.ids]).toEqual([11, 20, 21, 22]);
  });

  it("counts everything that the filter finds when all is chosen", () => {
    expect(selectedCount({ ...NOTHING, all: true }, 347)).toBe(347);
  });

  it("falls back to single tasks when one is toggled while all is chosen", () => {
    expect(selectedCount(toggle({ ...NOTHING, all: true }, 5, 0), 347)).toBe(1);
  });
});

describe("pages of rows", () => {
  it("are those that hold the first and the last row and all between", () => {
    expect(pagesOf(95, 310, 100)).toEqual([0, 1, 2, 3]);
    expect(pagesOf(0, 0, 100)).toEqual([0]);
  });
});
