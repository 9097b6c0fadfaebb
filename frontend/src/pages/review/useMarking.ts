import { useState } from "react";
import type { Editor } from "@/engine/editor";
import type { Work } from "../label/work/desk";
import { useEditorEvent, useOtherTask } from "../label/work/hooks";
import type { Notes } from "../label/work/useNotes";
import type { MarkIn, MarkPlace } from "./Marks";

export interface Marking {
  /** Where a mark is being made; null while none is. */
  place: MarkPlace | null;
  /** A click on the canvas will place a mark, not an issue. */
  placing: boolean;
  startMark: () => void;
  startIssue: () => void;
  /** What is wrong there; null gives it up. */
  choose: (kind: MarkIn["kind"] | null) => void;
}

/** Marks and issues begin alike: on the selected region, else where the canvas is clicked next. */
export function useMarking(editor: Editor, work: Work | null, notes: Notes, addMark: (mark: MarkIn) => void): Marking {
  const [place, setPlace] = useState<MarkPlace | null>(null);
  const [placing, setPlacing] = useState(false);
  // A mark that was begun on one task is not made on the next.
  useOtherTask(work, () => {
    setPlace(null);
    setPlacing(false);
    if (placing) editor.setTool("select");
  });
  useEditorEvent(editor, "comment", ({ at, element }) => {
    if (!placing) return;
    setPlace({ element, point: element ? null : { x: at.x, y: at.y } });
    editor.setTool("select");
  });
  return {
    place,
    placing,
    startMark() {
      const [first] = editor.selection;
      notes.show(null);
      if (first) return setPlace({ element: first, point: null });
      setPlacing(true);
      editor.setTool("comment");
    },
    startIssue() {
      const [first] = editor.selection;
      setPlacing(false);
      setPlace(null);
      if (first) notes.compose({ at: { x: 0, y: 0 }, element: first });
      else editor.setTool("comment");
    },
    choose(kind) {
      if (kind && place)
        addMark({
          kind,
          severity: "major",
          note: "",
          element: place.element,
          point: place.element ? null : place.point,
        });
      setPlace(null);
      setPlacing(false);
      editor.focus();
    },
  };
}
