import { normaliseAngle } from "./points";

/** x' = a·x + c·y + e, y' = b·x + d·y + f: the order of a canvas transform. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const translation = (dx: number, dy: number): Affine => [1, 0, 0, 1, dx, dy];

export const scaling = (sx: number, sy: number, cx = 0, cy = 0): Affine => [sx, 0, 0, sy, cx - sx * cx, cy - sy * cy];

/** A quarter turn clockwise on screen, `times` over, about a point. Whole numbers stay whole. */
export function quarterTurn(times: number, cx = 0, cy = 0): Affine {
  const quarter = ((times % 4) + 4) % 4;
  const cos = [1, 0, -1, 0][quarter] as number;
  const sin = [0, 1, 0, -1][quarter] as number;
  return [cos, sin, -sin, cos, cx - cos * cx + sin * cy, cy - sin * cx - cos * cy];
}

export function rotation(degrees: number, cx = 0, cy = 0): Affine {
  if (degrees % 90 === 0) return quarterTurn(degrees / 90, cx, cy);
  const r = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(r), Math.sin(r)];
  return [cos, sin, -sin, cos, cx - cos * cx + sin * cy, cy - sin * cx - cos * cy];
}

export const apply = ([a, b, c, d, e, f]: Affine, x: number, y: number): [number, number] => [
  a * x + c * y + e,
  b * x + d * y + f,
];

/** All points of a flat list. */
export function applyFlat(m: Affine, points: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i + 1 < points.length; i += 2) out.push(...apply(m, points[i] as number, points[i + 1] as number));
  return out;
}

export const determinant = ([a, b, c, d]: Affine): number => a * d - b * c;

export function inverse(m: Affine): Affine {
  const [a, b, c, d, e, f] = m;
  const k = determinant(m);
  return [d / k, -b / k, -c / k, a / k, (c * f - d * e) / k, (b * e - a * f) / k];
}

/** Upright rectangles stay upright: a scale, a flip, a quarter turn. */
export const keepsUpright = ([a, b, c, d]: Affine): boolean => (b === 0 && c === 0) || (a === 0 && d === 0);

export function applyRect(m: Affine, x: number, y: number, w: number, h: number): [number, number, number, number] {
  const [x0, y0] = apply(m, x, y);
  const [x1, y1] = apply(m, x + w, y + h);
  return [Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0)];
}

const NEARLY = 1e-9; // relative: two lengths or directions that differ less are the same

/** What becomes of two axes at right angles, `u` long along `angle` and `v` across it; null when they end up askew. */
export function applyAxes(m: Affine, u: number, v: number, angle: number) {
  const [a, b, c, d] = m;
  if (a > 0 && a === d && b === 0 && c === 0) return { u: u * a, v: v * a, angle };
  const r = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(r), Math.sin(r)];
  const [ux, uy] = [a * cos + c * sin, b * cos + d * sin];
  const [vx, vy] = [-a * sin + c * cos, -b * sin + d * cos];
  const [along, across] = [Math.hypot(ux, uy), Math.hypot(vx, vy)];
  if (!(along > 0 && across > 0) || Math.abs(ux * vx + uy * vy) > NEARLY * along * across) return null;
  return { u: u * along, v: v * across, angle: normaliseAngle((Math.atan2(uy, ux) * 180) / Math.PI) };
}
