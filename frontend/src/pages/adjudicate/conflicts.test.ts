import { describe, expect, it } from "vitest";
import { type Answers, agreedOf, conflictsOf, isSettled, nextOpen } from "./conflicts";

const region = (id: string, cls: number) => ({
  id,
  class: cls,
  shape: "box",
  geometry: { x: 1, y: 2, w: 30, h: 40 },
  attributes: {},
});
const common = (id: string, agreed: boolean, likeness: number | null, members: [string, string][]) => ({
  region: region(id, 1),
  agreed,
  why: agreed ? [] : ["support"],
  members: members.map(([letter, of]) => ({ letter, region: of, class_id: 1, likeness: 0.9 })),
  missing: [],
  support: members.length / 3,
  likeness,
  method: "fusion",
  votes: [],
});
const answers = {
  task: 1,
  blind: true,
  answers: [
    { letter: "A", person: null, regions: [region("a1", 1), region("a2", 1)], answers: {} },
    { letter: "B", person: null, regions: [region("b1", 2)], answers: {} },
  ],
  pairs: [],
  regions: [
    common("near", false, 0.8, [
      ["A", "a1"],
      ["B", "b1"],
    ]),
    common("wide", false, 0.3, [
      ["A", "a2"],
      ["B", "b1"],
    ]),
    common("lone", false, null, [["A", "a2"]]),
    common("same", true, 0.95, [
      ["A", "a1"],
      ["B", "b1"],
    ]),
  ],
  items: [
    { name: "weather", value: null, agreed: false, said: { A: "rain", B: "clear" } },
    { name: "light", value: "dusk", agreed: true, said: { A: "dusk" } },
  ],
  consensus: null,
  agreement: 0.5,
} as unknown as Answers;

describe("conflicts between answers", () => {
  it("come widest first, questions last, and leave out what is agreed", () => {
    expect(conflictsOf(answers).map(({ id }) => id)).toEqual(["wide", "near", "lone", "item:weather"]);
    expect(agreedOf(answers).map(({ id }) => id)).toEqual(["same"]);
  });

  it("offer each answer and what they have in common; a lone one only itself", () => {
    const [wide, , lone, weather] = conflictsOf(answers);
    expect(wide?.options.map(({ letter }) => letter)).toEqual(["A", "B", null]);
    expect(lone?.options.map(({ letter }) => letter)).toEqual(["A"]);
    expect(weather?.options.map(({ value }) => value)).toEqual(["rain", "clear"]);
  });

  it("are settled while what was chosen is there, and open again when it is undone", () => {
    const [wide] = conflictsOf(answers);
    const taken = new Map([["wide", { letter: "A", region: "new" }]]);
    expect(isSettled(wide!, taken, (id) => id === "new")).toBe(true);
    expect(isSettled(wide!, taken, () => false)).toBe(false);
    expect(isSettled(wide!, new Map([["wide", { letter: null, region: null }]]), () => false)).toBe(true);
  });

  it("lead on to the next open one, going round, and stay at the last", () => {
    const all = conflictsOf(answers);
    expect(nextOpen(all, 1, ({ id }) => id !== "wide")).toBe(0);
    expect(nextOpen(all, 2, () => true)).toBe(2);
  });
});
