import fc from "fast-check";
import { expect, test } from "vitest";
import { type Bits, bitsOf, cropTo, maskOf, subtract, tightest, union } from "./bits";
import { changedBetween, cropOf, edited } from "./mask_edit";
import { encodeCounts, maskArea } from "./rle";

const bits = fc
  .tuple(
    fc.integer({ min: 0, max: 9 }),
    fc.integer({ min: 0, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
  )
  .chain(([x, y, w, h]) =>
    fc
      .array(fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, fc.constant(0)), { minLength: w * h, maxLength: w * h })
      .map((data): Bits => ({ x, y, w, h, data: Uint8Array.from(data) })),
  );
const pair = fc.tuple(bits, bits).filter(([a]) => maskOf(a) !== null);
const runs = { numRuns: 1000 };

test("a stroke into a mask or out of it gives, byte for byte, the mask of all pixels unpacked", () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const mask = maskOf(a);
      if (!mask) return;
      expect(edited(mask, b, true)).toEqual(maskOf(union(a, b)));
      expect(edited(mask, b, false)).toEqual(maskOf(subtract(a, b)));
    }),
    runs,
  );
});

test("strokes upon strokes stay exact: what is kept of a mask's runs is what its text says", () => {
  fc.assert(
    fc.property(bits, fc.array(fc.tuple(bits, fc.boolean()), { maxLength: 6 }), (first, strokes) => {
      let mask = maskOf(first);
      let all = first;
      for (const [stroke, set] of strokes) {
        all = set ? union(all, stroke) : subtract(all, stroke);
        mask = mask ? edited(mask, stroke, set) : maskOf(all);
        expect(mask).toEqual(maskOf(all));
      }
    }),
    { numRuns: 300 },
  );
});

test("a crop is what the whole mask has there, and nothing where it has nothing", () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const mask = maskOf(a);
      if (!mask) return;
      const box = [b.x, b.y, b.x + b.w, b.y + b.h] as const;
      expect(cropOf(mask, [...box])).toEqual(cropTo(bitsOf(mask), [...box]));
    }),
    runs,
  );
});

test("the changed rectangle holds every pixel that differs, and is none when none does", () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const [one, other] = [maskOf(a), maskOf(b)];
      if (!one || !other) return;
      const [p, q] = [bitsOf(one), bitsOf(other)];
      const differing = tightest(union(subtract(p, q), subtract(q, p)));
      const found = changedBetween(one, other);
      if (!differing) expect(found).toBeNull();
      else {
        expect(found && found[0] <= differing[0] && found[1] <= differing[1]).toBe(true);
        expect(found && found[2] >= differing[2] && found[3] >= differing[3]).toBe(true);
      }
    }),
    runs,
  );
});

test("a stroke into a mask of 900 megapixels touches its columns only: unpacked it would not fit", () => {
  const side = 30_000;
  const mask = { x: 0, y: 0, size: [side, side] as [number, number], counts: encodeCounts([0, side * side]) };
  const hole = { x: 15_000, y: 20_000, w: 10, h: 10, data: new Uint8Array(100).fill(1) };
  const after = edited(mask, hole, false);
  expect(after && maskArea(after.counts as string)).toBe(side * side - 100);
  expect(after && changedBetween(mask, after)).toEqual([15_000, 0, 15_010, side]);
  expect(after && cropOf(after, [14_999, 19_999, 15_011, 20_011]).data.filter((bit) => !bit)).toHaveLength(100);
  expect(after && edited(after, hole, true)).toEqual(mask);
});
