import { describe, expect, it } from "vitest";
import { type Affine, apply, inverse } from "../geometry/affine";
import { bitsOf, countBits, maskOf } from "../geometry/bits";
import type { Bounds } from "../geometry/boxes";
import { ops } from "../shapes";
import type { Region } from "../types";
import { carried } from "./carried";
import { at, type Grey } from "./grey";
import { track } from "./track";

const [W, H] = [320, 240];

/** Blobs of all sizes, the same for the same seed. */
function scene(seed: number): Grey {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const data = new Float32Array(W * H).fill(120);
  for (let blob = 0; blob < 260; blob++) {
    const [x, y, size, light] = [next() * W, next() * H, 3 + next() * 12, (next() - 0.5) * 160];
    for (let v = Math.max(0, Math.floor(y - 2 * size)); v < Math.min(H, y + 2 * size); v++)
      for (let u = Math.max(0, Math.floor(x - 2 * size)); u < Math.min(W, x + 2 * size); u++)
        data[v * W + u] = (data[v * W + u] as number) + light * Math.exp(-((u - x) ** 2 + (v - y) ** 2) / size ** 2);
  }
  return { w: W, h: H, data };
}

function moved(from: Grey, by: Affine, light = 0): Grey {
  const back = inverse(by);
  const data = Float32Array.from(
    { length: W * H },
    (_, i) => at(from, ...apply(back, i % W, Math.floor(i / W))) + light,
  );
  return { w: W, h: H, data };
}

const BOXES: Bounds[] = [
  [60, 60, 110, 100],
  [150, 90, 230, 160],
  [180, 40, 210, 70],
];

/** Samples by which the corners are off. */
function off(found: Affine, truth: Affine, [x0, y0, x1, y1]: Bounds): number {
  const corners = [
    [x0, y0],
    [x1, y0],
    [x0, y1],
    [x1, y1],
  ] as const;
  return Math.max(
    ...corners.map(([x, y]) => {
      const [a, b] = [apply(found, x, y), apply(truth, x, y)];
      return Math.hypot(a[0] - b[0], a[1] - b[1]);
    }),
  );
}

function expectFollowed(from: Grey, to: Grey, truth: Affine, within: number) {
  track(from, to, BOXES).forEach(({ by, sure }, i) => {
    expect(sure).toBe(true);
    expect(off(by, truth, BOXES[i] as Bounds)).toBeLessThan(within);
  });
}

describe("parts of a picture", () => {
  const from = scene(7);

  it("are where they were when nothing moves, and go with a camera that moves, in another light", () => {
    expectFollowed(from, from, [1, 0, 0, 1, 0, 0], 0.1);
    const aside: Affine = [1, 0, 0, 1, 23, -14];
    expectFollowed(from, moved(from, aside, 15), aside, 0.5);
  });

  it("turn and grow with it", () => {
    const [cos, sin] = [1.05 * Math.cos(0.06), 1.05 * Math.sin(0.06)];
    const by: Affine = [cos, sin, -sin, cos, 8, -12];
    expectFollowed(from, moved(from, by), by, 2);
  });

  it("move by themselves over a still picture", () => {
    const box = BOXES[1] as Bounds;
    const to = { ...from, data: from.data.slice() };
    const other = scene(99);
    for (let y = box[1]; y < box[3]; y++)
      for (let x = box[0]; x < box[2]; x++) to.data[y * W + x] = other.data[y * W + x] as number;
    for (let y = box[1]; y < box[3]; y++)
      for (let x = box[0]; x < box[2]; x++) to.data[(y + 20) * W + x - 45] = from.data[y * W + x] as number;
    const found = track(from, to, BOXES.slice(1));
    expect(found.map(({ sure }) => sure)).toEqual([true, true]);
    expect(off(found[0]?.by as Affine, [1, 0, 0, 1, -45, 20], box)).toBeLessThan(0.5);
    expect(off(found[1]?.by as Affine, [1, 0, 0, 1, 0, 0], BOXES[2] as Bounds)).toBeLessThan(0.5);
  });

  it("stay where they are, uncertain, in a picture of something else", () => {
    expect(track(from, scene(1234), BOXES)).toEqual(BOXES.map(() => ({ by: [1, 0, 0, 1, 0, 0], sure: false })));
  });
});

describe("a region that is carried along", () => {
  const region = (shape: string, geometry: object) =>
    ({ id: "a", class: 1, shape, geometry, attributes: {} }) as unknown as Region;
  const turned: Affine = [0, 2, -2, 0, 100, 0]; // a quarter turn, twice as large

  it("keeps its place where nothing moves, and its size where all of it moves alike", () => {
    const box = region("box", { x: 10, y: 20, w: 30, h: 40 });
    expect(carried(box, [1.001, 0.001, -0.001, 1.001, 0.2, -0.3])).toBe(box);
    expect(carried(box, [1.001, 0, 0, 1.001, 5, 7]).geometry).toMatchObject({ w: 30, h: 40 });
  });

  it("turns and grows as far as its shape can show it", () => {
    expect(carried(region("polygon", { parts: [[[0, 0, 10, 0, 10, 10]]] }), turned).geometry).toEqual({
      parts: [[[100, 0, 100, 20, 80, 20]]],
    });
    const askew: Affine = [2 * Math.cos(0.5), 2 * Math.sin(0.5), -2 * Math.sin(0.5), 2 * Math.cos(0.5), 0, 0];
    const box = carried(region("box", { x: -5, y: -5, w: 10, h: 10 }), askew);
    expect(ops.bounds(box).map(Math.round)).toEqual([-10, -10, 10, 10]);
    expect(carried(region("rotated_box", { cx: 0, cy: 0, w: 10, h: 4, angle: 0 }), askew).geometry).toMatchObject({
      w: 20,
      h: 8,
    });
  });

  it("keeps the pixels of a mask that only moves", () => {
    const mask = maskOf({ x: 5, y: 5, w: 3, h: 2, data: Uint8Array.of(1, 1, 0, 1, 1, 1) });
    const gone = carried(region("mask", mask as object), [1, 0, 0, 1, 4.2, -2.9]);
    expect(gone.geometry).toMatchObject({ x: 9, y: 2, size: [2, 3] });
    expect(countBits(bitsOf(gone.geometry as never))).toBe(5);
  });
});
