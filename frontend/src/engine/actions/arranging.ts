import type { Editor } from "../editor";
import type { Action } from "./registry";

/** How regions stand to each other: groups, parents, what lies above what, and what one takes over from another. */
export function arrangingActions(editor: Editor): Action[] {
  const chosen = () => (editor.readOnly ? [] : editor.editableRegions());
  const act = (id: string, keys: string[], enabled: () => boolean, run: () => void): Action => ({
    id: `region.${id}`,
    label: `region.${id}`,
    group: "region",
    keys,
    enabled,
    run,
  });
  const several = () => chosen().length > 1;
  const some = () => chosen().length > 0;
  return [
    act("group", ["Mod+G"], several, () => editor.group()),
    act(
      "ungroup",
      ["Mod+Shift+G"],
      () => chosen().some(({ group }) => group !== undefined),
      () => editor.ungroup(),
    ),
    act("setParent", ["Shift+P"], several, () => editor.setParent()),
    act(
      "clearParent",
      ["Alt+P"],
      () => chosen().some(({ parent }) => parent !== undefined),
      () => editor.clearParent(),
    ),
    act("toFront", ["Shift+PageUp"], some, () => editor.toEnd(1)),
    act("toBack", ["Shift+PageDown"], some, () => editor.toEnd(-1)),
    act("forward", ["PageUp"], some, () => editor.stepZ(1)),
    act("backward", ["PageDown"], some, () => editor.stepZ(-1)),
    act(
      "eyedropper",
      ["I"],
      () => !editor.readOnly && editor.regionToTake() !== null,
      () => editor.takeFromPointer(),
    ),
  ];
}
