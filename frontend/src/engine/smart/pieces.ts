import { slic } from "../geometry/slic";
import { colourDistance, labOf } from "./colour";

/** A part of the image at reduced scale: `scale` image pixels a sample, the first sample's corner at (x, y). */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly w: number;
  readonly h: number;
  readonly rgba: Uint8ClampedArray;
}

/** The crop in pieces of like colour, and who borders on whom. */
export interface Pieces {
  readonly count: number;
  /** The piece of each sample. */
  readonly labels: Int32Array;
  /** Mean colour, three numbers a piece. */
  readonly lab: Float32Array;
  readonly size: Int32Array;
  /** Middle of each piece, in samples. */
  readonly cx: Float32Array;
  readonly cy: Float32Array;
  /** Lies on the edge of the crop: how many samples do. */
  readonly rim: Int32Array;
  /** Neighbours as pairs, with the length of the border and the mean colour distance across it. */
  readonly pairs: Int32Array;
  readonly border: Float32Array;
  readonly contrast: Float32Array;
  /** Colours of the samples. */
  readonly samples: Float32Array;
}

const SIDE = 7; // samples: small enough for a border to follow what is seen

export function piecesOf({ rgba, w, h }: Pick<Crop, "rgba" | "w" | "h">, side = SIDE): Pieces {
  const labels = slic(rgba, w, h, side);
  let count = 0;
  for (let i = 0; i < labels.length; i++) count = Math.max(count, (labels[i] as number) + 1);
  const samples = labOf(rgba);
  const sums = means(labels, samples, w, h, count);
  return { count, labels, samples, ...sums, ...neighbours(labels, samples, w, h, count) };
}

function means(labels: Int32Array, samples: Float32Array, w: number, h: number, count: number) {
  const lab = new Float32Array(count * 3);
  const size = new Int32Array(count);
  const cx = new Float32Array(count);
  const cy = new Float32Array(count);
  const rim = new Int32Array(count);
  for (let y = 0, at = 0; y < h; y++)
    for (let x = 0; x < w; x++, at++) {
      const p = labels[at] as number;
      size[p] = (size[p] as number) + 1;
      cx[p] = (cx[p] as number) + x + 0.5;
      cy[p] = (cy[p] as number) + y + 0.5;
      for (let c = 0; c < 3; c++) lab[p * 3 + c] = (lab[p * 3 + c] as number) + (samples[at * 3 + c] as number);
      if (x === 0 || y === 0 || x === w - 1 || y === h - 1) rim[p] = (rim[p] as number) + 1;
    }
  for (let p = 0; p < count; p++) {
    const n = Math.max(1, size[p] as number);
    cx[p] = (cx[p] as number) / n;
    cy[p] = (cy[p] as number) / n;
    for (let c = 0; c < 3; c++) lab[p * 3 + c] = (lab[p * 3 + c] as number) / n;
  }
  return { lab, size, cx, cy, rim };
}

function neighbours(labels: Int32Array, samples: Float32Array, w: number, h: number, count: number) {
  const found = new Map<number, number>();
  const pairs: number[] = [];
  const border: number[] = [];
  const contrast: number[] = [];
  const meet = (at: number, to: number) => {
    const a = labels[at] as number;
    const b = labels[to] as number;
    if (a === b) return;
    const key = a < b ? a * count + b : b * count + a;
    let pair = found.get(key);
    if (pair === undefined) {
      pair = border.length;
      found.set(key, pair);
      pairs.push(Math.min(a, b), Math.max(a, b));
      border.push(0);
      contrast.push(0);
    }
    border[pair] = (border[pair] as number) + 1;
    contrast[pair] = (contrast[pair] as number) + colourDistance(samples, at, to);
  };
  for (let y = 0, at = 0; y < h; y++)
    for (let x = 0; x < w; x++, at++) {
      if (x + 1 < w) meet(at, at + 1);
      if (y + 1 < h) meet(at, at + w);
    }
  for (let i = 0; i < border.length; i++) contrast[i] = (contrast[i] as number) / (border[i] as number);
  return {
    pairs: Int32Array.from(pairs),
    border: Float32Array.from(border),
    contrast: Float32Array.from(contrast),
  };
}
