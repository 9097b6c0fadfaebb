import type { ImageSize } from "../types";
import { type Bits, blank, EMPTY } from "./bits";

/** The shown picture in pieces of like colour. `labels` covers the canvas at `step` canvas pixels a sample; `matrix`
 * takes image pixels to canvas pixels, `inverse` back. */
export interface Superpixels {
  readonly w: number;
  readonly h: number;
  readonly labels: Int32Array;
  readonly step: number;
  readonly matrix: readonly number[];
  readonly inverse: readonly number[];
}

const sampleAt = (s: Superpixels, x: number, y: number): number => {
  const m = s.matrix as [number, number, number, number, number, number];
  const column = Math.floor((m[0] * x + m[2] * y + m[4]) / s.step);
  const row = Math.floor((m[1] * x + m[3] * y + m[5]) / s.step);
  return column >= 0 && row >= 0 && column < s.w && row < s.h ? row * s.w + column : -1;
};

/** The number of the superpixel under a place in the image, -1 where there is none. */
export function cellAt(s: Superpixels, x: number, y: number): number {
  const at = sampleAt(s, x, y);
  return at < 0 ? -1 : (s.labels[at] as number);
}

/** Image pixels whose centre lies in one of the superpixels. */
export function pixelsOfCells(s: Superpixels, cells: readonly number[], { width, height }: ImageSize): Bits {
  const chosen = new Set(cells);
  const m = s.inverse as [number, number, number, number, number, number];
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let row = 0; row < s.h; row++)
    for (let column = 0; column < s.w; column++) {
      if (!chosen.has(s.labels[row * s.w + column] as number)) continue;
      for (const [cx, cy] of [
        [column * s.step, row * s.step],
        [(column + 1) * s.step, (row + 1) * s.step],
      ] as const) {
        const x = m[0] * cx + m[2] * cy + m[4];
        const y = m[1] * cx + m[3] * cy + m[5];
        [x0, x1] = [Math.min(x0, Math.floor(x)), Math.max(x1, Math.ceil(x))];
        [y0, y1] = [Math.min(y0, Math.floor(y)), Math.max(y1, Math.ceil(y))];
      }
    }
  [x0, y0, x1, y1] = [Math.max(0, x0), Math.max(0, y0), Math.min(width, x1), Math.min(height, y1)];
  if (x1 <= x0 || y1 <= y0) return EMPTY;
  const out = blank(x0, y0, x1 - x0, y1 - y0);
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) if (chosen.has(cellAt(s, x + 0.5, y + 0.5))) out.data[(y - y0) * out.w + x - x0] = 1;
  return out;
}
