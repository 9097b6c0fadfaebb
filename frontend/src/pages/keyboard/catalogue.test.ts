import { expect, test } from "vitest";
import { words as de } from "@/app/i18n/de";
import { words as en } from "@/app/i18n/en";
import { PRESETS } from "@/engine";
import { catalogue, clashes, isReserved, keysOf } from "./catalogue";

const entries = catalogue();
const entry = (id: string) => entries.find((one) => one.id === id)!;

test("the catalogue holds the actions of the canvas and of all three pages", () => {
  const ids = entries.map(({ id }) => id);
  for (const id of [
    "cursor.toggle",
    "cursor.press",
    "handle.next",
    "move.leftStride",
    "class.search",
    "attributes.focus",
  ])
    expect(ids).toContain(id);
  for (const id of ["tool.box", "task.submit", "review.accept", "review.reason9", "answer.1", "answer.takeBack"])
    expect(ids).toContain(id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(entry("review.accept").places).toEqual(["review"]);
  expect(entry("tool.box").places).toEqual(["label", "review"]);
  expect(entry("view.fit").places).toEqual(["label", "review", "classify"]);
});

test.each(Object.keys(PRESETS))("the preset %s has no clash on any page", (name) => {
  expect(clashes(entries, PRESETS[name as keyof typeof PRESETS])).toEqual([]);
});

test("two actions of one page with one key clash, and those of different pages do not", () => {
  expect(clashes(entries, { "tool.box": ["P"] })).toEqual([{ chord: "P", actions: ["tool.box", "tool.polygon"] }]);
  expect(clashes(entries, { "review.accept": ["Mod+Enter"] })).toEqual([]);
});

test("an action without a map has its default keys, in one spelling", () => {
  expect(keysOf(entry("edit.redo"), {})).toEqual(["Mod+Shift+Z", "Mod+Y"]);
  expect(keysOf(entry("edit.redo"), { "edit.redo": ["shift+j"] })).toHaveLength(1);
});

test("keys of the browser cannot be given away", () => {
  expect(isReserved("Mod+W")).toBe(true);
  expect(isReserved("Mod+B")).toBe(false);
});

test.each([
  ["English", en],
  ["German", de],
])("every action and every group has a name in %s", (_, words) => {
  const said = (path: string) => path.split(".").reduce<unknown>((at, key) => (at as never)?.[key], words.actions);
  const nameless = entries.flatMap(({ label, group }) => [label, `group.${group}`]).filter((key) => !said(key));
  expect(nameless).toEqual([]);
});
