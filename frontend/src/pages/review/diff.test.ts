import { describe, expect, it } from "vitest";
import type { Region } from "@/engine/types";
import { differenceOf, overlapOf, removedOf, sameValue } from "./diff";

const box = (id: string, x: number, w = 10, more: Partial<Region> = {}): Region =>
  ({ id, class: 1, shape: "box", geometry: { x, y: 0, w, h: 10 }, attributes: {}, ...more }) as Region;

describe("the difference between two revisions", () => {
  it("names what was added, changed and removed, and counts what stayed", () => {
    const found = differenceOf([box("a", 0), box("b", 20), box("c", 40)], [box("a", 0), box("b", 25), box("d", 60)]);
    expect(found.same).toBe(1);
    expect(found.changes.map(({ kind, id }) => [kind, id])).toEqual([
      ["changed", "b"],
      ["added", "d"],
      ["removed", "c"],
    ]);
    expect(removedOf(found).map(({ id }) => id)).toEqual(["c"]);
  });

  it("tells a moved boundary with its overlap from a changed class or attribute", () => {
    const [moved, relabelled] = differenceOf(
      [box("a", 0), box("b", 20)],
      [box("a", 5), box("b", 20, 10, { class: 2, attributes: { colour: "red" } })],
    ).changes;
    expect(moved?.what).toEqual(["boundary"]);
    expect(moved?.iou).toBeCloseTo(1 / 3, 1);
    expect(relabelled?.what).toEqual(["class", "attributes"]);
    expect(relabelled?.iou).toBeNull();
  });

  it("does not take another order of members or a missing default for a change", () => {
    expect(differenceOf([box("a", 0, 10, { track: 7 })], [box("a", 0)]).changes[0]?.what).toEqual(["attributes"]);
    const before = box("a", 0, 10, { flags: [], occluded: false });
    const after = { ...box("a", 0), geometry: { h: 10, w: 10, y: 0, x: 0 } } as Region;
    expect(differenceOf([before], [after]).changes).toEqual([]);
    expect(sameValue({ a: 1 }, { a: 1, b: null })).toBe(true);
    expect(sameValue({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  });

  it("has no overlap for points", () => {
    const points = { id: "p", class: 1, shape: "points", geometry: { points: [1, 1] }, attributes: {} } as Region;
    expect(overlapOf(points, points)).toBeNull();
    expect(overlapOf(box("a", 0), box("b", 0))).toBe(1);
  });
});
