import type { Editor } from "@/engine/editor";
import type { AttributeValue, Region } from "@/engine/types";
import type { TaskSession } from "@/session";
import { useSessionEvent } from "./hooks";

/** What the server stored otherwise than it was sent, and what other tabs and devices do, on the canvas. */
export function useOthers(editor: Editor, session: TaskSession | null): void {
  useSessionEvent(session, "stored", ({ kind, element }) => {
    if (kind === "region") editor.applyRemote([{ id: element.id, region: element }]);
  });
  useSessionEvent(session, "others", (changes) => {
    const regions = changes.flatMap(({ kind, id, element }) =>
      kind === "region" && !same(editor.region(id) ?? null, element) ? [{ id, region: element as Region | null }] : [],
    );
    const answers = changes.flatMap(({ kind, id, element }) =>
      kind === "answer" && !same(editor.answers()[id] ?? null, element)
        ? [{ name: id, value: element as AttributeValue }]
        : [],
    );
    if (regions.length || answers.length) editor.applyRemote(regions, answers);
  });
}

/** What is there already is no change: it would take away what can be undone. */
const same = (here: unknown, there: unknown): boolean => JSON.stringify(here) === JSON.stringify(there ?? null);
