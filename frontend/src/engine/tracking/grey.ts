/** Grey values of a picture, row by row. */
export interface Grey {
  readonly w: number;
  readonly h: number;
  readonly data: Float32Array;
}

/** Luma (ITU-R BT.601) of RGBA bytes. */
export function greyOf(rgba: Uint8ClampedArray | Uint8Array, w: number, h: number): Grey {
  const data = new Float32Array(w * h);
  for (let i = 0, at = 0; i < data.length; i++, at += 4)
    data[i] = 0.299 * (rgba[at] as number) + 0.587 * (rgba[at + 1] as number) + 0.114 * (rgba[at + 2] as number);
  return { w, h, data };
}

/** Half as large, each sample the mean of four. */
export function halved({ w, h, data }: Grey): Grey {
  const [half, rows] = [w >> 1, h >> 1];
  const out = new Float32Array(half * rows);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < half; x++) {
      const at = 2 * y * w + 2 * x;
      out[y * half + x] =
        ((data[at] as number) + (data[at + 1] as number) + (data[at + w] as number) + (data[at + w + 1] as number)) / 4;
    }
  return { w: half, h: rows, data: out };
}

const SMALLEST = 24; // samples of the shorter side of the coarsest level

/** The picture, half of it, a quarter, and so on. */
export function levelsOf(grey: Grey): Grey[] {
  const levels = [grey];
  for (let last = grey; Math.min(last.w, last.h) >= 2 * SMALLEST; last = levels.at(-1) as Grey)
    levels.push(halved(last));
  return levels;
}

/** Between samples in straight lines; the edge goes on outside. */
export function at({ w, h, data }: Grey, x: number, y: number): number {
  const cx = Math.max(0, Math.min(w - 1.001, x));
  const cy = Math.max(0, Math.min(h - 1.001, y));
  const [x0, y0] = [Math.floor(cx), Math.floor(cy)];
  const [fx, fy] = [cx - x0, cy - y0];
  const i = y0 * w + x0;
  const top = (data[i] as number) * (1 - fx) + (data[i + 1] as number) * fx;
  const below = (data[i + w] as number) * (1 - fx) + (data[i + w + 1] as number) * fx;
  return top * (1 - fy) + below * fy;
}

/** Normalised cross-correlation of n pairs of grey values, from their sums, sums of squares and of products; 0 where one is even. */
export function correlation(n: number, a: number, b: number, aa: number, bb: number, ab: number): number {
  const spread = (aa - (a * a) / n) * (bb - (b * b) / n);
  return spread > 1e-6 ? (ab - (a * b) / n) / Math.sqrt(spread) : 0;
}
