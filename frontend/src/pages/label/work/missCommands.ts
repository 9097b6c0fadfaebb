import type { Editor } from "@/engine/editor";
import type { Miss, MissWord } from "./misses";
import type { Misses } from "./useMisses";
import type { Notes } from "./useNotes";

export interface MissCommands {
  add(miss: Miss): void;
  refuse(miss: Miss): void;
  keep(miss: Miss): void;
}

/** The three answers to a hint; each goes on to the next one. */
export function missCommands(editor: Editor, misses: Misses, notes: Notes): MissCommands {
  function answered(miss: Miss, word: MissWord) {
    misses.say(miss, word);
    const next = misses.open.find(({ id }) => id !== miss.id);
    notes.show(next ? { kind: "miss", id: next.id, miss: next } : null);
    editor.focus();
  }
  return {
    add(miss) {
      editor.acceptPrediction(miss.id);
      answered(miss, "added");
    },
    refuse: (miss) => answered(miss, "refused"),
    keep: (miss) => answered(miss, "kept"),
  };
}
