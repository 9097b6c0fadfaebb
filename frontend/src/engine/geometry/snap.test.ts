import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bits, fillParts } from "./bits";
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

describe("pixels along a shared border", () => {
  const SIZE = { width: 40, height: 40 };
  const radius = fc.oneof(fc.integer({ min: 4, max: 18 }), fc.double({ min: 4, max: 18, noNaN: true }));
  const outline = fc.array(radius, { minLength: 5, maxLength: 12 }).map((radii) =>
    radii.flatMap((r, i) => {
      const turn = (i / radii.length) * 2 * Math.PI;
      return [20 + r * Math.cos(turn), 20 + r * Math.sin(turn)];
    }),
  );
  const frame = (bits: Bits): Uint8Array => {
    const out = new Uint8Array(SIZE.width * SIZE.height);
    for (let y = 0; y < bits.h; y++)
      out.set(bits.data.subarray(y * bits.w, (y + 1) * bits.w), (y + bits.y) * SIZE.width + bits.x);
    return out;
  };
  const vertex = (ring: number[], k: number): OnRing => {
    const edge = k % (ring.length / 2);
    return { x: ring[edge * 2] as number, y: ring[edge * 2 + 1] as number, edge };
  };

  test("what two rings share between them is taken once and none is left", () => {
    fc.assert(
      fc.property(outline, fc.nat({ max: 100 }), fc.nat({ max: 100 }), (ring, m, n) => {
        const [from, to] = [vertex(ring, m), vertex(ring, n)];
        fc.pre(from.edge !== to.edge);
        const near = [from.x, from.y, ...between(ring, from, to), to.x, to.y];
        const far = editStretch(ring, from, to, [from.x, from.y, to.x, to.y]);
        // By even-odd each pixel of the ring is in the one piece or in the other.
        const [whole, a, b] = [ring, near, far].map((r) => frame(fillParts([[r]], SIZE))) as [
          Uint8Array,
          Uint8Array,
          Uint8Array,
        ];
        expect(whole.every((value, i) => value === ((a[i] as number) ^ (b[i] as number)))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("a place on a diagonal between whole pixels lies on it to the last digit", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 15, noNaN: true }), (where) => {
        const found = nearestBorder([[[0, 0, 16, 16, 0, 16]]], where, where, 0.01);
        expect(found?.x).toBe(found?.y);
      }),
    );
  });
});
