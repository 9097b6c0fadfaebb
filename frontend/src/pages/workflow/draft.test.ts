import { describe, expect, it } from "vitest";
import {
  highest,
  moved,
  nameOf,
  readBody,
  sameBody,
  stageOf,
  targets,
  type Workflow,
  withChange,
  withoutStage,
  withStage,
} from "./draft";

const body: Workflow = {
  stages: [
    { kind: "annotate", overlap: 2, routes: [{ when: { kind: "has_findings" }, to: "review-1" }] },
    { kind: "review", sample: 0.5 },
    { kind: "adjudicate" },
  ],
  skips_to_triage: 2,
};
const kinds = (one: Workflow) => one.stages.map((stage) => stage.kind);

describe("the draft of a workflow", () => {
  it("puts a consensus before the adjudication that settles what it left open", () => {
    expect(kinds(withStage(body, "consensus"))).toEqual(["annotate", "review", "consensus", "adjudicate"]);
    expect(kinds(withStage(withoutStage(body, 2), "consensus"))).toEqual(["annotate", "review", "consensus"]);
  });

  it("takes routes away with the stage that they lead to", () => {
    const without = withoutStage(body, 1);
    expect(kinds(without)).toEqual(["annotate", "adjudicate"]);
    expect(without.stages[0]?.routes).toEqual([]);
  });

  it("moves a review over a consensus and its adjudication at once", () => {
    const three = withStage(body, "consensus");
    expect(kinds(moved(three, 1, 1))).toEqual(["annotate", "consensus", "adjudicate", "review"]);
    expect(kinds(moved(moved(three, 1, 1), 3, -1))).toEqual(kinds(three));
    expect(moved(body, 1, -1)).toBe(body);
  });

  it("numbers reviews without a name and offers later stages only", () => {
    const two = withStage(body, "review");
    expect([1, 3].map((place) => nameOf(two, place))).toEqual(["review-1", "review-2"]);
    expect(targets(two, 1)).toEqual(["adjudicate", "review-2", "done", "triage"]);
    expect(nameOf(withChange(two, 1, { name: "junior" }), 1)).toBe("junior");
  });

  it("knows the most answers that a task can get", () => {
    expect(highest({ kind: "annotate" })).toBe(1);
    expect(highest({ kind: "annotate", overlap: 2, most: 5 })).toBe(5);
    expect(highest({ kind: "annotate", share: { share: 0.1, overlap: 3 } })).toBe(3);
    expect(highest({ kind: "annotate", share: { share: 0, overlap: 3 } })).toBe(1);
  });

  it("is unchanged where only the order of members or a missing null differs", () => {
    expect(sameBody(body, { skips_to_triage: 2, stages: body.stages })).toBe(true);
    expect(sameBody(body, withChange(body, 0, { most: null }))).toBe(true);
    expect(sameBody(body, withChange(body, 0, { overlap: 3 }))).toBe(false);
  });

  it("finds the stage of a fault, and reads what was typed", () => {
    expect(stageOf("/stages/2/routes/0/to")).toBe(2);
    expect(stageOf("/stages")).toBeNull();
    expect(readBody(JSON.stringify(body))).toEqual(body);
    expect(() => readBody("{}")).toThrow();
  });
});
