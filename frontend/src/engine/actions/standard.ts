import type { Editor } from "../editor";
import type { ToolId } from "../public";
import { arrangingActions } from "./arranging";
import { arrowActions, keyboardActions } from "./keyboard";
import { mendingActions } from "./mending";
import { paintingActions } from "./painting";
import type { Action } from "./registry";
import { shapingActions } from "./shaping";

const ZOOM_STEP = 1.25;
const CLASS_KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

/** All that the canvas itself can do. Pages add their own (submit, comment …) to the same registry. */
export function standardActions(editor: Editor): Action[] {
  return [
    ...toolActions(editor),
    ...shapingActions(editor),
    ...mendingActions(editor),
    ...paintingActions(editor),
    ...editActions(editor),
    ...regionActions(editor),
    ...arrangingActions(editor),
    ...viewActions(editor),
    ...keyboardActions(editor),
    ...arrowActions(editor),
    ...classActions(editor),
  ];
}

function toolActions(editor: Editor): Action[] {
  const tool = (id: ToolId, ...keys: string[]): Action => ({
    id: `tool.${id}`,
    label: `tool.${id}`,
    group: "tools",
    keys,
    enabled: () => editor.canTake(id),
    active: () => editor.tool === id,
    run: () => {
      if (id === "polygon") editor.setOption("polygonMode", "new");
      editor.setTool(id);
    },
  });
  return [
    tool("select", "V"),
    tool("pan"),
    tool("box", "B"),
    tool("rotated_box", "R"),
    tool("ellipse", "E"),
    tool("polygon", "P"),
    tool("polyline", "L"),
    tool("points", "K"),
    tool("skeleton", "J"),
    tool("cuboid2d"),
    tool("cut", "Shift+X"),
    tool("brush", "M"),
    tool("eraser", "Shift+M"),
    tool("superpixel", "Shift+S"),
    tool("smart", "S"),
    tool("tag"),
    {
      id: "tool.repeat",
      label: "tool.repeat",
      group: "tools",
      keys: ["N"],
      enabled: () => !editor.readOnly,
      run: () => editor.repeatTool(),
    },
    {
      id: "tool.cancel",
      label: "tool.cancel",
      group: "tools",
      keys: ["Escape"],
      // First what is being drawn goes, then the handle in hand, the tool, the selection, and last the keyboard cursor.
      run: () => {
        if (editor.cancel() || editor.handles.drop()) return;
        if (editor.tool !== "select") editor.setTool("select");
        else if (editor.selection.length) editor.select([]);
        else editor.cursor.leave();
      },
    },
    {
      id: "tool.finish",
      label: "tool.finish",
      group: "tools",
      keys: ["Enter"],
      enabled: () => editor.busy || editor.tool === "tag" || editor.paintsSelection || editor.cursor.takesEnter,
      run: () => (editor.cursor.on ? editor.cursor.enter() : editor.handle({ type: "enter" })),
    },
    {
      id: "tool.back",
      label: "tool.back",
      group: "tools",
      keys: ["Backspace"],
      enabled: () => editor.busy,
      repeats: true,
      run: () => editor.handle({ type: "back" }),
    },
  ];
}

function editActions(editor: Editor): Action[] {
  const some = () => editor.selection.length > 0;
  const canEdit = () => some() && !editor.readOnly;
  const edit = (id: string, keys: string[], enabled: () => boolean, run: () => void, repeats = false): Action => ({
    id: `edit.${id}`,
    label: `edit.${id}`,
    group: "edit",
    keys,
    enabled,
    run,
    repeats,
  });
  return [
    edit(
      "undo",
      ["Mod+Z"],
      () => editor.canUndo,
      () => editor.undo(),
      true,
    ),
    edit(
      "redo",
      ["Mod+Shift+Z", "Mod+Y"],
      () => editor.canRedo,
      () => editor.redo(),
      true,
    ),
    edit("copy", ["Mod+C"], some, () => editor.copy()),
    edit(
      "paste",
      ["Mod+V"],
      () => editor.canPaste && !editor.readOnly,
      () => editor.paste(),
    ),
    edit(
      "selectAll",
      ["Mod+A"],
      () => editor.regions().length > 0,
      () =>
        editor.select(editor.regions().flatMap(({ id }) => (editor.isHidden(id) || editor.isLocked(id) ? [] : [id]))),
    ),
    { ...edit("duplicate", ["Mod+D"], canEdit, () => editor.duplicate()), id: "region.duplicate" },
    {
      ...edit("delete", ["Delete"], canEdit, () => editor.handles.remove() || editor.remove(editor.selection)),
      id: "region.delete",
    },
  ];
}

function regionActions(editor: Editor): Action[] {
  const some = () => editor.selection.length > 0;
  const region = (id: string, keys: string[], enabled: () => boolean, run: () => void): Action => ({
    id: `region.${id}`,
    label: `region.${id}`,
    group: "region",
    keys,
    enabled,
    run,
  });
  const step = (by: 1 | -1) => () => editor.cycle(by);
  return [
    // Without a selection it hides all, or shows all when some are hidden.
    region(
      "hide",
      ["H"],
      () => editor.regions().length > 0,
      () => editor.toggleHidden(),
    ),
    region("lock", ["Shift+L"], some, () => editor.toggleLocked()),
    region(
      "occluded",
      ["Q"],
      () => some() && !editor.readOnly,
      () => editor.toggleOccluded(),
    ),
    { ...region("next", ["Tab"], () => editor.regions().length > 0, step(1)), repeats: true },
    { ...region("previous", ["Shift+Tab"], () => editor.regions().length > 0, step(-1)), repeats: true },
    region(
      "usePrediction",
      ["U"],
      () => !editor.readOnly && editor.predictionAtPointer() !== null,
      () => {
        const id = editor.predictionAtPointer();
        if (id) editor.acceptPrediction(id);
      },
    ),
    region(
      "usePredictions",
      ["Alt+Shift+U"],
      () => !editor.readOnly && editor.stage.offers().length > 0,
      () => editor.acceptPredictions(),
    ),
  ];
}

function viewActions(editor: Editor): Action[] {
  const view = (id: string, keys: string[], run: () => void, repeats = false): Action => ({
    id: `view.${id}`,
    label: `view.${id}`,
    group: "view",
    keys,
    run,
    repeats,
  });
  type Switch = "names" | "crossHair" | "predictions" | "loupe" | "equalise" | "pixelGrid";
  const toggle = (name: Switch, key: string): Action => ({
    ...view(name, [key], () => editor.setView({ [name]: !editor.view[name] })),
    active: () => editor.view[name],
  });
  return [
    view("fit", ["Z"], () => editor.fit()),
    view("zoomIn", ["+", "="], () => editor.zoom(ZOOM_STEP, editor.cursor.screen), true),
    view("zoomOut", ["-"], () => editor.zoom(1 / ZOOM_STEP, editor.cursor.screen), true),
    view("actualSize", ["Shift+Z"], () => editor.zoom(1 / editor.camera.zoom)),
    toggle("names", "Alt+N"),
    toggle("crossHair", "Alt+K"),
    toggle("predictions", "Alt+U"),
    toggle("loupe", "Alt+L"),
    toggle("equalise", "Alt+E"),
    { ...view("channel", ["Alt+C"], () => editor.nextChannel()), active: () => editor.view.channel !== "all" },
    view("turnRight", ["Alt+R"], () => editor.turn(1)),
    view("turnLeft", ["Alt+Shift+R"], () => editor.turn(-1)),
    { ...view("mirror", ["Alt+X"], () => editor.mirrorView()), active: () => editor.camera.flipped },
    toggle("pixelGrid", "Shift+I"),
    view("reset", [], () => editor.resetView()),
  ];
}

/** 1…9 0: the class with that key, else the class in that place of the list. */
function classActions(editor: Editor): Action[] {
  return CLASS_KEYS.map((key, i) => ({
    id: `class.${key}`,
    label: `class.${i + 1}`,
    group: "class",
    keys: [key],
    enabled: () => !editor.readOnly && editor.classForKey(key) !== null,
    run: () => {
      const id = editor.classForKey(key);
      if (id !== null) editor.setClass(id, { apply: true });
    },
  }));
}
