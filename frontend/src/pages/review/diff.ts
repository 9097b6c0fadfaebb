import { ops, opsOf } from "@/engine/shapes";
import type { Decoration, ElementId, Region } from "@/engine/types";

export type ChangeKind = "added" | "changed" | "removed";

export interface RegionChange {
  readonly kind: ChangeKind;
  readonly id: ElementId;
  readonly before: Region | null;
  readonly after: Region | null;
  /** What differs of a changed region. */
  readonly what: readonly ("boundary" | "class" | "attributes" | "shape")[];
  /** Overlap before and after, of a region whose boundary moved. */
  readonly iou: number | null;
}

export interface Difference {
  readonly changes: readonly RegionChange[];
  readonly same: number;
}

const GRID = 96; // samples a side: fine enough for two decimals

/** Intersection over union of two regions by sampling both on one grid. Null where they have no area. */
export function overlapOf(a: Region, b: Region): number | null {
  if (!ops.isFilled(a) || !ops.isFilled(b)) return null;
  const [ax0, ay0, ax1, ay1] = ops.bounds(a);
  const [bx0, by0, bx1, by1] = ops.bounds(b);
  const [x0, y0, x1, y1] = [Math.min(ax0, bx0), Math.min(ay0, by0), Math.max(ax1, bx1), Math.max(ay1, by1)];
  let both = 0;
  let either = 0;
  for (let i = 0; i < GRID; i++)
    for (let j = 0; j < GRID; j++) {
      const x = x0 + ((i + 0.5) / GRID) * (x1 - x0);
      const y = y0 + ((j + 0.5) / GRID) * (y1 - y0);
      const inA = opsOf(a.shape).hitDistance(a.geometry as never, x, y) <= 0;
      const inB = opsOf(b.shape).hitDistance(b.geometry as never, x, y) <= 0;
      if (inA && inB) both += 1;
      if (inA || inB) either += 1;
    }
  return either === 0 ? null : both / either;
}

/** Equal whatever the order of members; a member that is missing equals null, false and an empty list. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (isBlank(a) && isBlank(b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

const isBlank = (value: unknown) =>
  value === null ||
  value === undefined ||
  value === false ||
  (typeof value === "object" && Object.keys(value as object).length === 0);

function changeOf(before: Region, after: Region): RegionChange | null {
  const what: RegionChange["what"][number][] = [];
  if (before.shape !== after.shape) what.push("shape");
  else if (!sameValue(before.geometry, after.geometry)) what.push("boundary");
  if (before.class !== after.class) what.push("class");
  const answers = (r: Region) => ({ ...r.attributes, "": [r.occluded ?? false, r.flags ?? [], r.track ?? null] });
  if (!sameValue(answers(before), answers(after))) what.push("attributes");
  if (what.length === 0) return null;
  const iou = what.includes("boundary") || what.includes("shape") ? overlapOf(before, after) : null;
  return { kind: "changed", id: after.id, before, after, what, iou };
}

/** What became of every region between two states. */
export function differenceOf(before: readonly Region[], after: readonly Region[]): Difference {
  const old = new Map(before.map((region) => [region.id, region]));
  const now = new Set(after.map((region) => region.id));
  const changes: RegionChange[] = [];
  for (const region of after) {
    const was = old.get(region.id);
    const change: RegionChange | null = was
      ? changeOf(was, region)
      : { kind: "added", id: region.id, before: null, after: region, what: [], iou: null };
    if (change) changes.push(change);
  }
  const same = after.length - changes.length;
  for (const region of before)
    if (!now.has(region.id))
      changes.push({ kind: "removed", id: region.id, before: region, after: null, what: [], iou: null });
  return { changes, same };
}

export function decorationsOf(
  { changes }: Difference,
  note: (change: RegionChange) => string,
): Map<ElementId, Decoration> {
  return new Map(
    changes.map((change): [ElementId, Decoration] => {
      if (change.kind !== "changed" || !change.before)
        return [change.id, { kind: change.kind === "removed" ? "removed" : "added" }];
      return [change.id, { kind: "changed", before: change.before, note: note(change) }];
    }),
  );
}

export function removedOf({ changes }: Difference): Region[] {
  return changes.flatMap((change) => (change.kind === "removed" && change.before ? [change.before] : []));
}
