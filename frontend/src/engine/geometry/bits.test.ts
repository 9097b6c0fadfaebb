import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cpuNow } from "../testing";
import {
  type Bits,
  bitAt,
  bitsOf,
  countBits,
  cropTo,
  EMPTY,
  fillHoles,
  fillParts,
  intersect,
  maskOf,
  subtract,
  union,
} from "./bits";
import { decodeMask, encodeCounts, runsOf } from "./rle";

const FOLDER = join(__dirname, "../../../../tests/conformance/masks");
const vectors = (name: string) => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));
const RLE: { rows: string[]; counts: string }[] = vectors("rle.json");
const FILL: { parts: number[][][]; size: [number, number]; counts: string }[] = vectors("fill.json");

const picture = (rows: string[], x = 0, y = 0): Bits => ({
  x,
  y,
  w: rows[0]?.length ?? 0,
  h: rows.length,
  data: Uint8Array.from(rows.join(""), Number),
});

const rowsOf = ({ w, h, data }: Bits): string[] =>
  Array.from({ length: h }, (_, row) => data.subarray(row * w, (row + 1) * w).join(""));

describe("run lengths", () => {
  test.each(RLE.map((c, i) => ({ ...c, i })))("are byte for byte those of pycocotools: $i", ({ rows, counts }) => {
    const { w, h, data } = picture(rows);
    expect(encodeCounts(runsOf(data, h, w))).toBe(counts);
    expect(rowsOf({ x: 0, y: 0, w, h, data: decodeMask(counts, h, w) })).toEqual(rows);
  });
});

describe("polygons", () => {
  test.each(FILL.map((c, i) => ({ ...c, i })))("fill the very pixels that the server fills: $i", (c) => {
    const [height, width] = c.size;
    const whole = cropTo(fillParts(c.parts as never, { width, height }), [0, 0, width, height]);
    expect(encodeCounts(runsOf(whole.data, height, width))).toBe(c.counts);
  });

  test("two that share a border share no pixel and leave none between them", () => {
    const left = fillParts([[[1.3, 1.1, 9.7, 0.4, 6.5, 8.5, 11.2, 19.9, 0.2, 18]]], { width: 20, height: 20 });
    const right = fillParts([[[9.7, 0.4, 19, 2, 18.4, 19, 11.2, 19.9, 6.5, 8.5]]], { width: 20, height: 20 });
    const whole = fillParts([[[1.3, 1.1, 9.7, 0.4, 19, 2, 18.4, 19, 11.2, 19.9, 0.2, 18]]], { width: 20, height: 20 });
    expect(countBits(intersect(left, right))).toBe(0);
    expect(countBits(left) + countBits(right)).toBe(countBits(whole));
  });
});

describe("masks", () => {
  test("are kept as their tightest crop and come back as they were", () => {
    const mask = maskOf(picture(["0000", "0110", "0100", "0000"], 5, 7));
    expect(mask).toMatchObject({ x: 6, y: 8, size: [2, 2] });
    expect(rowsOf(bitsOf(mask as never))).toEqual(["11", "10"]);
  });

  test("without a pixel are no masks", () => {
    expect(maskOf(picture(["000", "000"]))).toBeNull();
    expect(maskOf(EMPTY)).toBeNull();
  });

  test("are united, taken from each other and cut with each other wherever they lie", () => {
    const a = picture(["111", "111"], 0, 0);
    const b = picture(["11", "11"], 2, 1);
    expect(rowsOf(union(a, b))).toEqual(["1110", "1111", "0011"]);
    expect(rowsOf(subtract(a, b))).toEqual(["111", "110"]);
    expect(rowsOf(intersect(a, b))).toEqual(["1"]);
    expect(intersect(a, picture(["1"], 9, 9)).data.length).toBe(0);
    expect(rowsOf(a)).toEqual(["111", "111"]);
  });

  test("lose their holes, also those behind a diagonal, but not what opens to the outside", () => {
    const holes = picture(["11110", "10011", "11101", "10011", "11110"]);
    expect(rowsOf(fillHoles(holes))).toEqual(["11110", "11111", "11111", "11111", "11110"]);
    const open = picture(["111", "101", "101"]);
    expect(rowsOf(fillHoles(open))).toEqual(["111", "101", "101"]);
  });

  test("say which pixel holds a point", () => {
    const bits = picture(["10", "01"], 3, 3);
    expect([bitAt(bits, 3.9, 3.2), bitAt(bits, 4.1, 3.2), bitAt(bits, 4, 4), bitAt(bits, 2.9, 3)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test("of 12 megapixels are encoded and decoded in well under a second", () => {
    const bits = { x: 0, y: 0, w: 4000, h: 3000, data: new Uint8Array(12_000_000) };
    for (let row = 200; row < 2800; row++) bits.data.fill(1, row * 4000 + 300 + row, row * 4000 + 1000 + row);
    const start = cpuNow();
    const mask = maskOf(bits);
    expect(countBits(bitsOf(mask as never))).toBe(countBits(bits));
    expect(cpuNow() - start).toBeLessThan(2000);
  });
});
