declare const image: unique symbol;
declare const screen: unique symbol;

/** A place in the image, in its pixels. */
export type ImagePoint = { readonly x: number; readonly y: number; readonly [image]: true };
/** A place on the canvas, in CSS pixels from its top-left corner. */
export type ScreenPoint = { readonly x: number; readonly y: number; readonly [screen]: true };

export const imagePoint = (x: number, y: number): ImagePoint => ({ x, y }) as ImagePoint;
export const screenPoint = (x: number, y: number): ScreenPoint => ({ x, y }) as ScreenPoint;

export const distance = (a: { x: number; y: number }, b: { x: number; y: number }): number =>
  Math.hypot(a.x - b.x, a.y - b.y);

/** Distance from (px, py) to the segment (ax, ay)-(bx, by). */
export function segmentDistance(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const [x, y] = nearestOnSegment(px, py, ax, ay, bx, by);
  return Math.hypot(px - x, py - y);
}

export function nearestOnSegment(
  px: number,
  py: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): [number, number] {
  const dx = bx - ax;
  const dy = by - ay;
  const length2 = dx * dx + dy * dy;
  const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / length2));
  return [ax + t * dx, ay + t * dy];
}

export const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** Degrees into [-180, 180). */
export function normaliseAngle(angle: number): number {
  const turned = ((((angle + 180) % 360) + 360) % 360) - 180;
  return Object.is(turned, -0) ? 0 : turned;
}

export function rotateAbout(x: number, y: number, cx: number, cy: number, degrees: number): [number, number] {
  const r = (degrees * Math.PI) / 180;
  const cos = Math.cos(r);
  const sin = Math.sin(r);
  return [cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos];
}
