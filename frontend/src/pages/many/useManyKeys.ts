import { useEffect, useRef } from "react";
import { useMe } from "@/api/me";
import { keyMapOf, usableFor } from "@/app/keys/keyMap";
import { chordOf, normaliseChord } from "@/engine";

const ANSWERS = "1234567890".split("");

export interface ManyCommands {
  answer: (place: number) => void;
  handIn: () => void;
  takeBack: () => void;
  all: () => void;
  none: () => void;
  enlarge: () => void;
  next: () => void;
}

/** The keys of this person for the answers, as they are spelled on the classification page. */
export function useAnswerKeys(): string[] {
  const map = keyMapOf(useMe().preferences);
  return ANSWERS.map((key) => normaliseChord((map[`answer.${key}`] ?? [key])[0] ?? ""));
}

/** Keys of the page. They wait while somebody types or a dialog is open; Enter and Space belong to a button that has the focus. */
export function useManyKeys(commands: ManyCommands, enabled: boolean): void {
  const me = useMe();
  const answers = useAnswerKeys();
  const latest = useRef({ commands, answers, usable: usableFor(me.preferences) });
  latest.current = { commands, answers, usable: usableFor(me.preferences) };
  useEffect(() => {
    if (!enabled) return;
    function onKeyDown(event: KeyboardEvent) {
      const { commands: does, answers: keys, usable } = latest.current;
      const target = event.target instanceof HTMLElement ? event.target : null;
      if (event.defaultPrevented || event.repeat || target?.closest("input, textarea, select, [aria-modal='true']"))
        return;
      if (document.querySelector("[aria-modal='true']")) return;
      const chord = chordOf(event);
      if (chord === "Enter" && target?.closest("button, a")) return;
      const named: Record<string, () => void> = {
        Enter: does.handIn,
        Backspace: does.takeBack,
        "Mod+A": does.all,
        Escape: does.none,
        V: does.enlarge,
        N: does.next,
      };
      const place = keys.indexOf(chord);
      const run = place >= 0 ? () => does.answer(place) : named[chord];
      if (!run || !usable(chord)) return;
      event.preventDefault();
      run();
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [enabled]);
}
