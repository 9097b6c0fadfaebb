import { useEffect, useMemo, useState } from "react";
import { api } from "@/api/client";
import type { Editor } from "@/engine/editor";
import type { Work } from "./desk";
import { useEditorEvents } from "./hooks";
import { type Miss, type MissWord, missesOf, uncovered } from "./misses";

export interface Misses {
  /** What is asked about and not answered yet, the surest first. */
  open: readonly Miss[];
  /** Before a submit: what has to be asked first. Asked once, a second submit leaves the rest as it is. */
  ask(): Miss | null;
  say(miss: Miss, word: MissWord): void;
}

interface Asked {
  readonly work: Work;
  readonly misses: readonly Miss[];
  readonly answered: ReadonlySet<string>;
}

/** Hints at what a model surely sees and nobody has drawn: silent until a submit. */
export function useMisses(editor: Editor, work: Work | null): Misses {
  const version = useEditorEvents(editor, "change");
  const [state, setState] = useState<Asked | null>(null);
  const hinted = useMemo(() => (work?.session ? missesOf(work.doc) : []), [work]);
  const asked = state?.work === work ? state : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor's regions are another list after each change
  const open = useMemo(
    () => (asked ? uncovered(asked.misses, editor.regions()).filter(({ id }) => !asked.answered.has(id)) : []),
    [asked, editor, version],
  );
  useEffect(() => {
    editor.setHinted(open.map(({ id }) => id));
  }, [editor, open]);

  function tell(misses: readonly Miss[], word: MissWord): void {
    if (!work || misses.length === 0) return;
    const answers = misses.map(({ prediction, region }) => ({ prediction, element: region.id, said: word }));
    // What does not arrive is missing from the model's figures, and stops nobody.
    void api
      .post(`/annotations/${work.doc.annotation.id}/hints`, { answers }, { background: true, keepalive: true })
      .catch(() => {});
  }

  return {
    open,
    ask() {
      if (!work) return null;
      if (asked) {
        const rest = asked.misses.filter(({ id }) => !asked.answered.has(id));
        const left = uncovered(rest, editor.regions());
        tell(left, "kept");
        tell(
          rest.filter((miss) => !left.includes(miss)),
          "added", // drawn by hand since it was asked
        );
        setState({ ...asked, answered: new Set(asked.misses.map(({ id }) => id)) });
        return null;
      }
      const found = uncovered(hinted, editor.regions());
      if (found.length > 0) setState({ work, misses: found, answered: new Set() });
      return found[0] ?? null;
    },
    say(miss, word) {
      if (!asked) return;
      tell([miss], word);
      setState({ ...asked, answered: new Set(asked.answered).add(miss.id) });
    },
  };
}
