import type { GeometryOf, ImageSize } from "../types";
import { countsOf } from "./blobs";
import type { Bounds } from "./boxes";
import { decodeMask, encodeCounts, runsOf } from "./rle";

/** Pixels of a rectangle of the image: 0 and 1 bytes, row by row, the first at (x, y) of the image. */
export interface Bits {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly data: Uint8Array;
}

export const EMPTY: Bits = { x: 0, y: 0, w: 0, h: 0, data: new Uint8Array(0) };

export const blank = (x: number, y: number, w: number, h: number): Bits => ({
  x,
  y,
  w,
  h,
  data: new Uint8Array(w * h),
});

export const boundsOfBits = (bits: Bits): Bounds => [bits.x, bits.y, bits.x + bits.w, bits.y + bits.h];

/** The pixels of a mask; empty while its blob has not arrived. */
export function bitsOf(g: GeometryOf["mask"]): Bits {
  const counts = countsOf(g);
  if (counts === undefined) return { ...EMPTY, x: g.x, y: g.y };
  const [h, w] = g.size;
  return { x: g.x, y: g.y, w, h, data: decodeMask(counts, h, w) };
}

/** The tightest crop as the documents have it, or null when no pixel is set. */
export function maskOf(bits: Bits): GeometryOf["mask"] | null {
  const box = tightest(bits);
  if (!box) return null;
  const { x, y, w, h, data } = cropTo(bits, box);
  return { x, y, size: [h, w], counts: encodeCounts(runsOf(data, h, w)) };
}

/** The smallest rectangle that holds every set pixel. */
export function tightest({ x, y, w, h, data }: Bits): Bounds | null {
  const first = data.indexOf(1);
  if (first < 0) return null;
  const top = Math.floor(first / w);
  const bottom = Math.floor(data.lastIndexOf(1) / w);
  let left = w;
  let right = -1;
  for (let row = top; row <= bottom && (left > 0 || right < w - 1); row++) {
    const begin = row * w;
    for (let column = 0; column < left; column++) if (data[begin + column]) left = column;
    for (let column = w - 1; column > right; column--) if (data[begin + column]) right = column;
  }
  return h ? [x + left, y + top, x + right + 1, y + bottom + 1] : null;
}

/** The pixels inside a rectangle of whole pixels; what lies beyond the bits is empty. */
export function cropTo(bits: Bits, [x0, y0, x1, y1]: Bounds): Bits {
  if (x0 === bits.x && y0 === bits.y && x1 === bits.x + bits.w && y1 === bits.y + bits.h) return bits;
  const out = blank(x0, y0, Math.max(0, x1 - x0), Math.max(0, y1 - y0));
  overlapRows(out, bits, (to, from, length) => out.data.set(bits.data.subarray(from, from + length), to));
  return out;
}

export const countBits = ({ data }: Bits): number => {
  let count = 0;
  for (let i = 0; i < data.length; i++) count += data[i] as number;
  return count;
};

export const hasPixels = ({ data }: Bits): boolean => data.indexOf(1) >= 0;

/** Is the pixel that holds the point set? */
export function bitAt({ x, y, w, h, data }: Bits, px: number, py: number): boolean {
  const column = Math.floor(px) - x;
  const row = Math.floor(py) - y;
  return column >= 0 && row >= 0 && column < w && row < h && data[row * w + column] === 1;
}

export function union(a: Bits, b: Bits): Bits {
  if (!a.data.length) return b;
  if (!b.data.length) return a;
  const x0 = Math.min(a.x, b.x);
  const y0 = Math.min(a.y, b.y);
  const out = blank(x0, y0, Math.max(a.x + a.w, b.x + b.w) - x0, Math.max(a.y + a.h, b.y + b.h) - y0);
  for (const bits of [a, b])
    overlapRows(out, bits, (to, from, length) => {
      for (let i = 0; i < length; i++) if (bits.data[from + i]) out.data[to + i] = 1;
    });
  return out;
}

/** What is in `a` and not in `b`, in the rectangle of `a`. */
export function subtract(a: Bits, b: Bits): Bits {
  const out = { ...a, data: a.data.slice() };
  overlapRows(out, b, (to, from, length) => {
    for (let i = 0; i < length; i++) if (b.data[from + i]) out.data[to + i] = 0;
  });
  return out;
}

/** What is in both, in the rectangle that they share. */
export function intersect(a: Bits, b: Bits): Bits {
  const x0 = Math.max(a.x, b.x);
  const y0 = Math.max(a.y, b.y);
  const x1 = Math.min(a.x + a.w, b.x + b.w);
  const y1 = Math.min(a.y + a.h, b.y + b.h);
  if (x1 <= x0 || y1 <= y0) return EMPTY;
  const out = cropTo(a, [x0, y0, x1, y1]);
  const data = out.data.slice();
  overlapRows(out, b, (to, from, length) => {
    for (let i = 0; i < length; i++) if (!b.data[from + i]) data[to + i] = 0;
  });
  return { ...out, data };
}

/** Call for each row that both share: its place in `a`, in `b`, and its length. */
function overlapRows(a: Bits, b: Bits, each: (inA: number, inB: number, length: number) => void): void {
  const x0 = Math.max(a.x, b.x);
  const y0 = Math.max(a.y, b.y);
  const length = Math.min(a.x + a.w, b.x + b.w) - x0;
  const y1 = Math.min(a.y + a.h, b.y + b.h);
  if (length <= 0) return;
  for (let y = y0; y < y1; y++) each((y - a.y) * a.w + x0 - a.x, (y - b.y) * b.w + x0 - b.x, length);
}

/** Background that no path over edges leads out of becomes foreground. */
export function fillHoles(bits: Bits): Bits {
  const { x, y, w, h, data } = bits;
  if (!data.length) return bits;
  // A rim of background all around joins everything that is outside.
  const wide = cropTo(bits, [x - 1, y - 1, x + w + 1, y + h + 1]);
  const outside = floodFrom(wide, 0);
  const filled = data.slice();
  for (let row = 0; row < h; row++)
    for (let column = 0; column < w; column++)
      if (!outside[(row + 1) * (w + 2) + column + 1]) filled[row * w + column] = 1;
  return { ...bits, data: filled };
}

/** Pixels of the same value as the one at `start` that are joined to it over edges, span by span. */
export function floodFrom(
  { w, h, data }: { w: number; h: number; data: Uint8Array | Uint16Array },
  start: number,
): Uint8Array {
  const seen = new Uint8Array(data.length);
  const value = data[start];
  const stack = [start];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (seen[at]) continue;
    const row = Math.floor(at / w) * w;
    let left = at;
    while (left > row && data[left - 1] === value && !seen[left - 1]) left--;
    let right = at;
    while (right < row + w - 1 && data[right + 1] === value && !seen[right + 1]) right++;
    seen.fill(1, left, right + 1);
    for (const next of [-w, w]) {
      if (row + next < 0 || row + next >= w * h) continue;
      for (let i = left; i <= right; i++) {
        const there = i + next;
        const begins = i === left || data[there - 1] !== value || seen[there - 1];
        if (data[there] === value && !seen[there] && begins) stack.push(there);
      }
    }
  }
  return seen;
}

/** Polygons as pixels: even-odd inside a part, parts united; a pixel is in when its centre is. The arithmetic is that
 * of the server's `fill_parts`, operation by operation, so that both set the very same pixels. */
export function fillParts(parts: readonly (readonly (readonly number[])[])[], clip: ImageSize): Bits {
  let out = EMPTY;
  for (const part of parts) out = union(out, fillPart(part, clip));
  return out;
}

function fillPart(part: readonly (readonly number[])[], { width, height }: ImageSize): Bits {
  const box = pixelsAround(part, width, height);
  if (!box) return EMPTY;
  const [x0, y0, x1, y1] = box;
  const out = blank(x0, y0, x1 - x0, y1 - y0);
  for (const ring of part)
    for (let i = 0; i < ring.length; i += 2) {
      const j = (i + 2) % ring.length;
      flipEdge(out, ring[i] as number, ring[i + 1] as number, ring[j] as number, ring[j + 1] as number);
    }
  const { data, w } = out;
  for (let at = 0; at < data.length; at++) if (at % w) data[at] = (data[at] as number) ^ (data[at - 1] as number);
  return out;
}

/** Every pixel whose centre can be inside, clipped; null when there is none. */
function pixelsAround(part: readonly (readonly number[])[], width: number, height: number): Bounds | null {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (const ring of part)
    for (let i = 0; i < ring.length; i += 2) {
      const [x, y] = [ring[i] as number, ring[i + 1] as number];
      [x0, x1] = [Math.min(x0, Math.floor(x)), Math.max(x1, Math.ceil(x) + 1)];
      [y0, y1] = [Math.min(y0, Math.floor(y)), Math.max(y1, Math.ceil(y))];
    }
  [x0, y0, x1, y1] = [Math.max(0, x0), Math.max(0, y0), Math.min(width, x1), Math.min(height, y1)];
  return x1 > x0 && y1 > y0 ? [x0, y0, x1, y1] : null;
}

/** Each scan line that the edge crosses flips all pixels from the crossing on. Reckoned from the upper end, whichever
 * way the ring turns: a border shared by two neighbours is rounded once, so no pixel on it is left out or taken twice. */
function flipEdge(out: Bits, ax: number, ay: number, bx: number, by: number): void {
  if (ay === by) return;
  if (ay > by) return flipEdge(out, bx, by, ax, ay);
  const first = Math.max(out.y, Math.ceil(Math.min(ay, by) - 0.5));
  const last = Math.min(out.y + out.h, Math.ceil(Math.max(ay, by) - 0.5));
  const slope = (bx - ax) / (by - ay);
  for (let row = first; row < last; row++) {
    const x = ax + (row + 0.5 - ay) * slope;
    const column = Math.max(0, Math.ceil(x - 0.5) - out.x);
    if (column >= out.w) continue;
    const at = (row - out.y) * out.w + column;
    out.data[at] = (out.data[at] as number) ^ 1;
  }
}
