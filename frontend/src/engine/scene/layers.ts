import { ops } from "../shapes";
import type { ElementId, Region } from "../types";

const zOf = (region: Region) => region.z ?? 0;
const size = (region: Region) => {
  const [x0, y0, x1, y1] = ops.bounds(region);
  return (x1 - x0) * (y1 - y0);
};

/** In the order in which regions are painted: by z, and the larger first. */
export const inPaintingOrder = (regions: readonly Region[]): Region[] =>
  regions
    .map((region) => ({ region, area: size(region) }))
    .sort((a, b) => zOf(a.region) - zOf(b.region) || b.area - a.area)
    .map(({ region }) => region);

/** All of `ids` above (1) or beneath (-1) everything else, in their own order; only what has to change. */
export function toEnd(regions: readonly Region[], ids: ReadonlySet<ElementId>, by: 1 | -1): Region[] {
  const order = inPaintingOrder(regions);
  const moving = order.filter(({ id }) => ids.has(id));
  const rest = order.filter(({ id }) => !ids.has(id));
  return settled(by > 0 ? [...rest, ...moving] : [...moving, ...rest], by);
}

/** One region one place up (1) or down (-1) among those given. */
export function oneStep(regions: readonly Region[], id: ElementId, by: 1 | -1): Region[] {
  const order = inPaintingOrder(regions);
  const at = order.findIndex((region) => region.id === id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= order.length) return [];
  [order[at], order[to]] = [order[to] as Region, order[at] as Region];
  return settled(order, by);
}

/** The regions that need another z for the wanted order, working away from the end that stays. */
function settled(wanted: readonly Region[], by: 1 | -1): Region[] {
  const changed: Region[] = [];
  let last: Region | null = null;
  for (const region of by > 0 ? wanted : wanted.toReversed()) {
    const apart: number = last ? (zOf(region) - zOf(last)) * by : 1;
    const kept: boolean = apart > 0 || (apart === 0 && last !== null && (size(last) - size(region)) * by > 0);
    const next: Region = kept || !last ? region : { ...region, z: zOf(last) + by };
    if (next !== region) changed.push(next);
    last = next;
  }
  return changed;
}
