import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutParts, intersectParts, type Parts, soundParts, subtractParts, unionParts } from "./boolean";
import { inPart, partArea } from "./polygons";

const square = (x: number, y: number, side: number): number[] => [x, y, x + side, y, x + side, y + side, x, y + side];
const area = (parts: Parts): number => parts.reduce((sum, part) => sum + partArea(part), 0);
const covers = (parts: Parts, x: number, y: number): boolean => parts.some((part) => inPart(part, x, y));
const A: Parts = [[square(0, 0, 10)]];

/** Star-shaped rings about a centre: never crossing themselves, with fractions and whole numbers mixed. */
const ring = fc
  .tuple(
    fc.integer({ min: 20, max: 80 }),
    fc.integer({ min: 20, max: 80 }),
    fc.array(fc.double({ min: 3, max: 40, noNaN: true }), { minLength: 3, maxLength: 24 }),
  )
  .map(([cx, cy, radii]) =>
    radii.flatMap((r, i) => {
      const turn = (i / radii.length) * 2 * Math.PI;
      return [cx + r * Math.cos(turn), cy + r * Math.sin(turn)];
    }),
  );

describe("booleans", () => {
  test("neighbours with a shared border become one part without a seam", () => {
    const found = unionParts(A, [[square(10, 0, 10)]]);
    expect(found).toHaveLength(1);
    expect(found[0]).toHaveLength(1);
    expect(area(found)).toBe(200);
  });

  test("taking the middle out leaves a hole, and uniting fills it again", () => {
    const holed = subtractParts(A, [[square(3, 3, 4)]]);
    expect(holed).toHaveLength(1);
    expect(holed[0]).toHaveLength(2);
    expect(area(holed)).toBe(84);
    expect(area(unionParts(holed, [[square(3, 3, 4)]]))).toBe(100);
  });

  test("a piece inside a hole is a part of its own", () => {
    const found = unionParts(subtractParts(A, [[square(2, 2, 6)]]), [[square(4, 4, 2)]]);
    expect(found.map((part) => part.length).sort()).toEqual([1, 2]);
  });

  test("nothing in common is no parts", () => {
    expect(intersectParts(A, [[square(50, 50, 5)]])).toEqual([]);
    expect(subtractParts(A, A)).toEqual([]);
  });

  test("vertices that were there come back to the last digit", () => {
    const odd = [0.1, 0.2, 10.3, 1 / 3, 9.7, Math.PI * 3];
    const found = unionParts([[odd]], [[square(30, 30, 5)]]);
    const numbers = found.flat(2);
    for (const value of odd) expect(numbers).toContain(value);
  });

  test("subtracting a neighbour takes over its border vertex for vertex", () => {
    const border = [5.123456789, 2.2, 6.987654321, 5.5, 4.1, 7.7];
    const found = subtractParts(A, [[[20, -5, ...[5.5, -5], ...border, 5.5, 15, 20, 15]]]);
    const numbers = found.flat(2);
    for (const value of border) expect(numbers).toContain(value);
  });

  test("a ring that crosses itself becomes the parts that even-odd means", () => {
    const bow = soundParts([[[0, 0, 10, 10, 10, 0, 0, 10]]]);
    expect(bow).toHaveLength(2);
    expect(area(bow)).toBe(50);
  });

  test("areas add up: a and b together are their union and their intersection", () => {
    fc.assert(
      fc.property(ring, ring, (a, b) => {
        const [p, q] = [[[a]], [[b]]];
        const both = area(intersectParts(p, q));
        expect(area(unionParts(p, q))).toBeCloseTo(area(p) + area(q) - both, 2);
        expect(area(subtractParts(p, q))).toBeCloseTo(area(p) - both, 2);
      }),
      { numRuns: 200 },
    );
  });

  test("what is in is in: at random points the results agree with the operands", () => {
    const coordinate = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(ring, ring, coordinate, coordinate, (a, b, x, y) => {
        const [p, q] = [[[a]], [[b]]];
        fc.pre([...p, ...q].every(([r]) => Math.abs(distanceTo(r as number[], x, y)) > 1e-3));
        const [inA, inB] = [covers(p, x, y), covers(q, x, y)];
        expect(covers(unionParts(p, q), x, y)).toBe(inA || inB);
        expect(covers(intersectParts(p, q), x, y)).toBe(inA && inB);
        expect(covers(subtractParts(p, q), x, y)).toBe(inA && !inB);
      }),
      { numRuns: 300 },
    );
  });
});

function distanceTo(r: readonly number[], x: number, y: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < r.length; i += 2) {
    const [ax, ay] = [r[i] as number, r[i + 1] as number];
    const [bx, by] = [r[(i + 2) % r.length] as number, r[(i + 3) % r.length] as number];
    const length2 = (bx - ax) ** 2 + (by - ay) ** 2;
    const t = length2 ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length2)) : 0;
    best = Math.min(best, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)));
  }
  return best;
}

describe("cutting", () => {
  test("a line through makes two pieces that share it", () => {
    const found = cutParts(A, [-1, 4, 11, 4]);
    expect(found).toHaveLength(2);
    expect(area(found)).toBe(100);
    expect(found.map((part) => partArea(part)).sort((a, b) => a - b)).toEqual([40, 60]);
  });

  test("a line that ends inside, or passes by, cuts nothing", () => {
    expect(cutParts(A, [-1, 4, 5, 4])).toEqual(A);
    expect(cutParts(A, [-1, 14, 15, 14])).toEqual(A);
    expect(cutParts(A, [0, 0, 10, 0])).toEqual(A);
  });

  test("across a ring with a hole both halves are whole", () => {
    const holed: Parts = [[square(0, 0, 10), square(3, 3, 4)]];
    const found = cutParts(holed, [5, -1, 5, 11]);
    expect(found).toHaveLength(2);
    expect(found.every((part) => part.length === 1)).toBe(true);
    expect(area(found)).toBe(84);
    expect(cutParts(holed, [5, -1, 5, 5])).toEqual(holed);
  });

  test("a hole beside the line stays in its piece", () => {
    const found = cutParts([[square(0, 0, 10), square(1, 1, 2)]], [-1, 5, 11, 5]);
    expect(found.map((part) => part.length).sort()).toEqual([1, 2]);
    expect(area(found)).toBe(96);
  });

  test("a loop drawn inside cuts its inside out", () => {
    const found = cutParts(A, [2, 2, 8, 2, 8, 8, 2, 8, 2, 2]);
    expect(found.map((part) => partArea(part)).sort((a, b) => a - b)).toEqual([36, 64]);
  });

  test("random lines keep the area, and every vertex", () => {
    const coordinate = fc.double({ min: -10, max: 110, noNaN: true });
    fc.assert(
      fc.property(ring, fc.array(coordinate, { minLength: 4, maxLength: 12 }), (outline, numbers) => {
        const line = numbers.slice(0, numbers.length - (numbers.length % 2));
        const found = cutParts([[outline]], line);
        expect(area(found)).toBeCloseTo(area([[outline]]), 5);
        const left = new Set(found.flat(2));
        for (const value of outline) expect(left.has(value)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
