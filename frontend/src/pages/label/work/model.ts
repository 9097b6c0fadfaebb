import { api, apiUrl } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Finder } from "@/engine/editor_parts/finder";
import type { Prompt } from "@/engine/smart/prompts";
import type { GeometryOf, ImageSize } from "@/engine/types";
import { decoder, lately } from "../decoding/decoder";
import type { Asked } from "../decoding/prompting";

type Answer = Schemas["SegmentOut"];

const FIRST_WAIT = 300; // ms until it is asked again whether the image is encoded, growing
const LAST_WAIT = 20_000;
const ENOUGH = 100; // ms: a click answered sooner feels immediate
const MOST_WORDS = 200; // characters
const SCRIBBLED = 6; // places of a scribble that a model is told

/** Projects in which the person asked a model: there each task is encoded as soon as it is opened, or promised. */
const asked = new Set<number>();

export const asksModel = (project: number): boolean => asked.has(project);

/** Have the image of a task encoded; the model that will answer for it, or null where the project has none. */
export async function modelFor(project: number, task: number, signal: AbortSignal): Promise<Finder | null> {
  const told = await encoded(task, signal);
  if (told.state === "none" || !told.source) return null;
  asked.add(project);
  return finderOf(task, told.source);
}

const encoded = (task: number, signal: AbortSignal) =>
  api.post<Schemas["EmbeddingOut"]>(`/tasks/${task}/embedding`, undefined, { background: true, signal });

/** Bring the decoder and what the encoder made of the image here, as soon as that is there. Until then, and where it does not
 * run here, the server answers. Megabytes: only for who has the tool in hand. */
export async function decodeHere(task: number, image: ImageSize, signal: AbortSignal): Promise<void> {
  let told = await encoded(task, signal);
  for (let wait = FIRST_WAIT; told.state === "coming" && wait <= LAST_WAIT; wait *= 1.5) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    told = await encoded(task, signal);
  }
  if (told.state !== "ready" || !told.decoder || !told.version || signal.aborted) return;
  await decoder.open(task, {
    decoder: apiUrl(`/model-versions/${told.version}/decoder`),
    embedding: apiUrl(`/tasks/${task}/embedding`),
    family: told.decoder,
    image: { width: image.width, height: image.height },
  });
}

/** The next task's image, while this one is worked on. Where it may not be known yet, it is encoded once it is opened. */
export function encodeAhead(project: number, task: number): void {
  if (asked.has(project)) void api.post(`/tasks/${task}/embedding`, undefined, { background: true }).catch(() => {});
}

export function finderOf(task: number, source: string): Finder {
  let last: { prompts: readonly Prompt[]; refines: string } | null = null;
  let lastHere: { prompts: readonly Prompt[]; refines: number } | null = null;
  return {
    source: `smart:${source}`,
    async find(prompts, signal, words) {
      async function here(): Promise<GeometryOf["mask"] | null | undefined> {
        const refines = lastHere && goesOn(lastHere.prompts, prompts) ? lastHere.refines : null;
        const found = await decoder.ask(task, askedBy(prompts), refines).catch(() => undefined);
        if (found) lastHere = { prompts, refines: found.refines };
        return found?.mask;
      }
      if (decoder.has(task) && soonerHere()) {
        const mask = await here();
        if (mask !== undefined) return mask;
      }
      const body = {
        ...askedBy(prompts),
        words: words.slice(0, MOST_WORDS),
        ...(last && goesOn(last.prompts, prompts) ? { refines: last.refines } : {}),
      };
      const begun = performance.now();
      try {
        const answer = await api.post<Answer>(`/tasks/${task}/segment`, body, { signal });
        byServer = lately(byServer, performance.now() - begun);
        last = { prompts, refines: answer.refines };
        return answer.mask as GeometryOf["mask"] | null;
      } catch (error) {
        const mask = decoder.has(task) && !signal.aborted ? await here() : undefined;
        if (mask === undefined) throw error;
        return mask;
      }
    },
  };
}

/** ms that the server's answers take of late; null until it was asked. */
let byServer: number | null = null;

/** A decoder of real weights takes long on one thread of a slow computer: then whoever is quicker answers. */
const soonerHere = () => decoder.takes <= ENOUGH || (byServer !== null && decoder.takes < byServer);

/** Whether more was said of the same object. */
const goesOn = (before: readonly Prompt[], prompts: readonly Prompt[]) =>
  before.length < prompts.length && before.every((one, i) => one === prompts[i]);

/** Prompts as the server takes them: some places of a scribble, the last box. */
export function askedBy(prompts: readonly Prompt[]): Pick<Asked, "points"> & Pick<Schemas["SegmentIn"], "box"> {
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
