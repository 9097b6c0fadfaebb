import { segmentDistance } from "./points";
import { type Ring, signedArea } from "./polygons";

/** Image pixels that a simplified line may stray from what was drawn. */
export const TOLERANCE = 0.25;

/** Douglas and Peucker: the fewest points that stay within `tolerance` of the line. Ends are kept. */
export function simplify(points: Ring, tolerance = TOLERANCE): number[] {
  const count = points.length / 2;
  if (count < 3) return [...points];
  const keep = new Uint8Array(count);
  keep[0] = keep[count - 1] = 1;
  const stack: [number, number][] = [[0, count - 1]];
  for (let span = stack.pop(); span; span = stack.pop()) {
    const [from, to] = span;
    const far = farthest(points, from, to, tolerance);
    if (far < 0) continue;
    keep[far] = 1;
    stack.push([from, far], [far, to]);
  }
  return points.filter((_, i) => keep[i >> 1]);
}

/** The point between two others that strays most from their line, or -1 when none strays too far. */
function farthest(points: Ring, from: number, to: number, tolerance: number): number {
  const at = (i: number) => points[i] as number;
  let far = -1;
  let most = tolerance;
  for (let i = from + 1; i < to; i++) {
    const d = segmentDistance(at(2 * i), at(2 * i + 1), at(2 * from), at(2 * from + 1), at(2 * to), at(2 * to + 1));
    if (d > most) [far, most] = [i, d];
  }
  return far;
}

/** A closed ring, split at its first point and the one farthest from it; itself when less than an area would be left. */
export function simplifyRing(ring: Ring, tolerance = TOLERANCE): number[] {
  if (ring.length <= 6) return [...ring];
  const [x0, y0] = [ring[0] as number, ring[1] as number];
  let far = 0;
  let most = -1;
  for (let i = 2; i < ring.length; i += 2) {
    const d = Math.hypot((ring[i] as number) - x0, (ring[i + 1] as number) - y0);
    if (d > most) [far, most] = [i, d];
  }
  const there = simplify(ring.slice(0, far + 2), tolerance);
  const back = simplify([...ring.slice(far), x0, y0], tolerance);
  const out = [...there, ...back.slice(2, -2)];
  return out.length >= 6 && signedArea(out) !== 0 ? out : [...ring];
}
