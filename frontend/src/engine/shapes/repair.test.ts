import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillParts, maskOf } from "../geometry/bits";
import type { Shaped } from "../types";
import { ops } from ".";
import { convert } from "./convert";
import { defectOf, repair } from "./repair";

const IMAGE = { width: 40, height: 30 };
const polygon = (...parts: number[][][]): Shaped => ({ shape: "polygon", geometry: { parts } });
const box = (x: number, y: number, w: number, h: number): Shaped => ({ shape: "box", geometry: { x, y, w, h } });

describe("defects and their repair", () => {
  test("a sound shape needs none", () => {
    expect(repair(box(1, 1, 5, 5), IMAGE)).toBeNull();
    expect(repair(polygon([[1, 1, 9, 1, 9, 9]]), IMAGE)).toBeNull();
    expect(repair({ shape: "tag", geometry: {} }, IMAGE)).toBeNull();
  });

  test("a bow tie becomes the two triangles it looks like", () => {
    const bow = polygon([[0, 0, 10, 10, 10, 0, 0, 10]]);
    expect(defectOf(bow, IMAGE)).toBe("self_crossing");
    const [fixed] = repair(bow, IMAGE) as [Shaped];
    expect(ops.area(fixed)).toBe(50);
    expect(defectOf(fixed, IMAGE)).toBeNull();
  });

  test("what reaches outside is cut, unless the project draws objects whole", () => {
    expect(defectOf(box(35, 5, 10, 10), IMAGE)).toBe("outside_image");
    expect(repair(box(35, 5, 10, 10), IMAGE)).toEqual([box(35, 5, 5, 10)]);
    expect(repair(box(35, 5, 10, 10), IMAGE, true)).toBeNull();
    expect(repair(box(50, 5, 10, 10), IMAGE)).toEqual([]);
  });

  test("nothing is left of what has no size", () => {
    expect(defectOf(box(5, 5, 0, 10), IMAGE)).toBe("degenerate");
    expect(repair(box(5, 5, 0, 10), IMAGE)).toEqual([]);
    expect(repair(polygon([[1, 1, 5, 5, 9, 9]]), IMAGE)).toEqual([]);
  });

  test("points told twice go, and nothing else", () => {
    const twice = polygon([[1, 1, 9, 1, 9, 1, 9, 9, 1, 1]]);
    expect(defectOf(twice, IMAGE)).toBe("repeated_point");
    expect(repair(twice, IMAGE)).toEqual([polygon([[1, 1, 9, 1, 9, 9]])]);
  });

  test("any scribble is repaired to a sound polygon with the same pixels, but for specks", () => {
    const scribble = fc.array(
      fc.integer({ min: 0, max: 29_000 }).map((n) => n / 1000),
      { minLength: 6, maxLength: 20 },
    );
    fc.assert(
      fc.property(scribble, (numbers) => {
        const before = polygon([numbers.slice(0, numbers.length - (numbers.length % 2))]);
        const fixed = repair(before, IMAGE);
        fc.pre(fixed !== null && fixed.length > 0);
        const [after] = fixed as [Shaped];
        expect(["self_crossing", "outside_image", "degenerate"]).not.toContain(defectOf(after, IMAGE));
        const now = full(after);
        const differ = full(before).filter((value, i) => value !== now[i]).length;
        expect(differ).toBeLessThanOrEqual(8); // a speck may be long and thin, and lie over a few centres
      }),
      { numRuns: 200 },
    );
  });

  test("whatever the numbers, repairing ends", () => {
    const tiny = fc.oneof(fc.double({ min: -60, max: 90, noNaN: true }), fc.integer({ min: -3, max: 40 }));
    fc.assert(
      fc.property(fc.array(tiny, { minLength: 6, maxLength: 24 }), (numbers) => {
        const fixed = repair(polygon([numbers.slice(0, numbers.length - (numbers.length % 2))]), IMAGE);
        for (const one of fixed ?? []) expect(ops.problem(one)).toBeNull();
      }),
      { numRuns: 500 },
    );
    // A fold along a row once sent the library round and round.
    expect(repair(polygon([[30, 0, 0, 0, 0, 30, 0, 0, 8, 0]]), IMAGE)).toEqual([]);
  });

  test("what is turned is brought inside, as large as the image can hold it", () => {
    const turned: Shaped = { shape: "rotated_box", geometry: { cx: -2, cy: 15, w: 12, h: 5, angle: 30 } };
    expect(defectOf(turned, IMAGE)).toBe("outside_image");
    const [inside] = repair(turned, IMAGE) as [Shaped];
    expect(inside).toMatchObject({ geometry: { cy: 15, w: 12, h: 5, angle: 30 } });
    expect(ops.bounds(inside)[0]).toBeCloseTo(0, 9);
    const large: Shaped = { shape: "ellipse", geometry: { cx: 20, cy: 20, rx: 50, ry: 10, angle: 90 } };
    const [smaller] = repair(large, IMAGE) as [Shaped];
    expect(defectOf(smaller, IMAGE)).toBeNull();
    expect(smaller).toMatchObject({ geometry: { rx: 15, ry: 3 } });
    expect(repair({ shape: "rotated_box", geometry: { cx: -20, cy: 15, w: 12, h: 5, angle: 30 } }, IMAGE)).toEqual([]);
  });
});

function full(shaped: Shaped): Uint8Array {
  const bits = fillParts(shaped.shape === "polygon" ? shaped.geometry.parts : [], IMAGE);
  const out = new Uint8Array(IMAGE.width * IMAGE.height);
  for (let y = 0; y < bits.h; y++)
    out.set(bits.data.subarray(y * bits.w, (y + 1) * bits.w), (y + bits.y) * IMAGE.width + bits.x);
  return out;
}

describe("converting", () => {
  test("a box becomes its corners, its pixels, and back itself", () => {
    const asPolygon = convert(box(3, 4, 5, 6), "polygon", IMAGE);
    expect(asPolygon).toEqual(polygon([[3, 4, 8, 4, 8, 10, 3, 10]]));
    const asMask = convert(asPolygon as Shaped, "mask", IMAGE);
    expect(asMask).toEqual({ shape: "mask", geometry: { x: 3, y: 4, size: [6, 5], counts: "0n0" } });
    expect(convert(asMask as Shaped, "polygon", IMAGE)).toEqual(asPolygon);
    expect(convert(asMask as Shaped, "box", IMAGE)).toEqual(box(3, 4, 5, 6));
  });

  test("what encloses nothing is no polygon and no mask", () => {
    const line: Shaped = { shape: "polyline", geometry: { points: [1, 1, 9, 5] } };
    expect(convert(line, "polygon", IMAGE)).toBeNull();
    expect(convert(line, "mask", IMAGE)).toBeNull();
    expect(convert(line, "box", IMAGE)).toEqual(box(1, 1, 8, 4));
    expect(convert(polygon([[1.1, 1.1, 1.4, 1.1, 1.4, 1.4]]), "mask", IMAGE)).toBeNull();
  });

  test("only what lies in the image becomes pixels", () => {
    const found = convert(box(-5, -5, 10, 10), "mask", IMAGE);
    expect(found?.geometry).toMatchObject({ x: 0, y: 0, size: [5, 5] });
  });

  test("a mask is the same after being a polygon", () => {
    const bits = fc.array(fc.constantFrom(0, 1), { minLength: 120, maxLength: 120 });
    fc.assert(
      fc.property(bits, (values) => {
        const geometry = maskOf({ x: 7, y: 5, w: 12, h: 10, data: Uint8Array.from(values) });
        fc.pre(geometry !== null);
        const there = convert({ shape: "mask", geometry } as Shaped, "polygon", IMAGE) as Shaped;
        expect(convert(there, "mask", IMAGE)?.geometry).toEqual(geometry);
      }),
    );
  });
});
