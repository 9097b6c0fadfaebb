import { REACH } from "../editor_parts/view";
import { alongBorder, holdAt } from "../scene/borders";
import type { Stage } from "../stage";
import type { ElementId } from "../types";
import type { ToolOptions } from "./options";
import { FINGER_REACH, HANDLE_REACH, type ToolView } from "./tool";

/** What a tool sees of the stage. */
export function viewOf(
  stage: Stage,
  options: ToolOptions,
  together: (id: ElementId) => readonly ElementId[],
): ToolView {
  const pixel = 1 / stage.camera.zoom;
  return {
    image: stage.image,
    pixel,
    reach: stage.coarse ? FINGER_REACH : HANDLE_REACH,
    readOnly: stage.readOnly,
    selection: stage.selection,
    region: (id) => stage.scene.get(id),
    editable: (id) => stage.picker.targetable(id),
    under: (at) => stage.picker.under(at.x, at.y, REACH * pixel),
    inside: (box) => stage.picker.inside(box),
    together,
    outsideAllowed: stage.amodal,
    semantic: stage.semantic,
    options,
    hold: (at) => holdAt(stage, at, HANDLE_REACH * pixel),
    between: (from, to) => alongBorder(stage, from, to),
    superpixels: stage.superpixels,
    field: stage.field,
    model: stage.model,
    shapes: stage.classes.get(stage.currentClass ?? -1)?.shapes ?? [],
    skeleton: stage.classes.get(stage.currentClass ?? -1)?.skeleton ?? null,
  };
}
