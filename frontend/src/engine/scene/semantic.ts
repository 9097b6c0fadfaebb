import { type Bits, boundsOfBits, EMPTY, fillParts, hasPixels, intersect, subtract } from "../geometry/bits";
import { boundsTouch } from "../geometry/boxes";
import { changedBetween, cropOf, edited } from "../geometry/mask_edit";
import { ops, withGeometry } from "../shapes";
import type { ElementId, ImageSize, Region, RegionOf } from "../types";
import { maskWith, pixelsOf } from "./pixels";

export type MaskRegion = Region & RegionOf<"mask">;

export const isMask = (region: Region | undefined): region is MaskRegion => region?.shape === "mask";

export interface Write {
  readonly puts: readonly Region[];
  readonly deletes: readonly ElementId[];
}

export interface Document {
  readonly image: ImageSize;
  regions(): Iterable<Region>;
  get(id: ElementId): Region | undefined;
  /** Locked and hidden regions keep their pixels. */
  fixed(id: ElementId): boolean;
}

/** The class whose pixels count as labelled and as nothing else: training and agreement leave them out. */
export const VOID = "void";

/** In a semantic project each class has one mask and each pixel one class: what is written takes its new pixels from the
 * other masks, a polygon becomes a mask, and a second mask of a class joins the first. */
export function oneClassAPixel(write: Write, document: Document): Write {
  const masks = new Map<ElementId, MaskRegion>();
  for (const region of document.regions()) if (isMask(region)) masks.set(region.id, region);
  const changed = new Map<ElementId, Region | null>();
  const set = (id: ElementId, region: MaskRegion | null) => {
    changed.set(id, region);
    if (region) masks.set(id, region);
    else masks.delete(id);
  };
  for (const id of write.deletes) set(id, null);
  for (const put of write.puts) {
    const region = asMask(put, document.image);
    if (!region) changed.set(put.id, put);
    else if (masks.get(region.id)?.geometry === region.geometry && masks.get(region.id)?.class === region.class)
      set(region.id, region);
    else place(region, masks, document, set);
  }
  const puts: Region[] = [];
  const deletes: ElementId[] = [];
  for (const [id, region] of changed)
    if (region) puts.push(region);
    else if (document.get(id)) deletes.push(id);
  return { puts, deletes };
}

function asMask(region: Region, image: ImageSize): MaskRegion | null {
  if (isMask(region)) return region;
  if (region.shape !== "polygon") return null;
  const geometry = maskWith(fillParts(region.geometry.parts, image));
  return geometry && (Object.freeze({ ...region, shape: "mask", geometry }) as MaskRegion);
}

function place(
  region: MaskRegion,
  masks: ReadonlyMap<ElementId, MaskRegion>,
  document: Document,
  set: (id: ElementId, region: MaskRegion | null) => void,
): void {
  const before = masks.get(region.id);
  const target = [...masks.values()].find(
    (one) => one.class === region.class && one.id !== region.id && !document.fixed(one.id),
  );
  const added = addedPixels(region, before && before.class === region.class ? before.geometry : null);
  let fresh = added;
  const others = touching(fresh, masks).filter(({ id }) => id !== region.id && id !== target?.id);
  for (const other of others) if (document.fixed(other.id)) fresh = subtract(fresh, pixelsUnder(other, fresh));
  for (const other of others)
    if (!document.fixed(other.id) && hasPixels(intersect(pixelsUnder(other, fresh), fresh)))
      put(other, edited(other.geometry, fresh, false), set);
  // What is locked keeps its pixels: the region goes without them.
  const refused = subtract(added, fresh);
  const kept = hasPixels(refused) ? edited(region.geometry, refused, false) : region.geometry;
  if (!target) return put(region, kept, set);
  set(region.id, null);
  put(target, kept ? edited(target.geometry, pixelsOf(kept), true) : target.geometry, set);
}

/** Pixels that the region has and had not before; only where it changed. */
function addedPixels(region: MaskRegion, before: MaskRegion["geometry"] | null): Bits {
  if (!before) return pixelsOf(region.geometry);
  const box = changedBetween(before, region.geometry);
  return box ? subtract(cropOf(region.geometry, box), cropOf(before, box)) : EMPTY;
}

const pixelsUnder = (region: MaskRegion, bits: Bits): Bits => cropOf(region.geometry, boundsOfBits(bits));

const touching = (bits: Bits, masks: ReadonlyMap<ElementId, MaskRegion>): MaskRegion[] =>
  bits.data.length ? [...masks.values()].filter((other) => boundsTouch(ops.bounds(other), boundsOfBits(bits))) : [];

const put = (
  region: MaskRegion,
  geometry: MaskRegion["geometry"] | null,
  set: (id: ElementId, region: MaskRegion | null) => void,
): void => set(region.id, geometry && (withGeometry(region, geometry) as MaskRegion));
