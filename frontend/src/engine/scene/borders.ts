import { between, type Hold, nearestBorder } from "../geometry/snap";
import type { Stage } from "../stage";

/** The nearest place on the border of a polygon that is shown, a vertex before a place on an edge. */
export function holdAt(stage: Stage, at: { x: number; y: number }, reach: number): Hold | null {
  let best: (Hold & { distance: number }) | null = null;
  for (const id of stage.index.search([at.x - reach, at.y - reach, at.x + reach, at.y + reach])) {
    const region = stage.scene.get(id);
    if (region?.shape !== "polygon" || stage.picker.hidden.has(id)) continue;
    const found = nearestBorder(region.geometry.parts, at.x, at.y, reach);
    if (found && (!best || found.distance < best.distance)) best = { ...found, region: id };
  }
  return best;
}

/** The vertices of one border between two holds on it. */
export function alongBorder(stage: Stage, from: Hold, to: Hold): number[] {
  const region = stage.scene.get(from.region);
  const ring = region?.shape === "polygon" ? region.geometry.parts[from.part]?.[from.ring] : undefined;
  return ring ? between(ring, from, to) : [];
}
