import { between, type Hold, nearestBorder } from "../geometry/snap";
import { ops } from "../shapes";
import type { Stage } from "../stage";
import type { Geometry, Region } from "../types";

const LARGEST_MASK = 1_000_000; // pixels of its bounds: following the outline of a larger one would make the hand wait

/** Outlines by frozen geometry: a mask's is walked once, not at every move of the hand. */
const known = new WeakMap<Geometry, number[][][]>();

function outlineOf(region: Region): number[][][] {
  const before = known.get(region.geometry);
  if (before) return before;
  const [x0, y0, x1, y1] = ops.bounds(region);
  const quick = ops.vertexCount(region) > 0 || (x1 - x0) * (y1 - y0) <= LARGEST_MASK;
  const outline = (quick ? ops.outline(region) : null) ?? [];
  known.set(region.geometry, outline);
  return outline;
}

/** The nearest place on the border of a region that is shown, a vertex before a place on an edge. */
export function holdAt(stage: Stage, at: { x: number; y: number }, reach: number): Hold | null {
  let best: (Hold & { distance: number }) | null = null;
  for (const id of stage.index.search([at.x - reach, at.y - reach, at.x + reach, at.y + reach])) {
    const region = stage.scene.get(id);
    if (!region || stage.picker.hidden.has(id)) continue;
    const found = nearestBorder(outlineOf(region), at.x, at.y, reach);
    if (found && (!best || found.distance < best.distance)) best = { ...found, region: id };
  }
  return best;
}

/** The vertices of one border between two holds on it. */
export function alongBorder(stage: Stage, from: Hold, to: Hold): number[] {
  const region = stage.scene.get(from.region);
  const ring = region && outlineOf(region)[from.part]?.[from.ring];
  return ring ? between(ring, from, to) : [];
}
