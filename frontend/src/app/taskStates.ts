import type { Schemas } from "@/api/types";
import type { Tone } from "@/ui/Chip";

export type TaskState = Schemas["TaskRow"]["state"];

/** States in the order bars and legends show them, with their colour and the tone of their chip. Words: `common:taskState`. */
export const TASK_STATES: { state: TaskState; color: string; tone: Tone }[] = [
  { state: "done", color: "var(--lw-ok-fill)", tone: "ok" },
  { state: "in_review", color: "var(--lw-chart-1)", tone: "accent" },
  { state: "annotating", color: "var(--lw-chart-2)", tone: "accent" },
  { state: "rework", color: "var(--lw-warn-fill)", tone: "warn" },
  { state: "parked", color: "var(--lw-class-13)", tone: "warn" },
  { state: "comparing", color: "var(--lw-class-5)", tone: "accent" },
  { state: "conflict", color: "var(--lw-bad-fill)", tone: "bad" },
  { state: "triage", color: "var(--lw-class-8)", tone: "bad" },
  { state: "waiting", color: "var(--lw-chart-3)", tone: "neutral" },
];

export function stateParts(states: Record<string, number>): { key: TaskState; value: number; color: string }[] {
  return TASK_STATES.map(({ state, color }) => ({ key: state, value: states[state] ?? 0, color }));
}

export function toneOf(state: string): Tone {
  return TASK_STATES.find((one) => one.state === state)?.tone ?? "neutral";
}
