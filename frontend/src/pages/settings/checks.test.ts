import { expect, test } from "vitest";
import { type Choices, chosenRule, withRule } from "./checks";

const NONE: Choices = { rules: {}, counts: [], apart: [], names: [] };
const TINY = {
  code: "tiny",
  level: "warning" as const,
  when: "save" as const,
  told: false,
  parameters: [{ name: "z", default: 5, least: 2, most: 50 }],
};

test("a rule of which nothing was chosen runs at its own level", () => {
  expect(chosenRule(NONE, "tiny")).toEqual({ on: true, level: null, parameters: {} });
});

test("what equals a rule's own default is not kept, so that defaults may improve", () => {
  const strict = withRule(withRule(NONE, TINY, { level: "stop" }), TINY, { parameters: { z: 4 } });
  expect(strict.rules).toEqual({ tiny: { level: "stop", parameters: { z: 4 } } });
  const back = withRule(withRule(strict, TINY, { level: "warning" }), TINY, { parameters: { z: 5 } });
  expect(back.rules).toEqual({});
});

test("a rule that is switched off keeps its level for when it is switched on again", () => {
  const off = withRule(withRule(NONE, TINY, { level: "stop" }), TINY, { on: false });
  expect(off.rules.tiny).toEqual({ on: false, level: "stop" });
  expect(withRule(off, TINY, { on: true }).rules.tiny).toEqual({ level: "stop" });
});

test("an emptied number goes back to the default", () => {
  const four = withRule(NONE, TINY, { parameters: { z: 4 } });
  expect(withRule(four, TINY, { parameters: { z: null } }).rules).toEqual({});
});
