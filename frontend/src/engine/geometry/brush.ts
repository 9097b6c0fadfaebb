import type { ImageSize } from "../types";
import { type Bits, blank, EMPTY } from "./bits";
import { clamp } from "./points";
import { convexHull } from "./polygons";

export interface Brush {
  /** Diameter, or side of the square, in image pixels. */
  readonly size: number;
  readonly round: boolean;
}

export const SMALLEST_BRUSH = 1;
export const LARGEST_BRUSH = 500; // image pixels

/** The next size in steps that feel alike at every size. */
export function stepped(size: number, by: number): number {
  const step = Math.max(1, Math.round(size * 0.15));
  return clamp(Math.round(size + by * step), SMALLEST_BRUSH, LARGEST_BRUSH);
}

/** Every pixel whose centre the brush passed over on its way along flat points, the way between two of them straight. */
export function sweep(points: readonly number[], brush: Brush, { width, height }: ImageSize): Bits {
  const reach = Math.max(brush.size, 1) / 2;
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    [x0, x1] = [Math.min(x0, Math.floor(x - reach)), Math.max(x1, Math.ceil(x + reach) + 1)];
    [y0, y1] = [Math.min(y0, Math.floor(y - reach)), Math.max(y1, Math.ceil(y + reach) + 1)];
  }
  [x0, y0, x1, y1] = [Math.max(0, x0), Math.max(0, y0), Math.min(width, x1), Math.min(height, y1)];
  if (x1 <= x0 || y1 <= y0) return EMPTY;
  const out = blank(x0, y0, x1 - x0, y1 - y0);
  for (let i = 0; i < points.length; i += 2) {
    const j = Math.max(0, i - 2);
    stamp(out, points[j] as number, points[j + 1] as number, points[i] as number, points[i + 1] as number, brush);
  }
  return out;
}

/** The brush between two places is convex: one run of pixels a row. */
function stamp(out: Bits, ax: number, ay: number, bx: number, by: number, { size, round }: Brush): void {
  const r = Math.max(size, 1) / 2;
  const hull = round ? band(ax, ay, bx, by, r) : convexHull([...square(ax, ay, r), ...square(bx, by, r)]);
  const first = Math.max(out.y, Math.ceil(Math.min(ay, by) - r - 0.5));
  const last = Math.min(out.y + out.h - 1, Math.floor(Math.max(ay, by) + r - 0.5));
  for (let row = first; row <= last; row++) {
    const y = row + 0.5;
    let span = crossing(hull, y);
    if (round) span = joined(joined(span, chord(ax, ay, r, y)), chord(bx, by, r, y));
    if (!span) continue;
    // A small brush between the centres of a row still sets the pixel that it is in.
    const from = Math.max(0, Math.ceil(span[0] - 0.5) - out.x);
    const to = Math.min(out.w, Math.floor(span[1] - 0.5) + 1 - out.x);
    if (to > from) out.data.fill(1, (row - out.y) * out.w + from, (row - out.y) * out.w + to);
  }
  if (size <= 1) dot(out, bx, by);
}

function dot(out: Bits, x: number, y: number): void {
  const column = Math.floor(x) - out.x;
  const row = Math.floor(y) - out.y;
  if (column >= 0 && row >= 0 && column < out.w && row < out.h) out.data[row * out.w + column] = 1;
}

type Span = readonly [number, number];

const joined = (a: Span | null, b: Span | null): Span | null =>
  a && b ? [Math.min(a[0], b[0]), Math.max(a[1], b[1])] : (a ?? b);

const square = (x: number, y: number, r: number): number[] => [x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r];

/** The rectangle between two circles; nothing when they are one. */
function band(ax: number, ay: number, bx: number, by: number, r: number): number[] {
  const length = Math.hypot(bx - ax, by - ay);
  if (length === 0) return [];
  const nx = (-(by - ay) / length) * r;
  const ny = ((bx - ax) / length) * r;
  return [ax + nx, ay + ny, bx + nx, by + ny, bx - nx, by - ny, ax - nx, ay - ny];
}

function chord(x: number, y: number, r: number, at: number): Span | null {
  const rest = r * r - (at - y) * (at - y);
  if (rest < 0) return null;
  const half = Math.sqrt(rest);
  return [x - half, x + half];
}

/** Where a horizontal line crosses a convex ring. */
function crossing(ring: readonly number[], y: number): Span | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const ay = ring[j + 1] as number;
    const by = ring[i + 1] as number;
    if (Math.min(ay, by) > y || Math.max(ay, by) < y) continue;
    const ax = ring[j] as number;
    const bx = ring[i] as number;
    const xs = ay === by ? [ax, bx] : [ax + ((y - ay) / (by - ay)) * (bx - ax)];
    for (const x of xs) [low, high] = [Math.min(low, x), Math.max(high, x)];
  }
  return low <= high ? [low, high] : null;
}
