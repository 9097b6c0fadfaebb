import type { Schemas } from "@/api/types";

export type Workflow = Schemas["Workflow"];
export type Stage = Workflow["stages"][number];
export type Annotate = Extract<Stage, { kind: "annotate" }>;
export type Consensus = Extract<Stage, { kind: "consensus" }>;
export type Review = Extract<Stage, { kind: "review" }>;
export type Adjudicate = Extract<Stage, { kind: "adjudicate" }>;
export type Route = NonNullable<Annotate["routes"]>[number];
export type Predicate = Route["when"];
export type Kind = Stage["kind"];

export const DONE = "done";
export const TRIAGE = "triage";
export const MOST_LEVELS = 5;

export const annotateOf = (body: Workflow): Annotate =>
  body.stages.find((stage) => stage.kind === "annotate") as Annotate;

/** The most answers that a task can get. */
export function highest(annotate: Annotate): number {
  const share = annotate.share && (annotate.share.share ?? 0) > 0 ? (annotate.share.overlap ?? 2) : 0;
  return Math.max(annotate.overlap ?? 1, annotate.most ?? 0, share);
}

/** What routes call a stage: a review without a name is numbered. */
export function nameOf(body: Workflow, place: number): string {
  const stage = body.stages[place]!;
  if (stage.name) return stage.name;
  if (stage.kind !== "review") return stage.kind;
  return `review-${body.stages.slice(0, place + 1).filter((one) => one.kind === "review").length}`;
}

/** The number of a review stage, from 1. */
export const levelOf = (body: Workflow, place: number) =>
  body.stages.slice(0, place + 1).filter((one) => one.kind === "review").length;

/** Where a stage of this kind goes: what may come once stands in its one place, reviews at the end. */
export function withStage(body: Workflow, kind: Kind): Workflow {
  const stages = [...body.stages];
  const consensus = stages.findIndex((stage) => stage.kind === "consensus");
  const adjudicate = stages.findIndex((stage) => stage.kind === "adjudicate");
  if (kind === "review") stages.push({ kind: "review", sample: 1 });
  else if (kind === "consensus") stages.splice(adjudicate >= 0 ? adjudicate : stages.length, 0, { kind: "consensus" });
  else stages.splice(consensus >= 0 ? consensus + 1 : stages.length, 0, { kind: "adjudicate" });
  return { ...body, stages };
}

export function withoutStage(body: Workflow, place: number): Workflow {
  const name = nameOf(body, place);
  const stages = body.stages
    .filter((_, at) => at !== place)
    .map((stage) => ({ ...stage, routes: stage.routes?.filter((route) => route.to !== name) }) as Stage);
  return { ...body, stages };
}

export function withChange(body: Workflow, place: number, change: object): Workflow {
  const stages = body.stages.map((stage, at) => (at === place ? ({ ...stage, ...change } as Stage) : stage));
  return { ...body, stages };
}

/** Moves a review one place up or down; it never leaves its side of a consensus that adjudication follows. */
export function moved(body: Workflow, place: number, step: -1 | 1): Workflow {
  let to = place + step;
  const kinds = body.stages.map((stage) => stage.kind);
  const pair = kinds.includes("consensus") && kinds.includes("adjudicate");
  if (pair && kinds[to] === (step > 0 ? "consensus" : "adjudicate")) to += step;
  if (to < 1 || to >= body.stages.length) return body;
  const stages = [...body.stages];
  const [stage] = stages.splice(place, 1);
  stages.splice(to, 0, stage!);
  return { ...body, stages };
}

/** Later stages that a route from here may lead to, then done and triage. */
export const targets = (body: Workflow, place: number): string[] => [
  ...body.stages.map((_, at) => nameOf(body, at)).slice(place + 1),
  DONE,
  TRIAGE,
];

/** Equal whatever the order of members, and whether a member is missing or null. */
export function sameBody(a: Workflow, b: Workflow): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return Object.fromEntries(members.sort(([x], [y]) => x.localeCompare(y)).map(([name, one]) => [name, sorted(one)]));
}

/** The place of a fault that the server found: the stage it stands in, or null for the whole. */
export function stageOf(pointer: string): number | null {
  const found = /^\/stages\/(\d+)/.exec(pointer);
  return found ? Number(found[1]) : null;
}

export function readBody(text: string): Workflow {
  const read = JSON.parse(text) as Partial<Workflow>;
  if (typeof read !== "object" || read === null || !Array.isArray(read.stages)) throw new Error("stages");
  return read as Workflow;
}
