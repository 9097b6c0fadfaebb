import { type Affine, apply, scaling, translation } from "../geometry/affine";
import { ops, opsOf, withGeometry } from "../shapes";
import type { Region } from "../types";

const STAYS = 0.75; // image pixels: what moves by less lies as it lay

/** A region moved by what was tracked: shifted, turned and scaled, as far as its shape can show it. */
export function carried(region: Region, by: Affine): Region {
  const [x0, y0, x1, y1] = ops.bounds(region);
  const corners = [
    [x0, y0],
    [x1, y0],
    [x0, y1],
    [x1, y1],
  ] as const;
  const moves = corners.map(([x, y]) => {
    const [u, v] = apply(by, x, y);
    return [u - x, v - y] as const;
  });
  if (moves.every(([dx, dy]) => Math.hypot(dx, dy) < STAYS)) return region;
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [u, v] = apply(by, mx, my);
  const shift = translation(u - mx, v - my);
  // All corners by the same: its size stays as somebody drew it, and a mask its pixels.
  const [first] = moves as [readonly [number, number]];
  const together = moves.every(([dx, dy]) => Math.hypot(dx - first[0], dy - first[1]) < STAYS);
  const scale = Math.hypot(by[0], by[1]);
  // An upright box does not turn: it goes with its middle and grows.
  const upright = scaling(scale, scale, mx, my).map((one, i) => one + (i === 4 ? u - mx : i === 5 ? v - my : 0));
  for (const way of together ? [] : [by, upright as unknown as Affine]) {
    const geometry = opsOf(region.shape).transform(region.geometry as never, way);
    if (geometry) return withGeometry(region, geometry);
  }
  return withGeometry(region, opsOf(region.shape).translate(region.geometry as never, shift[4], shift[5]));
}
