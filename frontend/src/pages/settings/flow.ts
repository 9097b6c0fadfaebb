import type { Schemas } from "@/api/types";

export type Workflow = Schemas["Workflow"];

/** What the form asks about a workflow. */
export interface Flow {
  /** Independent answers to a task. */
  overlap: number;
  /** Share of answers that are reviewed at each level, 0 to 100; an empty list: no review. */
  reviews: number[];
  adjudicate: boolean;
  skips: number;
}

export function flowOf(workflow: Workflow): Flow {
  const annotate = workflow.stages.find((stage) => stage.kind === "annotate");
  return {
    overlap: (annotate && "overlap" in annotate ? annotate.overlap : 1) ?? 1,
    reviews: workflow.stages.flatMap((stage) =>
      stage.kind === "review" ? [Math.round(("sample" in stage ? (stage.sample ?? 1) : 1) * 100)] : [],
    ),
    adjudicate: workflow.stages.some((stage) => stage.kind === "adjudicate"),
    skips: workflow.skips_to_triage ?? 2,
  };
}

/** The next version: only what the form asks changes, everything else stays as it was. */
export function withFlow(workflow: Workflow, flow: Flow): Workflow {
  return {
    ...workflow,
    skips_to_triage: flow.skips,
    stages: [
      { kind: "annotate", overlap: flow.overlap },
      ...flow.reviews.map((percent) => ({ kind: "review" as const, sample: percent / 100 })),
      // With one answer there is nothing to settle between answers.
      ...(flow.adjudicate && flow.overlap > 1 ? [{ kind: "adjudicate" as const }] : []),
    ],
  };
}

export const sameFlow = (a: Flow, b: Flow) => JSON.stringify(a) === JSON.stringify(b);
