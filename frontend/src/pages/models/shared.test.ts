import { expect, test } from "vitest";
import { fromChoice, type Model, type ModelVersion, NOTHING, present, sortedLabels, toChoice } from "./shared";

const version = (state: ModelVersion["state"], number: number): ModelVersion =>
  ({
    state,
    number,
    labels: ["a", "b", "c"],
    mapping: { a: null, b: { class: 2 }, c: null },
  }) as unknown as ModelVersion;

test("a choice is the target that it was made of", () => {
  for (const target of [{ class: 3 }, { attribute: "weather", value: "rain: a lot" }, null])
    expect(fromChoice(toChoice(target))).toEqual(target);
  expect(toChoice(undefined)).toBe(NOTHING);
});

test("the newest version that is ready is used, and a broken one only where there is no other", () => {
  const model = (...states: ModelVersion["state"][]) =>
    ({ versions: states.map((state, index) => version(state, 9 - index)) }) as unknown as Model;
  expect(present(model("failed", "failing", "ok"))?.number).toBe(8);
  expect(present(model("failed", "checking"))?.number).toBe(9);
  expect(present(model())).toBeNull();
});

test("labels that mean something come first", () => {
  expect(sortedLabels(version("ok", 1))).toEqual(["b", "a", "c"]);
});
