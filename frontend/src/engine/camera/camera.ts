import type { Bounds } from "../geometry/boxes";
import { clamp, type ImagePoint, imagePoint, type ScreenPoint, screenPoint } from "../geometry/points";
import type { ImageSize } from "../types";

/** How the image lies on the screen. Frozen; every move makes a new one. */
export interface Camera {
  /** CSS pixels an image pixel. */
  readonly zoom: number;
  /** Where the image's origin is on the screen, in CSS pixels. */
  readonly x: number;
  readonly y: number;
  /** Quarter turns clockwise, and a mirror along x before them. */
  readonly turns: 0 | 1 | 2 | 3;
  readonly flipped: boolean;
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** [a, b, c, d, e, f] as canvas takes it: x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Matrix = readonly [number, number, number, number, number, number];

export const MAX_ZOOM = 64; // CSS pixels an image pixel: single pixels are big enough to judge
const FIT_MARGIN = 0; // the image fills the window edge to edge, as the mock-up shows
const SMALLEST_SIDE = 24; // CSS pixels: zooming out stops before the image is lost

export const START: Camera = Object.freeze({ zoom: 1, x: 0, y: 0, turns: 0, flipped: false });

const COS = [1, 0, -1, 0] as const;
const SIN = [0, 1, 0, -1] as const;

export function matrixOf(c: Camera): Matrix {
  const cos = COS[c.turns] * c.zoom;
  const sin = SIN[c.turns] * c.zoom;
  const mirror = c.flipped ? -1 : 1;
  return [cos * mirror, sin * mirror, -sin, cos, c.x, c.y];
}

export function toScreen(c: Camera, p: { x: number; y: number }): ScreenPoint {
  const m = matrixOf(c);
  return screenPoint(m[0] * p.x + m[2] * p.y + m[4], m[1] * p.x + m[3] * p.y + m[5]);
}

export function toImage(c: Camera, p: { x: number; y: number }): ImagePoint {
  const m = matrixOf(c);
  const det = m[0] * m[3] - m[1] * m[2];
  const x = p.x - m[4];
  const y = p.y - m[5];
  return imagePoint((m[3] * x - m[2] * y) / det, (m[0] * y - m[1] * x) / det);
}

export const panBy = (c: Camera, dx: number, dy: number): Camera => Object.freeze({ ...c, x: c.x + dx, y: c.y + dy });

/** Zoom so that the image point under `at` stays where it is. */
export function zoomAt(c: Camera, at: { x: number; y: number }, factor: number, image: ImageSize): Camera {
  const smallest = Math.min(1, SMALLEST_SIDE / Math.max(image.width, image.height, 1));
  const zoom = clamp(c.zoom * factor, smallest, MAX_ZOOM);
  const real = zoom / c.zoom;
  return Object.freeze({ ...c, zoom, x: at.x - (at.x - c.x) * real, y: at.y - (at.y - c.y) * real });
}

/** Show `bounds` as large as the viewport allows, centred. */
export function fitBounds(c: Camera, bounds: Bounds, view: Viewport, margin: number, maxZoom = MAX_ZOOM): Camera {
  const turned = c.turns % 2 === 1;
  const w = Math.max(bounds[2] - bounds[0], 1e-6);
  const h = Math.max(bounds[3] - bounds[1], 1e-6);
  const zoom = Math.min(
    Math.max(view.width - 2 * margin, 1) / (turned ? h : w),
    Math.max(view.height - 2 * margin, 1) / (turned ? w : h),
    maxZoom,
  );
  return centreOn({ ...c, zoom }, { x: (bounds[0] + bounds[2]) / 2, y: (bounds[1] + bounds[3]) / 2 }, view);
}

export const fitImage = (c: Camera, image: ImageSize, view: Viewport): Camera =>
  fitBounds(c, [0, 0, image.width, image.height], view, FIT_MARGIN);

export function centreOn(c: Camera, p: { x: number; y: number }, view: Viewport): Camera {
  const at = toScreen(c, p);
  return panBy(c, view.width / 2 - at.x, view.height / 2 - at.y);
}

/** A quarter turn clockwise as seen on the screen; what is in the middle stays there. */
export function turned(c: Camera, by: 1 | -1, view: Viewport): Camera {
  return about(c, { ...c, turns: ((c.turns + by + 4) % 4) as Camera["turns"] }, view);
}

/** Left and right change places on the screen, however the view is turned. */
export function mirrored(c: Camera, view: Viewport): Camera {
  return about(c, { ...c, turns: ((4 - c.turns) % 4) as Camera["turns"], flipped: !c.flipped }, view);
}

const about = (from: Camera, to: Camera, view: Viewport): Camera =>
  centreOn(to, toImage(from, { x: view.width / 2, y: view.height / 2 }), view);

/** A way on the screen as a way in the image. */
export function wayInImage(c: Camera, dx: number, dy: number): { dx: number; dy: number } {
  const m = matrixOf({ ...c, zoom: 1 });
  // Turns and mirrors of length 1: the inverse is the transpose, and + 0 makes no -0.
  return { dx: m[0] * dx + m[1] * dy + 0, dy: m[2] * dx + m[3] * dy + 0 };
}

const TURNED_CURSOR: Record<string, string> = {
  "ns-resize": "ew-resize",
  "ew-resize": "ns-resize",
};
const MIRRORED_CURSOR: Record<string, string> = {
  "nwse-resize": "nesw-resize",
  "nesw-resize": "nwse-resize",
};

/** The cursor of a direction in the image as it points on the screen. */
export function seenCursor({ turns, flipped }: Pick<Camera, "turns" | "flipped">, cursor: string): string {
  const odd = turns % 2 === 1;
  const straight = odd ? (TURNED_CURSOR[cursor] ?? cursor) : cursor;
  return odd !== flipped ? (MIRRORED_CURSOR[straight] ?? straight) : straight;
}

/** Keep at least a part of the image in view, so that it cannot be lost by panning. */
export function keepInView(c: Camera, image: ImageSize, view: Viewport): Camera {
  const a = toScreen(c, { x: 0, y: 0 });
  const b = toScreen(c, { x: image.width, y: image.height });
  const rest = Math.min(80, view.width / 4, view.height / 4); // CSS pixels that stay visible
  const dx = shift(Math.min(a.x, b.x), Math.max(a.x, b.x), view.width, rest);
  const dy = shift(Math.min(a.y, b.y), Math.max(a.y, b.y), view.height, rest);
  return dx || dy ? panBy(c, dx, dy) : c;
}

function shift(low: number, high: number, size: number, rest: number): number {
  if (high < rest) return rest - high;
  return low > size - rest ? size - rest - low : 0;
}

/** The part of the image that the viewport shows (and a margin in CSS pixels around it). */
export function visibleBounds(c: Camera, view: Viewport, margin = 0): Bounds {
  const a = toImage(c, { x: -margin, y: -margin });
  const b = toImage(c, { x: view.width + margin, y: view.height + margin });
  return [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];
}

/** How to move a picture painted under camera `from` so that it fits under `to`. */
export function between(from: Camera, to: Camera): Matrix {
  const f = matrixOf(from);
  const t = matrixOf(to);
  const det = f[0] * f[3] - f[1] * f[2];
  const a = (t[0] * f[3] - t[2] * f[1]) / det;
  const b = (t[1] * f[3] - t[3] * f[1]) / det;
  const c = (t[2] * f[0] - t[0] * f[2]) / det;
  const d = (t[3] * f[0] - t[1] * f[2]) / det;
  return [a, b, c, d, t[4] - a * f[4] - c * f[5], t[5] - b * f[4] - d * f[5]];
}
