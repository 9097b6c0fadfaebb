import { describe, expect, test } from "vitest";
import { signedArea } from "./polygons";
import { between, editStretch, nearestBorder, type OnRing } from "./snap";

const SQUARE = [0, 0, 10, 0, 10, 10, 0, 10];
const on = (x: number, y: number): OnRing => {
  const found = nearestBorder([[SQUARE]], x, y, 0.001);
  if (!found) throw new Error("not on the border");
  return found;
};

describe("the nearest border", () => {
  test("a vertex in reach goes before a nearer place on an edge", () => {
    expect(nearestBorder([[SQUARE]], 8.5, 0.2, 2)).toMatchObject({ x: 10, y: 0, edge: 1 });
    expect(nearestBorder([[SQUARE]], 5, 0.2, 2)).toMatchObject({ x: 5, y: 0, edge: 0, distance: 0.2 });
  });

  test("holes and other parts are borders too, and beyond reach there is nothing", () => {
    const hole = [4, 4, 6, 4, 6, 6, 4, 6];
    const parts = [[SQUARE, hole], [[20, 0, 30, 0, 30, 10]]];
    expect(nearestBorder(parts, 5, 4.1, 0.5)).toMatchObject({ part: 0, ring: 1, x: 5, y: 4 });
    expect(nearestBorder(parts, 25, -0.1, 0.5)).toMatchObject({ part: 1, ring: 0, x: 25, y: 0 });
    expect(nearestBorder(parts, 15, 5, 2)).toBeNull();
  });
});

describe("along a border", () => {
  test("the vertices between are copied in order, the shorter way round, in either direction", () => {
    expect(between(SQUARE, on(5, 0), on(10, 6))).toEqual([10, 0]);
    expect(between(SQUARE, on(10, 6), on(5, 0))).toEqual([10, 0]);
    expect(between(SQUARE, on(0, 3), on(10, 2))).toEqual([0, 0, 10, 0]);
    expect(between(SQUARE, on(9, 10), on(10, 0))).toEqual([10, 10]);
  });

  test("two places on one edge have nothing between them", () => {
    expect(between(SQUARE, on(2, 0), on(8, 0))).toEqual([]);
    expect(between(SQUARE, on(8, 0), on(2, 0))).toEqual([]);
  });

  test("the ends themselves are never repeated", () => {
    expect(between(SQUARE, on(0, 0), on(10, 10))).toHaveLength(2);
    expect(between(SQUARE, on(0, 0), on(10, 0))).toEqual([]);
  });
});

describe("a stretch drawn anew", () => {
  test("the shorter side is replaced and the rest stays vertex for vertex", () => {
    expect(editStretch(SQUARE, on(2, 0), on(8, 0), [2, 0, 5, -3, 8, 0])).toEqual([
      2, 0, 5, -3, 8, 0, 10, 0, 10, 10, 0, 10, 0, 0,
    ]);
  });

  test("drawn the other way round it is the same ring", () => {
    const there = editStretch(SQUARE, on(5, 0), on(10, 5), [5, 0, 6, 4, 10, 5]);
    const back = editStretch(SQUARE, on(10, 5), on(5, 0), [10, 5, 6, 4, 5, 0]);
    expect(signedArea(there)).toBeCloseTo(signedArea(back), 12);
    expect(Math.sign(signedArea(back))).toBe(Math.sign(signedArea(SQUARE)));
    expect(Math.abs(signedArea(there))).toBeLessThan(100);
    for (const vertex of [
      [10, 10],
      [0, 10],
      [0, 0],
    ])
      expect(pairs(back)).toContainEqual(vertex);
    expect(pairs(back)).not.toContainEqual([10, 0]);
  });
});

const pairs = (ring: number[]) => Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i], ring[2 * i + 1]]);
