import type { Schemas } from "@/api/types";
import type { Tone } from "@/ui";

export type Model = Schemas["ModelOut"];
export type ModelVersion = Schemas["ModelVersionOut"];
export type Run = Schemas["PrelabelRunOut"];
export type Training = Schemas["ModelTrainingOut"];
export type Learning = Schemas["LearningOut"];
export type Target = Schemas["Target"];

export const modelsKey = (project: number) => ["project", project, "models"] as const;
/** Mutations of one scope wait for each other. */
export const changesOf = (version: ModelVersion) => ({ id: `model-version-${version.id}` });
export const runsKey = (project: number) => ["project", project, "prelabel"] as const;

export const learningKey = (project: number) => ["project", project, "learning"] as const;

export const TONES: Record<ModelVersion["state"], Tone> = {
  checking: "accent",
  ok: "ok",
  failed: "bad",
  failing: "warn",
};

/** The version that is used: the newest one that is ready, else the newest. */
export function present(model: Model): ModelVersion | null {
  return model.versions.find((one) => isReady(one)) ?? model.versions[0] ?? null;
}

export const isReady = (version: ModelVersion) => version.state === "ok" || version.state === "failing";

/** Variants of a picture can be shown to it, and its answers to them compared. */
export const canVary = ({ backend, kind }: Model) =>
  backend === "trained" ? kind === "classify" : backend === "onnx" && kind !== "semantic";

/** Labels that mean something here come first, then in the model's own order. */
export function sortedLabels(version: ModelVersion): string[] {
  const mapped = version.labels.filter((label) => version.mapping[label]);
  return [...mapped, ...version.labels.filter((label) => !version.mapping[label])];
}

/** A target as the value of a choice, and back. */
export const NOTHING = "nothing";
export function toChoice(target: Target | null | undefined): string {
  if (!target) return NOTHING;
  return target.class ? `class:${target.class}` : `answer:${JSON.stringify([target.attribute, target.value])}`;
}
export function fromChoice(choice: string): Target | null {
  if (choice.startsWith("class:")) return { class: Number(choice.slice(6)) };
  if (!choice.startsWith("answer:")) return null;
  const [attribute, value] = JSON.parse(choice.slice(7)) as [string, string];
  return { attribute, value };
}
