import { expect, test } from "vitest";
import { ActionRegistry } from "@/engine";
import { isSingleKey, keyMapOf, usableFor } from "./keyMap";

const preferences = (changes: object) => ({ key_preset: "labelwright" as const, keys: {}, ...changes }) as never;

test("own keys stand over the preset, and the preset over the defaults", () => {
  const map = keyMapOf(preferences({ key_preset: "labelimg", keys: { "task.next": ["J"] } }));
  expect(map["tool.box"]).toEqual(["W", "B"]);
  expect(map["task.next"]).toEqual(["J"]);
});

test.each([
  ["B", true],
  ["Shift+R", true],
  ["?", true],
  ["Mod+Z", false],
  ["Escape", false],
  ["F2", false],
  ["Delete", false],
])("%s is a single key: %s", (chord, single) => expect(isSingleKey(chord)).toBe(single));

test("without single keys, letters run nothing and are shown nowhere", () => {
  const registry = new ActionRegistry();
  registry.add({ id: "a", label: "a", group: "edit", keys: ["A", "Mod+A"], run: () => {} });
  registry.remap({}, usableFor(preferences({ single_keys: false })));
  expect(registry.find("A")).toBeUndefined();
  expect(registry.find("Mod+A")?.id).toBe("a");
  expect(registry.keysOf("a")).toEqual(["Mod+A"]);
});
