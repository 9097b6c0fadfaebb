import { soundParts } from "../geometry/boolean";
import { contains } from "../geometry/boxes";
import { crossing } from "../geometry/crossing";
import { partArea, withoutRepeats } from "../geometry/polygons";
import type { Geometry, ImageSize, Shaped, ShapeName } from "../types";
import { ops, opsOf } from ".";

/** What the server would find too: `degenerate`, `self_crossing`, `outside_image`, and `repeated_point`. */
const DEFECTS = ["degenerate", "self_crossing", "outside_image", "repeated_point"] as const;
export type Defect = (typeof DEFECTS)[number];

export const isDefect = (code: string): code is Defect => (DEFECTS as readonly string[]).includes(code);

/** What repairing a defect does to a shape, as a name: what is turned is not cut at the edge. */
export const repairName = (shape: ShapeName | undefined, code: Defect): Defect | "brought_inside" =>
  code === "outside_image" && shape && opsOf(shape).fit ? "brought_inside" : code;

const EDGE_TOLERANCE = 0.005; // pixels outside the image that the server cuts without a word
const SPECK = 0.25; // square pixels: what a crossing leaves beside larger parts and nobody drew

/** What is wrong with a shape, told while it is drawn; null when it is sound. An amodal project may reach outside. */
export function defectOf(shaped: Shaped, image: ImageSize, amodal = false): Defect | null {
  const rings = ringsOf(shaped);
  // First: the two halves of a bow tie cancel out, and it only seems to have no area.
  if (rings.some((ring) => ring.length % 2 === 0 && crossing(ring) !== null)) return "self_crossing";
  if (ops.problem(shaped) !== null) return "degenerate";
  if (rings.some((ring) => withoutRepeats(ring).length < ring.length)) return "repeated_point";
  const edge: [number, number, number, number] = [0, 0, image.width, image.height];
  const room = edge.map((c, i) => c + (i < 2 ? -EDGE_TOLERANCE : EDGE_TOLERANCE)) as typeof edge;
  return amodal || shaped.shape === "tag" || contains(room, ops.bounds(shaped)) ? null : "outside_image";
}

/** The shape made sound: null when it is already, an empty list when nothing worth keeping is left. A polygon that
 * crosses itself becomes the parts that the same pixels have; points told twice go; what reaches outside is cut. */
export function repair(shaped: Shaped, image: ImageSize, amodal = false): Shaped[] | null {
  if (defectOf(shaped, image, amodal) === null) return null;
  const tidy = shaped.shape === "polygon" ? soundPolygon(shaped.geometry.parts) : shaped.geometry;
  if (!tidy || problemOf(shaped, tidy) !== null) return [];
  const inside = amodal ? tidy : brought(shaped.shape, tidy, image);
  return inside && problemOf(shaped, inside) === null ? [{ ...shaped, geometry: inside } as Shaped] : [];
}

function brought(shape: ShapeName, geometry: Geometry, image: ImageSize): Geometry | null {
  const { clamp, fit } = opsOf(shape);
  const seen = clamp(geometry as never, image);
  return seen && fit ? fit(seen as never, image) : seen;
}

const problemOf = ({ shape }: Shaped, geometry: Geometry): string | null => ops.problem({ shape, geometry } as Shaped);

const ringsOf = (shaped: Shaped): number[][] => (shaped.shape === "polygon" ? shaped.geometry.parts.flat() : []);

function soundPolygon(parts: readonly number[][][]): Geometry | null {
  const tidy = parts.flatMap((part) => {
    const [outer, ...holes] = part.map(withoutRepeats);
    return outer && outer.length >= 6 ? [[outer, ...holes.filter((hole) => hole.length >= 6)]] : [];
  });
  const crossed = tidy.some((part) => part.some((ring) => crossing(ring) !== null));
  const sound = crossed ? soundParts(tidy) : tidy;
  const largest = Math.max(0, ...sound.map(partArea));
  const kept = sound.filter((part) => partArea(part) > Math.min(SPECK, largest / 2));
  return kept.length ? { parts: kept } : null;
}
