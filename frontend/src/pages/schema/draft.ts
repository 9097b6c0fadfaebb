import { PALETTE } from "@/api/palette";
import type { Schemas } from "@/api/types";

export { PALETTE };

export type SchemaBody = { classes: SchemaClass[]; item_attributes: SchemaAttribute[] };
export type SchemaClass = Schemas["Class"];
export type SchemaAttribute = Schemas["Attribute"] & { key?: string | null };

export interface TreeRow {
  found: SchemaClass;
  level: number;
  children: number;
}

export function bodyOf(schema: Schemas["LabelSchema"]): SchemaBody {
  return {
    classes: schema.classes ?? [],
    item_attributes: (schema.item_attributes ?? []) as SchemaAttribute[],
  };
}

export const nameOf = (found: { name: string; title?: string | null }) => found.title || found.name;

const byOrder = (a: SchemaClass, b: SchemaClass) => (a.order ?? 0) - (b.order ?? 0) || a.id - b.id;

/** Classes depth first, as people see them; a class whose parent is not shown stands at the top. */
export function tree(classes: readonly SchemaClass[], archived = false): TreeRow[] {
  const shown = classes.filter((one) => archived || !one.archived).sort(byOrder);
  const ids = new Set(shown.map((one) => one.id));
  const childrenOf = new Map<number | null, SchemaClass[]>();
  for (const one of shown) {
    const parent = one.parent && ids.has(one.parent) ? one.parent : null;
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), one]);
  }
  const rows: TreeRow[] = [];
  function walk(parent: number | null, level: number) {
    for (const found of childrenOf.get(parent) ?? []) {
      rows.push({ found, level, children: childrenOf.get(found.id)?.length ?? 0 });
      walk(found.id, level + 1);
    }
  }
  walk(null, 1);
  return rows;
}

export function editClass(body: SchemaBody, id: number, change: Partial<SchemaClass>): SchemaBody {
  return { ...body, classes: body.classes.map((one) => (one.id === id ? { ...one, ...change } : one)) };
}

/** Ids are permanent: a new one is above every one that ever was. */
export function addClass(body: SchemaBody, name: string, from?: SchemaClass): [SchemaBody, number] {
  const id = Math.max(0, ...body.classes.map((one) => one.id)) + 1;
  const used = new Set(body.classes.map((one) => one.name));
  let free = name;
  for (let count = 2; used.has(free); count += 1) free = `${name} ${count}`;
  const made: SchemaClass = {
    shapes: ["box", "polygon"],
    ...from,
    id,
    name: free,
    title: null,
    color: nextColor(body.classes),
    key: freeKey(body.classes),
    order: Math.max(-1, ...body.classes.map((one) => one.order ?? 0)) + 1,
    archived: false,
  };
  return [{ ...body, classes: [...body.classes, made] }, id];
}

/** A class that was published is archived; one that never was simply goes, and its children move up. */
export function removeClass(body: SchemaBody, id: number, published: boolean): SchemaBody {
  if (published) return editClass(body, id, { archived: true, key: null });
  const gone = body.classes.find((one) => one.id === id);
  return {
    ...body,
    classes: body.classes
      .filter((one) => one.id !== id)
      .map((one) => (one.parent === id ? { ...one, parent: gone?.parent ?? null } : one)),
  };
}

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

export function freeKey(classes: readonly SchemaClass[]): string | null {
  const used = new Set(classes.filter((one) => !one.archived).map((one) => one.key));
  return KEYS.find((key) => !used.has(key)) ?? null;
}

export function nextColor(classes: readonly SchemaClass[]): string {
  const used = new Set(classes.filter((one) => !one.archived).map((one) => one.color.toLowerCase()));
  return PALETTE.find((color) => !used.has(color)) ?? PALETTE[classes.length % PALETTE.length]!;
}

function isBelow(body: SchemaBody, id: number, ancestor: number): boolean {
  const parents = new Map(body.classes.map((one) => [one.id, one.parent ?? null]));
  for (let at: number | null = id; at !== null; at = parents.get(at) ?? null) if (at === ancestor) return true;
  return false;
}

/** Puts a class before, after or into another one; null where it would become its own ancestor. */
export function moveClass(
  body: SchemaBody,
  id: number,
  place: "before" | "after" | "into",
  target: number,
): SchemaBody | null {
  if (id === target || isBelow(body, target, id)) return null;
  const goal = body.classes.find((one) => one.id === target);
  if (!goal) return null;
  const parent = place === "into" ? target : (goal.parent ?? null);
  const moved = editClass(body, id, { parent });
  const row = moved.classes.find((one) => one.id === id)!;
  const rest = tree(moved.classes, true)
    .map((one) => one.found)
    .filter((one) => one.id !== id);
  const at = rest.findIndex((one) => one.id === target);
  rest.splice(place === "before" ? at : at + 1, 0, row);
  const order = new Map(rest.map((one, index) => [one.id, index]));
  return { ...moved, classes: moved.classes.map((one) => ({ ...one, order: order.get(one.id) ?? one.order })) };
}

/** One step up or down among the classes with the same parent. */
export function stepClass(body: SchemaBody, id: number, step: 1 | -1): SchemaBody {
  const found = body.classes.find((one) => one.id === id);
  const siblings = tree(body.classes)
    .map((row) => row.found)
    .filter((one) => (one.parent ?? null) === (found?.parent ?? null));
  const other = siblings[siblings.findIndex((one) => one.id === id) + step];
  return (other && moveClass(body, id, step < 0 ? "before" : "after", other.id)) ?? body;
}

/** Under the sibling above, or out beside the parent. */
export function indentClass(body: SchemaBody, id: number, step: 1 | -1): SchemaBody {
  const found = body.classes.find((one) => one.id === id);
  if (!found) return body;
  if (step < 0) return (found.parent && moveClass(body, id, "after", found.parent)) || body;
  const siblings = tree(body.classes)
    .map((row) => row.found)
    .filter((one) => (one.parent ?? null) === (found.parent ?? null));
  const above = siblings[siblings.findIndex((one) => one.id === id) - 1];
  return (above && moveClass(body, id, "into", above.id)) ?? body;
}

type Lab = [number, number, number];

/** sRGB to OKLab (B. Ottosson, 2020). */
function oklab(color: string): Lab {
  const channels = [1, 3, 5].map((at) => {
    const c = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const [r, g, b] = channels as Lab;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** How far apart two colours look, × 100. */
export function colorDistance(a: string, b: string): number {
  const [one, other] = [oklab(a), oklab(b)];
  return 100 * Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

export const TOO_CLOSE = 6; // below the smallest distance inside the palette

/** The class in use whose colour looks most like that of `found`. */
export function closestClass(
  classes: readonly SchemaClass[],
  found: SchemaClass,
): { other: SchemaClass; distance: number } | null {
  let best: { other: SchemaClass; distance: number } | null = null;
  for (const other of classes) {
    if (other.id === found.id || other.archived) continue;
    const distance = colorDistance(found.color, other.color);
    if (!best || distance < best.distance) best = { other, distance };
  }
  return best;
}

/** Equal as the server reads them: members in any order, absent and default the same. */
export function sameBody(a: SchemaBody, b: SchemaBody): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value)
    .filter(([key, member]) => !isDefault(key, member))
    .sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(kept.map(([key, member]) => [key, canonical(member)]));
}

function isDefault(key: string, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (value === false || value === "") return key !== "default"; // an answer that is given beforehand
  if (value === 0) return key === "order";
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}
