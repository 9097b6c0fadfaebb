import type { ToolId } from "../public";
import { boxTool } from "./box";
import { polygonTool } from "./polygon";
import { selectTool } from "./select";
import { commentTool, panTool, pointsTool, tagTool } from "./simple";
import { type RunningTool, run } from "./tool";

/** A fresh machine of each tool. */
export const TOOLS: Record<ToolId, () => RunningTool> = {
  select: () => run(selectTool),
  pan: () => run(panTool),
  box: () => run(boxTool),
  polygon: () => run(polygonTool),
  points: () => run(pointsTool),
  tag: () => run(tagTool),
  comment: () => run(commentTool),
};

export { moveRegions } from "./select";
export type { Command, Modifiers, Preview, RunningTool, Spot, ToolEvent, ToolView } from "./tool";
