import { useEffect } from "react";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import type { Finder } from "@/engine/editor_parts/finder";
import type { Prompt } from "@/engine/smart/prompts";
import type { GeometryOf } from "@/engine/types";
import type { Work } from "./desk";
import { useEditorEvents } from "./hooks";

type Answer = Schemas["SegmentOut"];

const SCRIBBLED = 6; // places of a scribble that a model is told

/** Projects whose tasks are encoded as soon as they are opened: the person asked a model there. */
const asked = new Set<number>();

/** The project's interactive model, for the smart tool: the image is encoded as soon as the tool, or the next task, is
 * taken in hand. */
export function useModel(editor: Editor, work: Work | null): void {
  useEditorEvents(editor, "tool");
  const smart = editor.tool === "smart";
  const task = work?.doc.task.id;
  const project = work?.doc.project.id;
  const wanted = Boolean(work?.session) && (smart || (project !== undefined && asked.has(project)));
  useEffect(() => {
    if (!wanted || task === undefined || project === undefined) return;
    const stop = new AbortController();
    const { signal } = stop;
    void api
      .post<Schemas["EmbeddingOut"]>(`/tasks/${task}/embedding`, undefined, { background: true, signal })
      .then(({ state, source }) => {
        if (signal.aborted) return;
        if (state === "none" || !source) return editor.finding.use(null);
        asked.add(project);
        editor.finding.use(finderOf(task, source));
      })
      .catch(() => {});
    return () => {
      stop.abort();
      editor.finding.use(null);
    };
  }, [editor, task, project, wanted]);
}

function finderOf(task: number, source: string): Finder {
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
