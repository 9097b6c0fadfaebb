/** The documents the engine reads and writes. Coordinates are float pixels of the image as displayed: origin at the
 * top-left corner of the top-left pixel, y down, a pixel's centre at +0.5, boxes half-open. */

export type ElementId = string;
export type ClassId = number;

export interface GeometryOf {
  box: { x: number; y: number; w: number; h: number };
  /** `angle` in degrees, clockwise on screen, in [-180, 180). */
  rotated_box: { cx: number; cy: number; w: number; h: number; angle: number };
  ellipse: { cx: number; cy: number; rx: number; ry: number; angle: number };
  /** Parts of [outer, hole, …]; a ring is flat [x0, y0, x1, y1, …] and not closed. */
  polygon: { parts: number[][][] };
  polyline: { points: number[] };
  points: { points: number[] };
  /** Name → [x, y, v]; v: 0 absent, 1 hidden, 2 visible. */
  skeleton: { joints: Record<string, [number, number, number]> };
  /** COCO compressed RLE of the crop at (x, y), column-major; large ones are a blob by hash. */
  mask: { x: number; y: number; size: [number, number]; counts?: string; blob?: string };
  cuboid2d: { front: [number, number, number, number]; back: [number, number, number, number] };
  tag: Record<string, never>;
}

export type ShapeName = keyof GeometryOf;
export type Geometry = GeometryOf[ShapeName];
/** A shape and its geometry that belong together. */
export type Shaped = { [S in ShapeName]: { shape: S; geometry: GeometryOf[S] } }[ShapeName];

export type RegionFlag = "truncated" | "difficult" | "crowd" | "ignore" | "uncertain";
export type AttributeValue = string | number | boolean | string[] | null;
export type Attributes = Readonly<Record<string, AttributeValue>>;

interface RegionFields {
  readonly id: ElementId;
  readonly class: ClassId;
  readonly attributes: Attributes;
  readonly stream?: string;
  readonly frame?: number;
  readonly parent?: ElementId;
  readonly role?: string;
  readonly group?: string | number;
  /** The number of the thing that it shows in its sequence of images. */
  readonly track?: number;
  readonly z?: number;
  readonly occluded?: boolean;
  readonly flags?: readonly RegionFlag[];
  /** Who made it: a person, `import:<name>` or `model:version`. Written by the server, kept as it came. */
  readonly source?: unknown;
}

/** One labelled thing. Frozen: a change is a new object under the same id. */
export type Region = RegionFields & Readonly<Shaped>;
export type RegionOf<S extends ShapeName> = RegionFields & { readonly shape: S; readonly geometry: GeometryOf[S] };

/** A region of a shape this client does not know: listed as a placeholder, never drawn, never sent back. */
export interface UnknownRegion {
  readonly id: ElementId;
  readonly class: ClassId | null;
  readonly shape: string;
}

/** What the server calls an element, as the claim document carries it. */
export interface ElementRow {
  kind: "region" | "track" | "keyframe" | "answer";
  version: number;
  // biome-ignore lint/suspicious/noExplicitAny: elements are checked one by one by `readRegion`
  element: any;
}

/** One element before and after; null before is new, null after is deleted. */
export type Change =
  | { readonly kind: "region"; readonly id: ElementId; readonly before: Region | null; readonly after: Region | null }
  | {
      readonly kind: "answer";
      readonly id: string;
      readonly before: AttributeValue;
      readonly after: AttributeValue;
    };

/** user: the hand of the person. history: undo and redo. remote: the server or another device; not sent, not undone. */
export type Origin = "user" | "history" | "remote" | "load";

export interface Diff {
  readonly label: string;
  readonly origin: Origin;
  readonly changes: readonly Change[];
}

export interface SchemaAttribute {
  name: string;
  title?: string | null;
  kind: "select" | "multiselect" | "boolean" | "number" | "text";
  options?: string[];
  required?: boolean;
  default?: AttributeValue;
  scope?: "region" | "track" | "item";
  mutable?: boolean;
  when?: { attribute: string; in: AttributeValue[] } | null;
}

export interface SkeletonDef {
  joints: string[];
  edges: [number, number][];
  mirror?: [number, number][];
  /** Where each joint lies in a frame of 1 × 1. */
  positions?: [number, number][] | null;
}

export interface SchemaClass {
  id: ClassId;
  name: string;
  title?: string | null;
  color: string;
  shapes: string[];
  parent?: ClassId | null;
  key?: string | null;
  order?: number;
  archived?: boolean;
  attributes?: SchemaAttribute[];
  skeleton?: SkeletonDef | null;
  readonly description?: string | null;
  readonly examples?: readonly { readonly caption?: string; readonly verdict?: "good" | "bad" }[];
}

export interface LabelSchema {
  classes: SchemaClass[];
  item_attributes?: SchemaAttribute[];
}

/** A model's answer, never edited: `U` makes a region of it. */
export interface Prediction {
  readonly id: string;
  readonly region: Region;
  readonly score: number | null;
}

/** What an automated check says about one region; drawn as a badge. */
export interface FindingMark {
  readonly id: string;
  readonly element: ElementId;
}

/** The pin of an issue, at a point or on a region. */
export interface Pin {
  readonly id: string;
  readonly at: { x: number; y: number } | { element: ElementId };
  readonly label: string;
  readonly resolved?: boolean;
}

/** How one region is shown in review and adjudication instead of its ordinary look. */
export type Decoration =
  | { readonly kind: "added" }
  | { readonly kind: "changed"; readonly before: Region; readonly note?: string }
  | { readonly kind: "removed" }
  | { readonly kind: "gold" }
  /** `person` numbers the maker from 0: hue and dash follow it. */
  | { readonly kind: "conflict"; readonly person: number; readonly number?: number }
  | { readonly kind: "agreed" };

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** 16-bit raw values shown as black at `low` and white at `high`. */
export interface Levels {
  readonly low: number;
  readonly high: number;
}
