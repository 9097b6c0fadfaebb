import { describe, expect, it } from "vitest";
import { flowOf, sameFlow, type Workflow, withFlow } from "./flow";

const workflow: Workflow = {
  stages: [{ kind: "annotate", overlap: 3 }, { kind: "review", sample: 0.25 }, { kind: "adjudicate" }],
  skips_to_triage: 2,
};

describe("the workflow's form", () => {
  it("shows answers, review levels in percent and adjudication", () => {
    expect(flowOf(workflow)).toEqual({ overlap: 3, reviews: [25], adjudicate: true, skips: 2 });
  });

  it("writes back what it read, and keeps what it does not ask", () => {
    expect(withFlow(workflow, flowOf(workflow))).toEqual(workflow);
  });

  it("has no adjudication where only one answer is wanted", () => {
    const kinds = withFlow(workflow, { ...flowOf(workflow), overlap: 1 }).stages.map((stage) => stage.kind);
    expect(kinds).toEqual(["annotate", "review"]);
  });

  it("can do without review", () => {
    expect(withFlow(workflow, { ...flowOf(workflow), reviews: [] }).stages).toHaveLength(2);
  });

  it("notices a change", () => {
    expect(sameFlow(flowOf(workflow), { ...flowOf(workflow), reviews: [100] })).toBe(false);
  });
});
