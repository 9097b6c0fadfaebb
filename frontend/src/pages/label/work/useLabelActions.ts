import { useEffect, useRef } from "react";
import type { Action } from "@/engine/actions/registry";
import type { Editor } from "@/engine/editor";
import { attachKeys } from "@/engine/input/input";

/** What the page adds to the canvas' own actions; they always see the newest state of the page. */
export interface PageAction {
  id: string;
  group: string;
  keys: string[];
  enabled?: () => boolean;
  active?: () => boolean;
  run: () => void;
}

const inDialog = () => document.querySelector("[aria-modal='true']") !== null;
const inMenu = () => document.querySelector("[role='menu']") !== null;
/** Escape that closed a menu or a popover does nothing else, though what it was pressed in is gone by now. */
const closes = (event: KeyboardEvent, chord: string) =>
  chord === "Escape" &&
  event.target instanceof Element &&
  event.target.closest("[role='menu'],[role='dialog']") !== null;

/** Register the page's actions in the editor's registry and run all of them by their keys. */
export function usePageActions(editor: Editor | null, actions: PageAction[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  const ids = actions.map(({ id }) => id).join(" ");
  useEffect(() => {
    if (!editor || ids === "") return;
    const find = (id: string) => latest.current.find((action) => action.id === id);
    return editor.actions.add(
      ...ids.split(" ").map(
        (id): Action => ({
          id,
          label: id,
          group: find(id)?.group ?? "task",
          keys: find(id)?.keys ?? [],
          enabled: () => {
            const action = find(id);
            return action !== undefined && (action.enabled?.() ?? true);
          },
          ...(find(id)?.active ? { active: () => find(id)?.active?.() ?? false } : {}),
          run: () => find(id)?.run(),
        }),
      ),
    );
  }, [editor, ids]);
}

export function usePageKeys(editor: Editor | null, touch: () => void): void {
  const touched = useRef(touch);
  touched.current = touch;
  useEffect(() => {
    if (!editor) return;
    const stop = attachKeys(editor, window, { skip: (event, chord) => inDialog() || inMenu() || closes(event, chord) });
    const active = () => touched.current();
    window.addEventListener("pointerdown", active);
    window.addEventListener("wheel", active, { passive: true });
    window.addEventListener("keydown", active);
    return () => {
      stop();
      window.removeEventListener("pointerdown", active);
      window.removeEventListener("wheel", active);
      window.removeEventListener("keydown", active);
    };
  }, [editor]);
}
