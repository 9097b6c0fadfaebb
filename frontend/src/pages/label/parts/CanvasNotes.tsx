import { useEffect } from "react";
import type { Editor } from "@/engine/editor";
import type { ClaimDocument } from "../work/desk";
import { useEditorEvent } from "../work/hooks";
import type { MissCommands } from "../work/missCommands";
import type { LabelCommands } from "../work/useLabelCommands";
import type { Notes } from "../work/useNotes";
import type { Repeating } from "../work/useRepeating";
import { AstrayPopover } from "./AstrayPopover";
import { IssueComposer } from "./IssueComposer";
import { MissPopover } from "./MissPopover";
import { NotePopover } from "./NotePopover";

interface CanvasNotesProps {
  editor: Editor;
  doc: ClaimDocument;
  notes: Notes;
  commands?: LabelCommands;
  missed?: MissCommands;
  repeating?: Repeating;
}

/** One popover at a time: a finding, a mark, an issue, or the composer of a new issue. */
export function CanvasNotes({ editor, doc, notes, commands, missed, repeating }: CanvasNotesProps) {
  useEditorEvent(editor, "comment", ({ at, element }) => {
    notes.compose({ at, element });
    editor.setTool("select");
  });
  const { current, composer, show } = notes;
  const open = current !== null || composer !== null;
  useEffect(() => {
    if (!open) return;
    // Before the canvas sees it: the popover goes first, then the tool, then the selection.
    function onKeyDown(event: KeyboardEvent) {
      if (event.key !== "Escape" || document.querySelector("[aria-modal='true'],[role='menu']")) return;
      event.preventDefault();
      event.stopPropagation();
      show(null);
      editor.focus();
    }
    window.addEventListener("keydown", onKeyDown, true);
    return () => window.removeEventListener("keydown", onKeyDown, true);
  }, [open, show, editor]);
  if (composer)
    return (
      <IssueComposer
        key={`${composer.element}:${composer.at.x}:${composer.at.y}`}
        editor={editor}
        project={doc.project.id}
        task={doc.task.id}
        composer={composer}
        onDone={(issue) => {
          if (issue) notes.putIssue(issue);
          notes.compose(null);
          editor.focus();
        }}
      />
    );
  if (!current) return null;
  if (current.kind === "astray")
    return (
      <AstrayPopover editor={editor} element={current.element} onRight={() => repeating?.liesRight(current.element)} />
    );
  if (current.kind === "miss")
    return missed ? <MissPopover editor={editor} miss={current.miss} commands={missed} /> : null;
  return (
    <NotePopover
      key={current.id}
      editor={editor}
      note={current}
      repair={commands?.repairOf(current)}
      onKeep={() => notes.keep(current)}
      onIssue={notes.putIssue}
      onClose={() => notes.show(null)}
    />
  );
}
