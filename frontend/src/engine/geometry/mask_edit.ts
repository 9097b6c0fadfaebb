import type { GeometryOf } from "../types";
import { type Bits, blank, boundsOfBits } from "./bits";
import type { Bounds } from "./boxes";
import { keepRuns, runAt, runEnds } from "./mask_runs";
import { encodeCounts } from "./rle";

type Mask = GeometryOf["mask"];

/** Set pixels column by column: in column `x[i]` of the image those from row `from[i]` until before `to[i]`, in the order
 * of columns and rows. */
interface Spans {
  readonly x: number[];
  readonly from: number[];
  readonly to: number[];
}

const noSpans = (): Spans => ({ x: [], from: [], to: [] });

function add(spans: Spans, x: number, from: number, to: number): void {
  spans.x.push(x);
  spans.from.push(from);
  spans.to.push(to);
}

/** Call with each set stretch of each column of a mask. */
export function eachSpan(mask: Mask, each: (x: number, from: number, to: number) => void): void {
  const ends = runEnds(mask);
  const height = mask.size[0];
  if (!ends) return;
  for (let run = 1; run < ends.length; run += 2) {
    const end = ends[run] as number;
    for (let at = ends[run - 1] as number; at < end; ) {
      const column = Math.floor(at / height);
      const stop = Math.min(end, (column + 1) * height);
      each(mask.x + column, mask.y + at - column * height, mask.y + stop - column * height);
      at = stop;
    }
  }
}

/** The pixels of a mask inside a rectangle, without unpacking the rest of it. */
export function cropOf(mask: Mask, [x0, y0, x1, y1]: Bounds): Bits {
  const out = blank(x0, y0, Math.max(0, x1 - x0), Math.max(0, y1 - y0));
  const ends = runEnds(mask);
  if (!ends) return out;
  const [height, width] = mask.size;
  const top = Math.max(0, y0 - mask.y);
  const bottom = Math.min(height, y1 - mask.y);
  for (let column = Math.max(0, x0 - mask.x); column < Math.min(width, x1 - mask.x) && top < bottom; column++) {
    const begin = column * height;
    const last = begin + bottom;
    for (let at = begin + top, run = runAt(ends, begin + top); at < last; run++) {
      const end = Math.min(ends[run] ?? last, last);
      if (run % 2 === 1) {
        let to = (at - begin + mask.y - y0) * out.w + column + mask.x - x0;
        for (let row = at; row < end; row++, to += out.w) out.data[to] = 1;
      }
      at = end;
    }
  }
  return out;
}

/** A mask with some pixels more, or without them: the very mask that all pixels unpacked would give, but only the columns
 * of the stroke are touched. Null when none is left. */
export function edited(mask: Mask, pixels: Bits, set: boolean): Mask | null {
  const [left, , right] = boundsOfBits(pixels);
  const before = noSpans();
  const inside = noSpans();
  const after = noSpans();
  eachSpan(mask, (x, from, to) => add(x < left ? before : x >= right ? after : inside, x, from, to));
  const changed = changedColumns(inside, pixels, set);
  return fromSpans([before, changed, after]);
}

function changedColumns(inside: Spans, pixels: Bits, set: boolean): Spans {
  const low = inside.from.reduce((least, one) => Math.min(least, one), pixels.y);
  const high = inside.to.reduce((most, one) => Math.max(most, one), pixels.y + pixels.h);
  const column = new Uint8Array(Math.max(0, high - low));
  const out = noSpans();
  for (let x = pixels.x, at = 0; x < pixels.x + pixels.w; x++) {
    column.fill(0);
    for (; at < inside.x.length && inside.x[at] === x; at++)
      column.fill(1, (inside.from[at] as number) - low, (inside.to[at] as number) - low);
    for (let row = 0, i = x - pixels.x; row < pixels.h; row++, i += pixels.w)
      if (pixels.data[i]) column[pixels.y + row - low] = set ? 1 : 0;
    for (let from = column.indexOf(1); from >= 0; ) {
      const end = column.indexOf(0, from);
      const to = end < 0 ? column.length : end;
      add(out, x, from + low, to + low);
      from = column.indexOf(1, to);
    }
  }
  return out;
}

/** The tightest crop that holds them, as the documents have it. */
function fromSpans(parts: readonly Spans[]): Mask | null {
  let [x0, y0, x1, y1] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1];
  for (const { x, from, to } of parts)
    for (let i = 0; i < x.length; i++) {
      x0 = Math.min(x0, x[i] as number);
      x1 = Math.max(x1, (x[i] as number) + 1);
      y0 = Math.min(y0, from[i] as number);
      y1 = Math.max(y1, to[i] as number);
    }
  if (x1 < 0) return null;
  const [w, h] = [x1 - x0, y1 - y0];
  const runs = [0];
  let at = 0;
  for (const { x, from, to } of parts)
    for (let i = 0; i < x.length; i++) {
      const begin = ((x[i] as number) - x0) * h + (from[i] as number) - y0;
      const length = (to[i] as number) - (from[i] as number);
      // Down to the bottom and on from the top of the next column is one run; the first is background, of 0 too.
      if (begin === at && runs.length % 2 === 0) runs[runs.length - 1] = (runs[runs.length - 1] as number) + length;
      else if (runs.length === 1) {
        runs[0] = begin;
        runs.push(length);
      } else runs.push(begin - at, length);
      at = begin + length;
    }
  if (at < w * h) runs.push(w * h - at);
  const mask: Mask = { x: x0, y: y0, size: [h, w], counts: encodeCounts(runs) };
  keepRuns(mask, runs);
  return mask;
}

/** The smallest rectangle outside of which two masks are the same; null when they are the same everywhere. */
export function changedBetween(a: Mask, b: Mask): Bounds | null {
  const [one, other] = [spansOf(a), spansOf(b)];
  let [x0, y0, x1, y1] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1];
  const differs = ({ x, from, to }: Spans, i: number) => {
    x0 = Math.min(x0, x[i] as number);
    x1 = Math.max(x1, (x[i] as number) + 1);
    y0 = Math.min(y0, from[i] as number);
    y1 = Math.max(y1, to[i] as number);
  };
  let [i, j] = [0, 0];
  while (i < one.x.length || j < other.x.length) {
    const order = compare(one, i, other, j);
    if (order === 0 && one.to[i] === other.to[j]) {
      i++;
      j++;
    } else if (order === 0) {
      differs(one, i++);
      differs(other, j++);
    } else if (order < 0) differs(one, i++);
    else differs(other, j++);
  }
  return x1 < 0 ? null : [x0, y0, x1, y1];
}

function spansOf(mask: Mask): Spans {
  const spans = noSpans();
  eachSpan(mask, (x, from, to) => add(spans, x, from, to));
  return spans;
}

function compare(a: Spans, i: number, b: Spans, j: number): number {
  if (i >= a.x.length) return 1;
  if (j >= b.x.length) return -1;
  return (a.x[i] as number) - (b.x[j] as number) || (a.from[i] as number) - (b.from[j] as number);
}
