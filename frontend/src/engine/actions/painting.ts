import type { Editor } from "../editor";
import { isMask } from "../scene/semantic";
import type { Action } from "./registry";

const PAINTS = new Set(["brush", "eraser", "superpixel"]);

/** What can be done with masks beyond drawing them, and with the gaps of a semantic project. */
export function paintingActions(editor: Editor): Action[] {
  const chosen = () => !editor.readOnly && editor.editableRegions().some(isMask);
  const semantic = () => editor.semantic;
  const act = (id: string, group: string, keys: string[], enabled: () => boolean, run: () => void): Action => ({
    id,
    label: id,
    group,
    keys,
    enabled,
    run,
  });
  const size = (by: 1 | -1) => () => editor.sizeTool(by);
  return [
    { ...act("mask.smaller", "mask", ["["], () => PAINTS.has(editor.tool), size(-1)), repeats: true },
    { ...act("mask.larger", "mask", ["]"], () => PAINTS.has(editor.tool), size(1)), repeats: true },
    act("mask.fillHoles", "mask", ["Shift+H"], chosen, () => editor.fillHoles()),
    act("mask.removeBeneath", "mask", ["Shift+B"], chosen, () => editor.removeBeneath()),
    act("gap.next", "gap", ["G"], semantic, () => editor.nextGap()),
    act(
      "gap.fill",
      "gap",
      ["Shift+G"],
      () => semantic() && !editor.readOnly,
      () => editor.fillGap(),
    ),
    act(
      "gap.fillNearest",
      "gap",
      ["Alt+G"],
      () => semantic() && !editor.readOnly,
      () => editor.fillGapNearest(),
    ),
    {
      ...act("gap.show", "gap", [], semantic, () => editor.setView({ gaps: !editor.view.gaps })),
      active: () => editor.view.gaps,
    },
  ];
}
