import type { Affine } from "../geometry/affine";
import type { Bits } from "../geometry/bits";
import type { Bounds } from "../geometry/boxes";
import type { GeometryOf, ImageSize, ShapeName, SkeletonDef } from "../types";

/** A place to grab. `id` means something to its own shape only. */
export interface Handle {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly cursor: string;
  /** Corners and vertices before edges before the whole: the one to take when several are near. */
  readonly rank?: number;
}

/** What draw paths go into: a CanvasRenderingContext2D or a Path2D. */
export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
  rect(x: number, y: number, w: number, h: number): void;
  ellipse(cx: number, cy: number, rx: number, ry: number, rotation: number, start: number, end: number): void;
  arc(cx: number, cy: number, r: number, start: number, end: number): void;
}

export interface DrawHints {
  /** Image pixels a screen pixel: details finer than this need no drawing. */
  readonly pixel: number;
  readonly skeleton?: SkeletonDef | null;
}

export interface ResizeOptions {
  /** Keep the proportions (Shift). */
  readonly square: boolean;
}

/** Everything the engine asks of a shape; adding a shape is one file and one line in the registry. */
export interface ShapeOps<S extends ShapeName> {
  /** Filled inside, so that a click inside hits it. */
  readonly filled: boolean;
  bounds(g: GeometryOf[S]): Bounds;
  /** Square image pixels; 0 for lines and points. */
  area(g: GeometryOf[S]): number;
  /** Distance to the shape's outline or points in image pixels; 0 or less inside a filled one. */
  hitDistance(g: GeometryOf[S], x: number, y: number): number;
  translate(g: GeometryOf[S], dx: number, dy: number): GeometryOf[S];
  /** Scaled, turned, flipped and moved; null when the shape cannot show it (an upright box at 30°). */
  transform(g: GeometryOf[S], by: Affine): GeometryOf[S] | null;
  /** What it encloses, as polygon parts; null for what encloses nothing. */
  outline(g: GeometryOf[S]): number[][][] | null;
  /** The pixels whose centres it encloses, as the server sets them; null for what encloses nothing. */
  toBits(g: GeometryOf[S], image: ImageSize): Bits | null;
  handles(g: GeometryOf[S]): Handle[];
  /** Drag a handle to a place. */
  resize(g: GeometryOf[S], handle: string, x: number, y: number, options: ResizeOptions): GeometryOf[S];
  path(g: GeometryOf[S], sink: PathSink, hints: DrawHints): void;
  /** Null when fine, else what is wrong, as a code the server uses too. */
  problem(g: GeometryOf[S]): string | null;
  /** Cut to the image, or null when nothing of it is in there. What cannot be cut and stay the same shape is kept whole. */
  clamp(g: GeometryOf[S], image: ImageSize): GeometryOf[S] | null;
  /** Brought wholly into the image, of a shape that is not cut. */
  fit?(g: GeometryOf[S], image: ImageSize): GeometryOf[S];
  /** Click on the line: a new vertex there, and the handle it got. Null when the shape has none. */
  insertVertex?(g: GeometryOf[S], x: number, y: number): { geometry: GeometryOf[S]; handle: string } | null;
  /** The place on the line where a vertex would go, with its distance. */
  edgeAt?(g: GeometryOf[S], x: number, y: number): { x: number; y: number; distance: number } | null;
  /** Null when the shape would be no more. */
  removeVertex?(g: GeometryOf[S], handle: string): GeometryOf[S] | null;
  /** A click on a handle that moves nothing. */
  clickVertex?(g: GeometryOf[S], handle: string): GeometryOf[S];
  vertexCount?(g: GeometryOf[S]): number;
}

export const allFinite = (...values: number[]): boolean => values.every(Number.isFinite);
