/** What pages import. Everything else inside `engine/` is private. */

export { PRESETS } from "./actions/presets";
export {
  type Action,
  ActionRegistry,
  chordOf,
  type KeyConflict,
  type KeyMap,
  normaliseChord,
} from "./actions/registry";
export { Editor } from "./editor";
export { uuid7 } from "./ids";
export { applyLevels, type ImageSource } from "./image/source";
export { attachKeys, type KeysOptions } from "./input/input";
export type { EditorApi, EditorEvents, EditorOptions, LoadOptions, ToolId, ViewSettings } from "./public";
export { readRegion } from "./scene/picker";
export { isShape, ops as shapeOps, SHAPES } from "./shapes";
export type * from "./types";
