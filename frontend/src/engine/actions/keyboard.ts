import type { Editor } from "../editor";
import type { Action } from "./registry";

/** Drawing and reshaping without a mouse. */
export function keyboardActions(editor: Editor): Action[] {
  const { cursor, handles } = editor;
  const act = (id: string, keys: string[], enabled: () => boolean, run: () => void): Action => ({
    id,
    label: id,
    group: "cursor",
    keys,
    enabled,
    run,
  });
  return [
    {
      ...act(
        "cursor.toggle",
        ["Shift+K", "F2"],
        () => cursor.on || editor.schema.classes.length > 0, // where only questions are asked there is nothing to press on
        () => cursor.toggle(),
      ),
      active: () => cursor.on,
    },
    act(
      "cursor.press",
      ["Space"],
      () => cursor.on || handles.on,
      () => (handles.on ? handles.click() : cursor.press()),
    ),
    act(
      "cursor.hold",
      ["Shift+Space"],
      () => cursor.on,
      () => cursor.hold(),
    ),
    {
      ...act(
        "handle.next",
        ["Shift+V"],
        () => handles.some,
        () => handles.step(1),
      ),
      repeats: true,
    },
    {
      ...act(
        "handle.previous",
        ["Mod+Shift+V"],
        () => handles.some,
        () => handles.step(-1),
      ),
      repeats: true,
    },
  ];
}

const ARROWS = { Left: [-1, 0], Right: [1, 0], Up: [0, -1], Down: [0, 1] } as const;
const PAN_STEP = 60; // screen pixels an arrow key moves the view

const REACHES = [
  { suffix: "", held: "", far: 1 },
  { suffix: "Far", held: "Shift+", far: 10 },
] as const;

/** Arrows move by 1 px (Shift 10) the handle in hand, else the keyboard cursor, else what is selected, else the view;
 * with Ctrl the cursor goes far. */
export function arrowActions(editor: Editor): Action[] {
  const { cursor, handles } = editor;
  return Object.entries(ARROWS).flatMap(([name, [dx, dy]]) => {
    const action = (suffix: string, chord: string, run: () => void): Action => ({
      id: `move.${name.toLowerCase()}${suffix}`,
      label: `move.${name.toLowerCase()}${suffix}`,
      group: "move",
      keys: [chord],
      repeats: true,
      run,
    });
    return [
      ...REACHES.map(({ suffix, held, far }) =>
        action(suffix, `${held}Arrow${name}`, () => {
          if (handles.on) handles.move(dx * far, dy * far);
          else if (cursor.on) cursor.move(dx * far, dy * far);
          else if (editor.selection.length) editor.nudgeOnScreen(dx * far, dy * far);
          else editor.pan(-dx * PAN_STEP * Math.sqrt(far), -dy * PAN_STEP * Math.sqrt(far));
        }),
      ),
      { ...action("Stride", `Mod+Arrow${name}`, () => cursor.stride(dx, dy)), enabled: () => cursor.on },
    ];
  });
}
