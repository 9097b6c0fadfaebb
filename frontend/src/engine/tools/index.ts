import type { ToolId } from "../public";
import type { ShapeName } from "../types";
import { boxTool } from "./box";
import { brushTool, eraserTool } from "./brush";
import { cuboid2dTool } from "./cuboid2d";
import { cutTool } from "./cut";
import { ellipseTool } from "./ellipse";
import { pointsTool } from "./points";
import { polygonTool } from "./polygon";
import { polylineTool } from "./polyline";
import { rotatedBoxTool } from "./rotated_box";
import { selectTool } from "./select";
import { commentTool, panTool, tagTool } from "./simple";
import { skeletonTool } from "./skeleton";
import { smartTool } from "./smart";
import { superpixelTool } from "./superpixel";
import { type RunningTool, run } from "./tool";

/** A fresh machine of each tool. */
export const TOOLS: Record<ToolId, () => RunningTool> = {
  select: () => run(selectTool),
  pan: () => run(panTool),
  box: () => run(boxTool),
  rotated_box: () => run(rotatedBoxTool),
  ellipse: () => run(ellipseTool),
  polygon: () => run(polygonTool),
  polyline: () => run(polylineTool),
  points: () => run(pointsTool),
  skeleton: () => run(skeletonTool),
  cuboid2d: () => run(cuboid2dTool),
  cut: () => run(cutTool),
  brush: () => run(brushTool),
  eraser: () => run(eraserTool),
  superpixel: () => run(superpixelTool),
  smart: () => run(smartTool),
  tag: () => run(tagTool),
  comment: () => run(commentTool),
};

const SMART: readonly string[] = ["polygon", "mask", "box"];

/** Does a class with these shapes use the tool? A polygon can also be the outline of a mask. */
export const drawsOneOf = (tool: ToolId, shapes: readonly string[]): boolean => {
  if (tool === "smart") return SMART.some((shape) => shapes.includes(shape));
  const shape = tool === "cut" ? "polygon" : SHAPE_OF_TOOL[tool];
  return shape !== undefined && (shapes.includes(shape) || (tool === "polygon" && shapes.includes("mask")));
};

/** What a tool draws. Only classes that allow the shape can be drawn with it. */
export const SHAPE_OF_TOOL: Partial<Record<ToolId, ShapeName>> = {
  box: "box",
  rotated_box: "rotated_box",
  ellipse: "ellipse",
  polygon: "polygon",
  polyline: "polyline",
  points: "points",
  skeleton: "skeleton",
  cuboid2d: "cuboid2d",
  brush: "mask",
  eraser: "mask",
  superpixel: "mask",
  tag: "tag",
  smart: "polygon",
};

export { moveRegions } from "./select";
export type {
  Command,
  Hold,
  Modifiers,
  Preview,
  RunningTool,
  SmartAnswer,
  SmartRequest,
  Spot,
  ToolEvent,
  ToolView,
} from "./tool";
