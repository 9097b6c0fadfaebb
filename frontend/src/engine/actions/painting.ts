import type { Editor } from "../editor";
import { isMask } from "../scene/semantic";
import type { Action } from "./registry";

const PAINTS = new Set(["brush", "eraser", "superpixel"]);
const METHODS = ["cut", "wand", "wire", "model"] as const;

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
  const sized = () => PAINTS.has(editor.tool) || editor.wandInHand;
  const smart = () => editor.tool === "smart" && !editor.readOnly;
  return [
    { ...act("mask.smaller", "mask", ["["], sized, size(-1)), repeats: true },
    { ...act("mask.larger", "mask", ["]"], sized, size(1)), repeats: true },
    {
      ...act("smart.side", "smart", ["Alt+O"], smart, () =>
        editor.setOption("smartInside", !editor.options.smartInside),
      ),
      active: () => !editor.options.smartInside,
    },
    act("smart.method", "smart", ["Alt+M"], smart, () => {
      const methods = METHODS.slice(0, editor.stage.model === null ? 3 : 4);
      const next = methods[(methods.indexOf(editor.options.smartMethod) + 1) % methods.length];
      if (next) editor.setOption("smartMethod", next);
    }),
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
