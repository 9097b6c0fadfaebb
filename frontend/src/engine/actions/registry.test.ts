import { expect, test } from "vitest";
import { Editor } from "../editor";
import { PRESETS } from "./presets";
import { ActionRegistry, chordOf, normaliseChord } from "./registry";

const key = (key: string, code: string, held: Partial<Record<"ctrl" | "meta" | "alt" | "shift", boolean>> = {}) => ({
  key,
  code,
  ctrlKey: held.ctrl ?? false,
  metaKey: held.meta ?? false,
  altKey: held.alt ?? false,
  shiftKey: held.shift ?? false,
});

/** The keys as they are promised; this list wins over any other. */
const PROMISED: Record<string, string> = {
  V: "tool.select",
  B: "tool.box",
  P: "tool.polygon",
  K: "tool.points",
  N: "tool.repeat",
  Escape: "tool.cancel",
  Enter: "tool.finish",
  "Mod+Z": "edit.undo",
  "Mod+Shift+Z": "edit.redo",
  "Mod+Y": "edit.redo",
  Delete: "region.delete",
  "Mod+C": "edit.copy",
  "Mod+V": "edit.paste",
  "Mod+D": "region.duplicate",
  H: "region.hide",
  Q: "region.occluded",
  Tab: "region.next",
  Z: "view.fit",
  U: "region.usePrediction",
  "Shift+L": "region.lock",
  "Mod+G": "region.group",
  "Mod+Shift+G": "region.ungroup",
  I: "region.eyedropper",
  "1": "class.1",
  "0": "class.0",
};

test("every promised key belongs to its action", () => {
  const { actions } = new Editor();
  for (const [chord, id] of Object.entries(PROMISED)) expect(actions.keysOf(id).map(normaliseChord)).toContain(chord);
});

test("no two actions of the canvas claim the same key", () => {
  expect(new Editor().actions.conflicts()).toEqual([]);
});

test.each(Object.entries(PRESETS))("the preset %s gives no key of the canvas away twice", (_, preset) => {
  const { actions } = new Editor();
  expect(actions.conflicts(preset)).toEqual([]);
});

test("a conflict names the key and both actions", () => {
  const registry = new ActionRegistry();
  const action = (id: string, keys: string[]) => ({ id, label: id, group: "edit", keys, run: () => {} });
  registry.add(action("a", ["Mod+K"]), action("b", ["B"]));
  expect(registry.conflicts({ b: ["Mod+k"] })).toEqual([{ chord: "Mod+K", actions: ["a", "b"] }]);
});

test("a remapped key runs its action and the old one no longer does", () => {
  const { actions } = new Editor();
  actions.remap({ "tool.box": ["W"] });
  expect(actions.find("W")?.id).toBe("tool.box");
  expect(actions.find("B")).toBeUndefined();
});

test("a disabled action leaves its key to nobody, and an id may be taken once only", () => {
  const registry = new ActionRegistry();
  const action = { id: "a", label: "a", group: "edit", keys: ["A"], enabled: () => false, run: () => {} };
  const remove = registry.add(action);
  expect(registry.find("A")).toBeUndefined();
  expect(registry.run("a")).toBe(false);
  expect(() => registry.add(action)).toThrow("registered twice");
  remove();
  expect(registry.get("a")).toBeUndefined();
});

test.each([
  [key("z", "KeyZ", { ctrl: true }), "Mod+Z"],
  [key("Z", "KeyZ", { meta: true, shift: true }), "Mod+Shift+Z"],
  [key("R", "KeyR", { shift: true }), "Shift+R"],
  [key("?", "Slash", { shift: true }), "?"],
  [key("я", "KeyZ"), "Z"],
  [key("7", "Digit7"), "7"],
  [key("è", "Digit7"), "7"],
  [key(" ", "Space", { ctrl: true }), "Mod+Space"],
  [key("ArrowLeft", "ArrowLeft", { shift: true }), "Shift+ArrowLeft"],
  [key("+", "Equal", { shift: true }), "+"],
])("the press %o is the chord %s", (event, chord) => {
  expect(chordOf(event)).toBe(chord);
});
