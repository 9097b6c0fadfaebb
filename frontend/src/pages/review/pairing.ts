import { ops } from "@/engine/shapes";
import type { Region } from "@/engine/types";

const SAME_PLACE = 0.3; // overlap of the bounds from which two regions are taken for the same thing
const MOST = 2_000; // regions a side: more are not paired

/** Intersection over union of the bounds; 0 for tags. */
export function boundsOverlap(a: Region, b: Region): number {
  if (a.shape === "tag" || b.shape === "tag") return 0;
  const [ax0, ay0, ax1, ay1] = ops.bounds(a);
  const [bx0, by0, bx1, by1] = ops.bounds(b);
  const wide = Math.min(ax1, bx1) - Math.max(ax0, bx0);
  const high = Math.min(ay1, by1) - Math.max(ay0, by0);
  if (wide <= 0 || high <= 0) return 0;
  const both = wide * high;
  return both / ((ax1 - ax0) * (ay1 - ay0) + (bx1 - bx0) * (by1 - by0) - both);
}

/** The regions of another answer under the ids of those that they lie on, the nearest pairs first, of one class before
 * others: two people's regions have nothing else in common. */
export function alignedTo(after: readonly Region[], before: readonly Region[]): Region[] {
  const known = new Set(after.map(({ id }) => id));
  const loose = before.filter(({ id }) => !known.has(id));
  if (loose.length === 0 || before.length > MOST || after.length > MOST) return [...before];
  const used = new Set(before.filter(({ id }) => known.has(id)).map(({ id }) => id));
  const pairs = loose.flatMap((old) =>
    after.flatMap((now) => {
      const overlap = used.has(now.id) ? 0 : boundsOverlap(old, now);
      return overlap >= SAME_PLACE ? [{ old, now, score: overlap + (old.class === now.class ? 1 : 0) }] : [];
    }),
  );
  const named = new Map<string, string>();
  for (const { old, now } of pairs.toSorted((a, b) => b.score - a.score))
    if (!named.has(old.id) && !used.has(now.id)) {
      named.set(old.id, now.id);
      used.add(now.id);
    }
  return before.map((region) => {
    const id = named.get(region.id);
    return id ? (Object.freeze({ ...region, id }) as Region) : region;
  });
}
