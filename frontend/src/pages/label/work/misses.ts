import { type Bits, bitsOf, countBits, fillParts, intersect } from "@/engine/geometry/bits";
import type { Bounds } from "@/engine/geometry/boxes";
import { ops } from "@/engine/shapes";
import type { Region, RegionOf } from "@/engine/types";
import type { ClaimDocument } from "./desk";

/** A region that a model is sure of. */
export interface Miss {
  /** As the canvas names the prediction. */
  readonly id: string;
  readonly prediction: number;
  readonly region: Region;
  readonly score: number;
}

export type MissWord = "added" | "refused" | "kept";

const COVERED = 0.3; // IoU from which something is drawn there: of the bounding boxes, and of the pixels where both have an outline
const SET_ASIDE = 0.5; // share of it inside of what counts nowhere: a crowd, or an area to ignore

/** What the server lets the page ask about. */
export function missesOf(doc: ClaimDocument): Miss[] {
  return doc.predictions.flatMap(({ id, elements, hints = [] }) => {
    const hinted = new Set(hints);
    return elements.flatMap(({ element }) => {
      const region = element as unknown as Region & { score?: number | null };
      if (!hinted.has(region.id) || region.shape === "tag") return [];
      return [{ id: `${id}:${region.id}`, prediction: id, region, score: region.score ?? 1 }];
    });
  });
}

/** Those on which nothing is drawn, whatever its class: another class is another question. The surest come first. */
export function uncovered(misses: readonly Miss[], regions: readonly Region[]): Miss[] {
  const drawn = regions.filter(({ shape }) => shape !== "tag").map((region) => ({ region, box: ops.bounds(region) }));
  const open = misses.filter(({ region }) => {
    const box = ops.bounds(region);
    return !drawn.some(({ region: other, box: at }) => {
      const common = overlap(box, at);
      if (other.flags?.some((flag) => flag === "crowd" || flag === "ignore") && common >= SET_ASIDE * area(box))
        return true;
      const boxes = common > 0 && common >= COVERED * (area(box) + area(at) - common);
      return boxes && (!outlined(region) || !outlined(other) || sharedPixels(region, other) >= COVERED);
    });
  });
  return open.toSorted((a, b) => b.score - a.score);
}

type Outlined = RegionOf<"mask"> | RegionOf<"polygon">;

const outlined = (region: Region): region is Outlined => region.shape === "mask" || region.shape === "polygon";

/** IoU of two outlines, pixel by pixel: somebody in front of somebody else has nearly the same box. */
function sharedPixels(one: Outlined, other: Outlined): number {
  const [a, b] = [pixelsOf(one), pixelsOf(other)];
  const common = countBits(intersect(a, b));
  return common / Math.max(1, countBits(a) + countBits(b) - common);
}

function pixelsOf(region: Outlined): Bits {
  if (region.shape === "mask") return bitsOf(region.geometry);
  const [, , right, bottom] = ops.bounds(region);
  return fillParts(region.geometry.parts, { width: Math.ceil(right), height: Math.ceil(bottom) });
}

const area = ([x0, y0, x1, y1]: Bounds) => (x1 - x0) * (y1 - y0);

const overlap = (a: Bounds, b: Bounds) =>
  Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
