import type { GeometryOf } from "../types";
import { countsOf } from "./blobs";
import { decodeCounts } from "./rle";

type Mask = GeometryOf["mask"];

const kept = new WeakMap<Mask, Float64Array>();

/** Where each run of a mask ends, counted down its columns; null while its blob has not arrived. */
export function runEnds(mask: Mask): Float64Array | null {
  const known = kept.get(mask);
  if (known) return known;
  const counts = countsOf(mask);
  if (counts === undefined) return null;
  return keepRuns(mask, decodeCounts(counts));
}

/** Remember the runs of a mask that was just made of them. */
export function keepRuns(mask: Mask, runs: readonly number[]): Float64Array {
  const ends = Float64Array.from(runs);
  for (let i = 1; i < ends.length; i++) ends[i] = (ends[i] as number) + (ends[i - 1] as number);
  kept.set(mask, ends);
  return ends;
}

/** The number of the run that holds a place. */
export function runAt(ends: Float64Array, place: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Set pixels inside a window of the crop, as cells of `scale` × `scale` pixels: how many of each are set. */
export function coverOf(mask: Mask, x0: number, y0: number, cells: number, scale: number): Uint16Array | null {
  const ends = runEnds(mask);
  if (!ends) return null;
  const [height, width] = mask.size;
  const out = new Uint16Array(cells * cells);
  const x1 = Math.min(width, x0 + cells * scale);
  const y1 = Math.min(height, y0 + cells * scale);
  for (let x = x0; x < x1; x++) {
    const top = x * height + y0;
    const bottom = x * height + y1;
    const column = Math.floor((x - x0) / scale);
    for (let run = runAt(ends, top), at = top; at < bottom; run++) {
      const end = Math.min(ends[run] ?? bottom, bottom);
      if (run % 2 === 1) addRun(out, cells, column, at - top, end - top, scale);
      at = end;
    }
  }
  return out;
}

/** Rows `from` to `to` of one column of pixels into the cells that hold them. */
function addRun(out: Uint16Array, cells: number, column: number, from: number, to: number, scale: number): void {
  for (let cell = Math.floor(from / scale); cell * scale < to; cell++) {
    const rows = Math.min(to, (cell + 1) * scale) - Math.max(from, cell * scale);
    const at = cell * cells + column;
    out[at] = (out[at] as number) + rows;
  }
}
