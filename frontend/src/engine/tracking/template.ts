import type { Bounds } from "../geometry/boxes";
import type { Place } from "./flow";
import { correlation, type Grey } from "./grey";

/** How alike a patch and a patch of another picture are, whatever the light: normalised cross-correlation, -1 to 1. */
function likeness(from: Grey, [x0, y0, x1, y1]: Bounds, to: Grey, dx: number, dy: number, step: number): number {
  let [n, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let y = y0; y < y1; y += step)
    for (let x = x0; x < x1; x += step) {
      const [tx, ty] = [x + dx, y + dy];
      if (tx < 0 || ty < 0 || tx >= to.w || ty >= to.h) continue;
      const p = from.data[y * from.w + x] as number;
      const q = to.data[ty * to.w + tx] as number;
      n += 1;
      a += p;
      b += q;
      aa += p * p;
      bb += q * q;
      ab += p * q;
    }
  const whole = Math.ceil((x1 - x0) / step) * Math.ceil((y1 - y0) / step);
  if (n < whole / 2) return -1; // most of it would lie outside
  return correlation(n, a, b, aa, bb, ab);
}

export interface Found {
  readonly dx: number;
  readonly dy: number;
  readonly likeness: number;
}

const SAMPLES = 24; // of a template's side, at most

/** The places where a patch is most alike in the other picture, the best first, up to `reach` samples away from a shift in each
 * direction; of neighbours the best alone. */
export function search(from: Grey, patch: Bounds, to: Grey, reach: number, [sx, sy]: Place, most: number): Found[] {
  const [x0, y0] = [Math.max(0, Math.floor(patch[0])), Math.max(0, Math.floor(patch[1]))];
  const [x1, y1] = [Math.min(from.w, Math.ceil(patch[2])), Math.min(from.h, Math.ceil(patch[3]))];
  const box: Bounds = [x0, y0, x1, y1];
  const step = Math.max(1, Math.floor(Math.max(x1 - x0, y1 - y0) / SAMPLES));
  const all: Found[] = [];
  for (let dy = sy - reach; dy <= sy + reach; dy++)
    for (let dx = sx - reach; dx <= sx + reach; dx++)
      all.push({ dx, dy, likeness: likeness(from, box, to, dx, dy, step) });
  // Of places as good as each other the nearest.
  const far = ({ dx, dy }: Found) => Math.hypot(dx - sx, dy - sy);
  all.sort((a, b) => b.likeness - a.likeness || far(a) - far(b));
  const found: Found[] = [];
  for (const one of all) {
    if (found.length === most) break;
    if (found.every(({ dx, dy }) => Math.max(Math.abs(one.dx - dx), Math.abs(one.dy - dy)) > APART)) found.push(one);
  }
  return found;
}

const APART = 2; // samples between two places that are not the same one
