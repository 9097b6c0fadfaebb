import type { Editor } from "../editor";
import type { Action } from "./registry";

export const FLAGS = ["truncated", "difficult", "crowd", "ignore", "uncertain"] as const;

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
    act(
      "beginTrack",
      [],
      () => chosen().some(({ track }) => track === undefined),
      () => editor.beginTrack(),
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
    ...placingActions(editor, act),
    ...FLAGS.map(
      (flag, i): Action => ({
        ...act(flag, [`Alt+${i + 1}`], some, () => editor.toggleFlag(flag)),
        active: () => some() && chosen().every(({ flags }) => flags?.includes(flag)),
      }),
    ),
  ];
}

type Act = (id: string, keys: string[], enabled: () => boolean, run: () => void) => Action;

/** Sides are those of the screen. */
function placingActions(editor: Editor, act: Act): Action[] {
  const atLeast = (count: number) => () => !editor.readOnly && editor.placedRegions().length >= count;
  const [two, three] = [atLeast(2), atLeast(3)];
  return [
    act("alignLeft", ["Alt+A"], two, () => editor.align(0, -1)),
    act("alignCentre", ["Alt+H"], two, () => editor.align(0, 0)),
    act("alignRight", ["Alt+D"], two, () => editor.align(0, 1)),
    act("alignTop", ["Alt+W"], two, () => editor.align(1, -1)),
    act("alignMiddle", ["Alt+V"], two, () => editor.align(1, 0)),
    act("alignBottom", ["Alt+S"], two, () => editor.align(1, 1)),
    act("distributeAcross", ["Alt+Shift+H"], three, () => editor.distribute(0)),
    act("distributeDown", ["Alt+Shift+V"], three, () => editor.distribute(1)),
    act("sameSize", ["Alt+Z"], two, () => editor.sameSize()),
  ];
}
