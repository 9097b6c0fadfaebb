import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Affine, rotation, scaling } from "../geometry/affine";
import { maskOf } from "../geometry/bits";
import type { Shaped } from "../types";
import { isShape, ops, opsOf, SHAPES } from ".";
import { convert } from "./convert";

interface Case {
  name: string;
  geometry: never;
  image: [number, number];
  bounds?: [number, number, number, number];
  area?: number;
  problems: string[];
  hits?: { at: [number, number]; inside: boolean; distance: number | null }[];
  moved?: { by: [number, number]; geometry: object };
  transforms?: Step[];
  clipped?: object | null;
  mask?: object | null;
  as_box?: object | null;
  as_polygon?: object | null;
}

interface Step {
  turn?: number;
  scale?: [number, number];
  about: [number, number];
  geometry: object | null;
}

const mapping = ({ turn, scale, about }: Step): Affine =>
  scale ? scaling(...scale, ...about) : rotation(turn as number, ...about);

/** Numbers are compared to 1e-9, all else exactly. */
const near = (value: unknown): unknown => {
  if (typeof value === "number") return expect.closeTo(value, 8);
  if (Array.isArray(value)) return value.map(near);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, near(part)]));
  return value;
};

const FOLDER = join(__dirname, "../../../../tests/conformance/shapes");
const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as { shape: string; cases: Case[] });

/** What both languages say of a geometry alone; the server knows more of masks and images. */
const OWN = ["degenerate", "too_few_points", "odd_coordinates", "bad_mask"];

/** Exactly on the outline the server is half-open; a pointer takes the line from both sides. */
const ON_LINE = 1e-9;

test("every shape has vectors that the server reads too", () => {
  expect(files.map((file) => file.shape).sort()).toEqual(Object.keys(SHAPES).sort());
});

for (const { shape, cases } of files)
  describe(`${shape}, as the server has it`, () => {
    const shaped = (c: Case) => ({ shape, geometry: c.geometry }) as Shaped;
    const image = (c: Case) => ({ width: c.image[0], height: c.image[1] });
    const sound = cases.filter((c) => !c.problems.some((code) => OWN.includes(code)));

    test.each(sound.filter((c) => c.bounds))("bounds: $name", (c) => {
      ops.bounds(shaped(c)).forEach((value, i) => {
        expect(value).toBeCloseTo(c.bounds?.[i] as number, 6);
      });
    });

    test.each(sound.filter((c) => c.area !== undefined))("area: $name", (c) => {
      expect(ops.area(shaped(c))).toBeCloseTo(c.area as number, 6);
    });

    test.each(sound.filter((c) => c.hits?.length))("hits: $name", (c) => {
      for (const { at, inside } of c.hits ?? []) {
        const distance = ops.hitDistance(shaped(c), ...at);
        if (Math.abs(distance) > ON_LINE || !ops.isFilled(shaped(c)))
          expect({ at, inside: ops.isFilled(shaped(c)) && distance < 0 }).toEqual({ at, inside });
      }
    });

    test.each(sound.filter((c) => c.hits?.length))("distances: $name", (c) => {
      for (const { at, distance } of c.hits ?? [])
        expect(ops.hitDistance(shaped(c), ...at)).toEqual(near(distance ?? Number.POSITIVE_INFINITY));
    });

    test.each(sound.filter((c) => c.moved))("moved, turned, scaled and flipped: $name", (c) => {
      const own = opsOf(shaped(c).shape);
      const { by, geometry } = c.moved as NonNullable<Case["moved"]>;
      expect(own.translate(c.geometry, ...by)).toEqual(near(geometry));
      for (const step of c.transforms ?? [])
        expect(own.transform(c.geometry, mapping(step))).toEqual(near(step.geometry));
    });

    test.each(sound.filter((c) => c.clipped !== undefined))("cut to the image: $name", (c) => {
      expect(opsOf(shaped(c).shape).clamp(c.geometry, image(c))).toEqual(near(c.clipped));
    });

    test.each(sound.filter((c) => c.mask !== undefined))("pixels, to the byte: $name", (c) => {
      const bits = ops.toBits(shaped(c), image(c));
      expect(bits && maskOf(bits)).toEqual(c.mask);
    });

    test.each(sound.filter((c) => c.as_box !== undefined))("as a box, a polygon and a mask: $name", (c) => {
      expect(convert(shaped(c), "box", image(c))?.geometry ?? null).toEqual(near(c.as_box));
      expect(convert(shaped(c), "polygon", image(c))?.geometry ?? null).toEqual(near(c.as_polygon));
      const pixels = convert(shaped(c), "mask", image(c));
      if (shape !== "mask") expect(pixels?.geometry ?? null).toEqual(c.mask);
      const outline = pixels && convert(pixels, "polygon", image(c));
      if (outline) expect(convert(outline, "mask", image(c))?.geometry).toEqual(c.mask);
    });

    test.each(cases)("problems: $name", (c) => {
      expect(isShape(shape)).toBe(true);
      const own = c.problems.find((code) => OWN.includes(code)) ?? null;
      expect(ops.problem(shaped(c))).toBe(own);
    });

    test.each(sound.filter((c) => c.problems.includes("wholly_outside")))("nothing is left of: $name", (c) => {
      expect(opsOf(shaped(c).shape).clamp(c.geometry, image(c))).toBeNull();
    });

    test.each(sound.filter((c) => !c.problems.length))("clamping leaves alone: $name", (c) => {
      expect(opsOf(shaped(c).shape).clamp(c.geometry, image(c))).toEqual(c.geometry);
    });
  });
