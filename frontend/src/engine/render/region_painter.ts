import { type Camera, type Viewport, visibleBounds } from "../camera/camera";
import { type Bounds, boundsTouch } from "../geometry/boxes";
import { ops } from "../shapes";
import type { Stage } from "../stage";
import type { ElementId, Region } from "../types";
import { type Context, drawRegion, skeletonOf, withCamera } from "./draw";
import { lookOf, type RegionState } from "./style";

export const MARGIN = 160; // CSS pixels painted around the viewport, so that a pan shows no bare border at once
export const SPREAD = 6; // CSS pixels a region's line, halo or dot reaches beyond its bounds
const BATCH = 24; // regions between two looks at the clock

/** What a bitmap of regions shows. */
export interface Sight {
  readonly camera: Camera;
  readonly viewport: Viewport;
  /** Canvas pixels a CSS pixel. */
  readonly ratio: number;
}

/** Regions that the hand holds: `lifted` ones are drawn on the overlay instead, `marked` ones as selected. */
export interface Held {
  readonly lifted: ReadonlySet<ElementId>;
  readonly marked: ReadonlySet<ElementId>;
}

export interface Item {
  readonly region: Region;
  readonly state: RegionState;
  readonly bounds: Bounds;
}

export const sizeOf = ({ viewport, ratio }: Sight) => ({
  width: Math.round((viewport.width + 2 * MARGIN) * ratio),
  height: Math.round((viewport.height + 2 * MARGIN) * ratio),
});

/** In drawing order: locked, then ordinary ones by z (and the larger first), then ghosts and predictions. */
export function itemsIn(stage: Stage, box: Bounds, held: Held): Item[] {
  const { hidden, locked } = stage.picker;
  const items: (Item & { rank: number; area: number })[] = [];
  for (const id of stage.index.search(box)) {
    const region = stage.scene.get(id);
    if (!region || hidden.has(id) || held.lifted.has(id)) continue;
    const state = locked.has(id) ? "locked" : held.marked.has(id) ? "selected" : "normal";
    const bounds = stage.index.boundsOf(id) as Bounds;
    const rank = state === "locked" ? Number.NEGATIVE_INFINITY : (region.z ?? 0);
    items.push({ region, state, bounds, rank, area: (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) });
  }
  items.sort((a, b) => (a.rank === b.rank ? b.area - a.area : a.rank - b.rank));
  const extra = (region: Region, state: RegionState): Item[] => {
    const bounds = ops.bounds(region);
    return boundsTouch(bounds, box) ? [{ region, state, bounds }] : [];
  };
  return [
    ...items,
    ...stage.ghosts.flatMap((region) => extra(region, "normal")),
    ...stage.offers().flatMap((p) => extra(p.region, "prediction")),
  ];
}

export function drawItem(ctx: Context, stage: Stage, { region, state, bounds }: Item, camera: Camera): void {
  const pixel = 1 / camera.zoom;
  const decoration = stage.decorations.get(region.id);
  if (decoration?.kind === "changed") {
    const old = { ...lookOf(stage, region, "normal"), dash: [3, 4], fill: 0, line: 1.5 };
    drawRegion(ctx, decoration.before, old, pixel, ops.bounds(decoration.before));
  }
  const look = lookOf(stage, region, state);
  drawRegion(ctx, region, look, pixel, bounds, skeletonOf(stage.classes, region));
}

/** Paint all regions in sight, giving the time back every few of them. */
export function* painting(ctx: Context, stage: Stage, held: Held, { camera, viewport, ratio }: Sight): Generator<void> {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  yield;
  const items = itemsIn(stage, visibleBounds(camera, viewport, MARGIN + SPREAD), held);
  yield;
  for (let at = 0; at < items.length; ) {
    withCamera(ctx, camera, ratio, MARGIN, () => {
      for (const end = Math.min(at + BATCH, items.length); at < end; ) {
        const item = items[at++] as Item;
        drawItem(ctx, stage, item, camera);
        if (item.region.shape === "mask") break; // its first drawing may take a slice alone
      }
    });
    yield;
  }
}
