import { encodeCounts } from "@/engine/geometry/rle";
import type { GeometryOf, ImageSize } from "@/engine/types";
import type { Tensor } from "./tensors";

/** What a model is asked, in image pixels. */
export interface Asked {
  readonly points: readonly { readonly x: number; readonly y: number; readonly inside?: boolean }[];
  readonly box?: readonly [number, number, number, number] | null;
}

export type Family = "sam" | "sam2" | "efficientsam";

export const LOW_SIDE = 256; // samples of a side of the mask that a decoder takes and gives
const SIDE = 1024; // pixels of the field that the encoder saw
const INSIDE = 1;
const OUTSIDE = 0;
const BOX_START = 2;
const BOX_END = 3;
const PADDING = -1;

const MOST_POINTS = 6; // that EfficientSAM looks at

interface Whole {
  readonly shape: readonly number[];
  readonly data: BigInt64Array;
}
export type Feeds = Map<string, Tensor | Whole>;

/** The decoder's inputs, as `sam.py`, `sam2.py` and `efficientsam.py` in `domain/inference/adapters` make them.
 *
 * @param before logits of the answer that these prompts refine; null for a first one. */
export function feedsOf(
  family: Family,
  embedding: ReadonlyMap<string, Tensor>,
  { points, box }: Asked,
  before: Float32Array | null,
  image: ImageSize,
): Feeds {
  const [across, down] = scaleOf(family, image);
  const told = points.map(({ x, y, inside }) => [x * across, y * down, (inside ?? true) ? INSIDE : OUTSIDE] as const);
  const corners = box
    ? ([
        [box[0] * across, box[1] * down, BOX_START],
        [box[2] * across, box[3] * down, BOX_END],
      ] as const)
    : [];
  const feeds: Feeds = new Map(embedding);
  if (family === "efficientsam")
    return withQuestion(feeds, [...mostTelling(told, MOST_POINTS - corners.length), ...corners]);
  // SAM was traced with a point of padding where there is no box; SAM 2 adds it by itself.
  const all = [...told, ...corners, ...(family === "sam" && !box ? [[0, 0, PADDING] as const] : [])];
  feeds.set("point_coords", {
    shape: [1, all.length, 2],
    data: Float32Array.from(all.flatMap((one) => one.slice(0, 2))),
  });
  feeds.set("point_labels", { shape: [1, all.length], data: Float32Array.from(all, ([, , label]) => label) });
  feeds.set("mask_input", { shape: [1, 1, LOW_SIDE, LOW_SIDE], data: before ?? new Float32Array(LOW_SIDE ** 2) });
  feeds.set("has_mask_input", { shape: [1], data: Float32Array.of(before ? 1 : 0) });
  if (family === "sam") feeds.set("orig_im_size", { shape: [2], data: Float32Array.of(LOW_SIDE, LOW_SIDE) });
  return feeds;
}

type Labelled = readonly [x: number, y: number, label: number];

/** EfficientSAM is told that the image is as large as the low mask, and refines no mask. */
function withQuestion(feeds: Feeds, all: readonly Labelled[]): Feeds {
  const places = all.flatMap(([x, y]) => [(x * LOW_SIDE) / SIDE, (y * LOW_SIDE) / SIDE]);
  feeds.set("batched_point_coords", { shape: [1, 1, all.length, 2], data: Float32Array.from(places) });
  feeds.set("batched_point_labels", {
    shape: [1, 1, all.length],
    data: Float32Array.from(all, ([, , label]) => label),
  });
  feeds.set("orig_im_size", { shape: [2], data: BigInt64Array.of(BigInt(LOW_SIDE), BigInt(LOW_SIDE)) });
  return feeds;
}

/** The first point, which began the object, and the newest of the others. */
const mostTelling = (points: readonly Labelled[], most: number) =>
  points.length <= most ? points : [...points.slice(0, 1), ...points.slice(1 - most)];

/** Outputs that are read. */
export const OUTPUTS: Record<Family, readonly [masks: string, scores: string]> = {
  sam: ["low_res_masks", "iou_predictions"],
  sam2: ["masks", "iou_predictions"],
  efficientsam: ["output_masks", "iou_predictions"],
};

/** Of several masks the logits of the one that the decoder itself holds for best. */
export function bestOf(masks: Tensor, scores: Tensor): Float32Array {
  const size = LOW_SIDE ** 2;
  if (masks.data.length !== scores.data.length * size || scores.data.length === 0)
    throw new Error(`masks are ${masks.shape.join(" × ")}, scores ${scores.shape.join(" × ")}`);
  let best = 0;
  scores.data.forEach((score, at) => {
    if (!(score <= (scores.data[best] as number))) best = at;
  });
  const low = masks.data.slice(best * size, (best + 1) * size);
  if (!low.every(Number.isFinite)) throw new Error("the mask holds numbers that are none");
  return low;
}

/** Samples of the field a pixel of the image: SAM sees the longer side as 1024, the others both. */
function scaleOf(family: Family, { width, height }: ImageSize): [number, number] {
  const longer = Math.max(width, height);
  return family === "sam" ? [SIDE / longer, SIDE / longer] : [SIDE / width, SIDE / height];
}

/** The pixels of the image where the logits are above 0, between samples in straight lines; null where there are none.
 * Only the part of the image around what is above 0 is looked at, column by column as masks are kept. */
export function maskOfLogits(low: Float32Array, family: Family, image: ImageSize): GeometryOf["mask"] | null {
  const found = extent(low);
  if (!found) return null;
  const [across, down] = scaleOf(family, image).map((scale) => (scale * LOW_SIDE) / SIDE) as [number, number];
  const [x0, x1] = pixels(found[0], found[2], across, image.width);
  const [y0, y1] = pixels(found[1], found[3], down, image.height);
  if (x1 <= x0 || y1 <= y0) return null;
  const columns = tapsOf(x0, x1, across);
  const rows = tapsOf(y0, y1, down);
  const samples = new Float32Array(LOW_SIDE);
  const turns: number[][] = [];
  for (let x = 0; x < x1 - x0; x++) {
    for (let y = 0; y < LOW_SIDE; y++) samples[y] = blend(low, y * LOW_SIDE, columns, x);
    turns.push(turnsOf(samples, rows, y1 - y0));
  }
  return maskOfTurns(turns, x0, y0);
}

/** The rows at which a column of `height` pixels goes into the object and out of it, in turns. */
function turnsOf(samples: Float32Array, { first, weights, count }: Taps, height: number): number[] {
  const turns: number[] = [];
  let inside = false;
  for (let y = 0; y < height; y++) {
    const at = first[y] as number;
    let sum = 0;
    for (let tap = 0; tap < count; tap++) sum += (weights[y * count + tap] as number) * (samples[at + tap] as number);
    if (sum > 0 === inside) continue;
    turns.push(y);
    inside = !inside;
  }
  if (inside) turns.push(height);
  return turns;
}

/** @param turns of each column, the first of which is `x0`; rows count from `y0`. */
function maskOfTurns(turns: readonly number[][], x0: number, y0: number): GeometryOf["mask"] | null {
  const left = turns.findIndex((column) => column.length > 0);
  if (left < 0) return null;
  const right = turns.findLastIndex((column) => column.length > 0) + 1;
  const held = turns.slice(left, right).filter((column) => column.length > 0);
  const top = held.reduce((least, column) => Math.min(least, column[0] as number), Number.POSITIVE_INFINITY);
  const bottom = held.reduce((most, column) => Math.max(most, column.at(-1) as number), 0);
  const runs: number[] = [];
  let [run, value] = [0, 0];
  const add = (length: number, of: number) => {
    if (length === 0) return;
    if (of !== value) {
      runs.push(run);
      run = 0;
      value = of;
    }
    run += length;
  };
  for (const column of turns.slice(left, right)) {
    let at = top;
    column.forEach((y, number) => {
      add(y - at, number % 2);
      at = y;
    });
    add(bottom - at, 0);
  }
  runs.push(run);
  return { x: x0 + left, y: y0 + top, size: [bottom - top, right - left], counts: encodeCounts(runs) };
}

function blend(from: Float32Array, start: number, { first, weights, count }: Taps, at: number): number {
  let sum = 0;
  for (let tap = 0; tap < count; tap++)
    sum += (weights[at * count + tap] as number) * (from[start + (first[at] as number) + tap] as number);
  return sum;
}

/** Of each pixel the first sample that it is made of, and the weights of `count` samples from there on. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: Float32Array;
  readonly count: number;
}

/** As Pillow resizes with a triangle: as wide as a pixel where the image is smaller than the mask. */
function tapsOf(from: number, to: number, scale: number): Taps {
  const support = Math.max(1, scale);
  const count = Math.min(LOW_SIDE, Math.ceil(support) * 2);
  const first = new Int32Array(to - from);
  const weights = new Float32Array((to - from) * count);
  for (let at = 0; at < to - from; at++) {
    const middle = (from + at + 0.5) * scale;
    const begin = Math.max(0, Math.min(LOW_SIDE - count, Math.floor(middle - support + 0.5)));
    first[at] = begin;
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      const weight = Math.max(0, 1 - Math.abs(begin + tap + 0.5 - middle) / support);
      weights[at * count + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap++) weights[at * count + tap] = (weights[at * count + tap] as number) / sum;
  }
  return { first, weights, count };
}

/** First and last column and row with something above 0. */
function extent(low: Float32Array): [number, number, number, number] | null {
  let [x0, y0, x1, y1] = [LOW_SIDE, LOW_SIDE, -1, -1];
  for (let y = 0; y < LOW_SIDE; y++)
    for (let x = 0; x < LOW_SIDE; x++)
      if ((low[y * LOW_SIDE + x] as number) > 0) {
        x0 = Math.min(x0, x);
        x1 = Math.max(x1, x);
        y0 = Math.min(y0, y);
        y1 = Math.max(y1, y);
      }
  return x1 < 0 ? null : [x0, y0, x1, y1];
}

/** The pixels that samples lie over, and one sample more on each side. */
const pixels = (first: number, last: number, scale: number, most: number): [number, number] => [
  Math.max(0, Math.trunc((first - 1) / scale)),
  Math.min(most, Math.ceil((last + 2) / scale)),
];
