import { scaling } from "../geometry/affine";
import { type Bounds, unionAll } from "../geometry/boxes";
import { ops, opsOf, withGeometry } from "../shapes";
import type { Geometry, GeometryOf, ImageSize, Region } from "../types";

/** 0 is x, 1 is y. */
export type Axis = 0 | 1;

interface Unit {
  readonly regions: readonly Region[];
  readonly bounds: Bounds;
}

/** What moves as one: a group, or each region alone where there is but one group. */
function unitsOf(regions: readonly Region[]): Unit[] {
  const groups = new Map<unknown, Region[]>();
  for (const region of regions) {
    const key = region.group ?? region;
    groups.set(key, [...(groups.get(key) ?? []), region]);
  }
  const parts = groups.size > 1 ? [...groups.values()] : regions.map((region) => [region]);
  return parts.map((part) => ({ regions: part, bounds: unionAll(part.map((region) => ops.bounds(region))) }));
}

const along = (axis: Axis, by: number): [number, number] => (axis === 0 ? [by, 0] : [0, by]);

const moved = ({ regions }: Unit, [dx, dy]: [number, number]): Region[] =>
  Math.hypot(dx, dy) < 1e-9
    ? []
    : regions.map((region) => withGeometry(region, opsOf(region.shape).translate(region.geometry as never, dx, dy)));

const ends = (b: Bounds, axis: Axis): readonly [number, number] => (axis === 0 ? [b[0], b[2]] : [b[1], b[3]]);

const sizeAlong = (b: Bounds, axis: Axis): number => ends(b, axis)[1] - ends(b, axis)[0];

/** Everything to the low side (-1), the middle (0) or the high side (1) of what all of them span. Only what moves. */
export function aligned(regions: readonly Region[], axis: Axis, to: -1 | 0 | 1): Region[] {
  const units = unitsOf(regions);
  const span = unionAll(units.map(({ bounds }) => bounds));
  const place = (b: Bounds) => {
    const [low, high] = ends(b, axis);
    return to < 0 ? low : to > 0 ? high : (low + high) / 2;
  };
  return units.flatMap((unit) => moved(unit, along(axis, place(span) - place(unit.bounds))));
}

/** The same room between one and the next; the outermost stay. */
export function distributed(regions: readonly Region[], axis: Axis): Region[] {
  const middle = ({ bounds }: Unit) => ends(bounds, axis)[0] + ends(bounds, axis)[1];
  const units = unitsOf(regions).sort((a, b) => middle(a) - middle(b));
  const [first, last] = [units[0], units.at(-1)];
  if (!first || !last || units.length < 3) return [];
  const used = units.reduce((sum, { bounds }) => sum + sizeAlong(bounds, axis), 0);
  const room = (ends(last.bounds, axis)[1] - ends(first.bounds, axis)[0] - used) / (units.length - 1);
  let at = ends(first.bounds, axis)[0];
  return units.flatMap((unit) => {
    const by = at - ends(unit.bounds, axis)[0];
    at += sizeAlong(unit.bounds, axis) + room;
    return unit === first || unit === last ? [] : moved(unit, along(axis, by));
  });
}

/** As large as `like`, about their own middles and inside the image. What cannot be drawn in that size stays out. */
export function sized(like: Region, others: readonly Region[], image: ImageSize, outsideAllowed: boolean): Region[] {
  return others.flatMap((region) => {
    const geometry = asLargeAs(like, region);
    if (!geometry) return [];
    const made = withGeometry(region, geometry);
    const b = ops.bounds(made);
    const [dx, dy] = outsideAllowed ? [0, 0] : [inward(b[0], b[2], image.width), inward(b[1], b[3], image.height)];
    return [withGeometry(made, opsOf(made.shape).translate(geometry as never, dx, dy))];
  });
}

const inward = (low: number, high: number, size: number): number =>
  low < 0 ? -low : high > size ? Math.max(size - high, -low) : 0;

function asLargeAs(like: Region, region: Region): Geometry | null {
  // What is turned has a size of its own.
  if (like.shape === "rotated_box" && region.shape === "rotated_box")
    return { ...region.geometry, w: like.geometry.w, h: like.geometry.h };
  if (like.shape === "ellipse" && region.shape === "ellipse")
    return { ...region.geometry, rx: like.geometry.rx, ry: like.geometry.ry };
  const [a, b] = [ops.bounds(like), ops.bounds(region)];
  const scale = (axis: Axis) => (sizeAlong(b, axis) > 0 ? sizeAlong(a, axis) / sizeAlong(b, axis) : 1);
  const [sx, sy] = [scale(0), scale(1)];
  if (!(sx > 0 && sy > 0)) return null;
  const by = scaling(sx, sy, (b[0] + b[2]) / 2, (b[1] + b[3]) / 2);
  return opsOf(region.shape).transform(region.geometry as never, by) as GeometryOf[Region["shape"]] | null;
}
