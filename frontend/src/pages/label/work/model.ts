import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Finder } from "@/engine/editor_parts/finder";
import type { Prompt } from "@/engine/smart/prompts";
import type { GeometryOf } from "@/engine/types";

type Answer = Schemas["SegmentOut"];

const SCRIBBLED = 6; // places of a scribble that a model is told

/** Projects in which the person asked a model: there each task is encoded as soon as it is opened, or promised. */
const asked = new Set<number>();

export const asksModel = (project: number): boolean => asked.has(project);

/** Have the image of a task encoded; the model that will answer for it, or null where the project has none. */
export async function modelFor(project: number, task: number, signal: AbortSignal): Promise<Finder | null> {
  const told = await api.post<Schemas["EmbeddingOut"]>(`/tasks/${task}/embedding`, undefined, {
    background: true,
    signal,
  });
  if (told.state === "none" || !told.source) return null;
  asked.add(project);
  return finderOf(task, told.source);
}

/** The next task's image, while this one is worked on. Where it may not be known yet, it is encoded once it is opened. */
export function encodeAhead(project: number, task: number): void {
  if (asked.has(project)) void api.post(`/tasks/${task}/embedding`, undefined, { background: true }).catch(() => {});
}

export function finderOf(task: number, source: string): Finder {
  let last: { prompts: readonly Prompt[]; refines: string } | null = null;
  return {
    source: `smart:${source}`,
    async find(prompts, signal) {
      const goesOn = last && last.prompts.length < prompts.length && last.prompts.every((one, i) => one === prompts[i]);
      const body = { ...wordsOf(prompts), ...(goesOn && last ? { refines: last.refines } : {}) };
      const answer = await api.post<Answer>(`/tasks/${task}/segment`, body, { signal });
      last = { prompts, refines: answer.refines };
      return answer.mask as GeometryOf["mask"] | null;
    },
  };
}

/** Prompts as the server takes them: some places of a scribble, the last box. */
export function wordsOf(prompts: readonly Prompt[]): Schemas["SegmentIn"] {
  const points = prompts.flatMap((prompt) => {
    if (prompt.kind === "box") return [];
    const flat = prompt.kind === "click" ? prompt.at : prompt.points;
    const step = Math.max(1, Math.ceil(flat.length / 2 / SCRIBBLED));
    const places = Array.from({ length: Math.ceil(flat.length / 2 / step) }, (_, i) => 2 * i * step);
    return places.map((at) => ({ x: flat[at] as number, y: flat[at + 1] as number, inside: prompt.inside }));
  });
  const box = prompts.findLast((prompt) => prompt.kind === "box")?.box;
  return { points, ...(box ? { box: [...box] as [number, number, number, number] } : {}) };
}
