import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bits, countBits, cropTo, fillParts, maskOf } from "./bits";
import { unionParts } from "./boolean";
import { bitsToParts } from "./contours";

const picture = (...rows: string[]): Bits => ({
  x: 0,
  y: 0,
  w: rows[0]?.length ?? 0,
  h: rows.length,
  data: Uint8Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0)),
});

const anyBits = fc
  .record({
    w: fc.integer({ min: 1, max: 14 }),
    h: fc.integer({ min: 1, max: 14 }),
    x: fc.integer({ min: 0, max: 9 }),
    y: fc.integer({ min: 0, max: 9 }),
  })
  .chain((size) =>
    fc
      .array(fc.constantFrom(0, 1, 1), { minLength: size.w * size.h, maxLength: size.w * size.h })
      .map((values): Bits => ({ ...size, data: Uint8Array.from(values) })),
  );

const SIZE = { width: 24, height: 24 };
const whole = (bits: Bits): number[] => [...cropTo(bits, [0, 0, SIZE.width, SIZE.height]).data];

describe("outlines of pixels", () => {
  test("a hole goes into the part around it, and what is in the hole is a part", () => {
    const parts = bitsToParts(picture("#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"));
    expect(parts.map((part) => part.length)).toEqual([2, 2]);
    expect(parts[0]?.[0]).toEqual([0, 0, 7, 0, 7, 7, 0, 7]);
  });

  test("pixels that meet at a corner only are two parts", () => {
    expect(bitsToParts(picture("#.", ".#"))).toEqual([[[0, 0, 1, 0, 1, 1, 0, 1]], [[1, 1, 2, 1, 2, 2, 1, 2]]]);
  });

  test("nothing is no parts", () => {
    expect(bitsToParts(picture("..", ".."))).toEqual([]);
  });

  test("pixels to parts and back is exact", () => {
    fc.assert(
      fc.property(anyBits, (bits) => {
        const parts = bitsToParts(bits);
        expect(whole(fillParts(parts, SIZE))).toEqual(whole(bits));
        expect(parts.every((part) => part.every((ring) => ring.length >= 8))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("polygon, mask, polygon, mask: the two masks are equal, and so are the polygons from then on", () => {
    const ring = fc.array(fc.double({ min: 0, max: 24, noNaN: true }), { minLength: 6, maxLength: 16 });
    fc.assert(
      fc.property(ring, (numbers) => {
        const first = fillParts([[numbers.slice(0, numbers.length - (numbers.length % 2))]], SIZE);
        const parts = bitsToParts(first);
        const again = fillParts(parts, SIZE);
        expect(maskOf(again)).toEqual(maskOf(first));
        expect(bitsToParts(cropTo(again, [0, 0, 24, 24]))).toEqual(bitsToParts(cropTo(first, [0, 0, 24, 24])));
      }),
      { numRuns: 300 },
    );
  });

  test("two neighbours with a shared border leave no gap and no overlap, and neither does their union", () => {
    const number = fc.oneof(fc.double({ min: 4, max: 20, noNaN: true }), fc.integer({ min: 4, max: 20 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 8 }), (inner) => {
        // Going down, so that the border crosses neither itself nor the frame.
        const border = inner.toSorted((a, b) => a[1] - b[1]).flat();
        const there = [12, 0, ...border, 12, 24];
        const back = Array.from({ length: there.length / 2 }, (_, i) =>
          there.slice(-2 - 2 * i, there.length - 2 * i),
        ).flat();
        const left = [[[0, 0, ...there, 0, 24]]];
        const right = [[[24, 24, ...back, 24, 0]]];
        const [a, b] = [fillParts(left, SIZE), fillParts(right, SIZE)];
        expect(countBits(a) + countBits(b)).toBe(24 * 24);
        const [ours, theirs] = [whole(a), whole(b)];
        expect(ours.some((value, i) => value && theirs[i])).toBe(false);
        expect(countBits(fillParts(unionParts(left, right), SIZE))).toBe(24 * 24);
      }),
      { numRuns: 200 },
    );
  });
});
