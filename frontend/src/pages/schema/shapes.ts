import type { IconName } from "@/ui";

/** Shapes that a class may allow, in the order they are offered; the ones that can be drawn on images first. */
export const SHAPES = [
  "box",
  "polygon",
  "points",
  "tag",
  "rotated_box",
  "ellipse",
  "polyline",
  "skeleton",
  "mask",
  "cuboid2d",
] as const;

export const SHAPE_ICONS: Record<string, IconName> = {
  box: "box",
  polygon: "polygon",
  points: "points",
  tag: "tag",
  rotated_box: "rotated-box",
  ellipse: "ellipse",
  polyline: "polyline",
  skeleton: "skeleton",
  mask: "brush",
  cuboid2d: "layers",
};
