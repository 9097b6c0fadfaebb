import type { Geometry, GeometryOf, ImageSize, Region, Shaped, ShapeName } from "../types";
import { box } from "./box";
import { cuboid2d } from "./cuboid2d";
import { ellipse } from "./ellipse";
import { points, polyline } from "./lines";
import { mask } from "./mask";
import type { ShapeOps } from "./ops";
import { polygon } from "./polygon";
import { rotatedBox } from "./rotated_box";
import { skeleton } from "./skeleton";
import { tag } from "./tag";

/** Every shape of the documents. A missing one does not compile. */
export const SHAPES = {
  box,
  rotated_box: rotatedBox,
  ellipse,
  polygon,
  polyline,
  points,
  skeleton,
  mask,
  cuboid2d,
  tag,
} satisfies { [S in ShapeName]: ShapeOps<S> };

export const isShape = (name: string): name is ShapeName => Object.hasOwn(SHAPES, name);

/** The operations for a shape known only by its union: shape and geometry come from one region, so they fit. */
export const opsOf = (shape: ShapeName): ShapeOps<ShapeName> => SHAPES[shape] as unknown as ShapeOps<ShapeName>;

/** Calls take the union; `Shaped` guarantees that the two belong together. */
export const ops = {
  bounds: (r: Shaped) => opsOf(r.shape).bounds(r.geometry as never),
  area: (r: Shaped) => opsOf(r.shape).area(r.geometry as never),
  hitDistance: (r: Shaped, x: number, y: number) => opsOf(r.shape).hitDistance(r.geometry as never, x, y),
  outline: (r: Shaped) => opsOf(r.shape).outline(r.geometry as never),
  toBits: (r: Shaped, image: ImageSize) => opsOf(r.shape).toBits(r.geometry as never, image),
  handles: (r: Shaped) => opsOf(r.shape).handles(r.geometry as never),
  problem: (r: Shaped) => opsOf(r.shape).problem(r.geometry as never),
  vertexCount: (r: Shaped) => opsOf(r.shape).vertexCount?.(r.geometry as never) ?? 0,
  isFilled: (r: Shaped) => opsOf(r.shape).filled,
};

/** The same region with another geometry of its shape, frozen. */
export const withGeometry = (region: Region, geometry: Geometry): Region =>
  Object.freeze({ ...region, geometry } as Region);

export type { DrawHints, Handle, PathSink, ShapeOps } from "./ops";
export type { GeometryOf };
