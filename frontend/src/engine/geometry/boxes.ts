import { clamp } from "./points";

/** [x_min, y_min, x_max, y_max] in image pixels. */
export type Bounds = readonly [number, number, number, number];

export const EMPTY: Bounds = [0, 0, 0, 0];

export function boundsOfFlat(points: ArrayLike<number>): Bounds {
  if (points.length < 2) return EMPTY;
  let x0 = Number.POSITIVE_INFINITY;
  let y0 = Number.POSITIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  let y1 = Number.NEGATIVE_INFINITY;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const x = points[i] as number;
    const y = points[i + 1] as number;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return [x0, y0, x1, y1];
}

export const unionBounds = (a: Bounds, b: Bounds): Bounds => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
];

export const unionAll = (all: readonly Bounds[]): Bounds => (all.length ? all.reduce(unionBounds) : EMPTY);

export const boundsTouch = (a: Bounds, b: Bounds): boolean =>
  a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

export const grow = (b: Bounds, by: number): Bounds => [b[0] - by, b[1] - by, b[2] + by, b[3] + by];

export const inBounds = (b: Bounds, x: number, y: number): boolean => x >= b[0] && x <= b[2] && y >= b[1] && y <= b[3];

export const contains = (outer: Bounds, inner: Bounds): boolean =>
  outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];

/** Distance of a point to the box: 0 inside. */
export const boundsDistance = (b: Bounds, x: number, y: number): number =>
  Math.hypot(Math.max(b[0] - x, 0, x - b[2]), Math.max(b[1] - y, 0, y - b[3]));

export function boxBetween(a: { x: number; y: number }, b: { x: number; y: number }) {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), w: Math.abs(a.x - b.x), h: Math.abs(a.y - b.y) };
}

/** The move nearest to (dx, dy) that keeps the bounds inside the image, where they fit. */
export function clampMove(b: Bounds, dx: number, dy: number, width: number, height: number): [number, number] {
  const along = (low: number, high: number, d: number, size: number) =>
    high - low > size ? d : clamp(d, Math.min(-low, 0), Math.max(size - high, 0));
  return [along(b[0], b[2], dx, width), along(b[1], b[3], dy, height)];
}
