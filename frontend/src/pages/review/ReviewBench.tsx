import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import type { Editor } from "@/engine/editor";
import { GuidelineDrawer } from "../label/parts/GuidelineDrawer";
import { KeysDialog } from "../label/parts/KeysDialog";
import { LiveRegion } from "../label/parts/LiveRegion";
import { ToolRail } from "../label/parts/ToolRail";
import type { Desk, DeskState, Work } from "../label/work/desk";
import { useKeptView } from "../label/work/keptView";
import { useToolOptions } from "../label/work/toolOptions";
import { usePageActions, usePageKeys } from "../label/work/useLabelActions";
import { useLive } from "../label/work/useLive";
import { useNeighbours } from "../label/work/useNeighbours";
import { useNotes } from "../label/work/useNotes";
import { useOthers } from "../label/work/useOthers";
import { useWorkOnCanvas } from "../label/work/useWorkOnCanvas";
import { topicOf } from "../label/work/words";
import { Judged } from "./Judged";
import { ReviewCanvas } from "./ReviewCanvas";
import { ReviewPanel } from "./ReviewPanel";
import { reviewActions } from "./reviewActions";
import { showChange } from "./showChange";
import { useComparison } from "./useComparison";
import { useMarking } from "./useMarking";
import { useVerdict } from "./useVerdict";
import { Verdict } from "./Verdict";

export interface ReviewBenchProps {
  desk: Desk;
  state: DeskState;
  work: Work | null;
  editor: Editor;
  editing: boolean;
  setEditing: (editing: boolean) => void;
  guideline: boolean;
  setGuideline: (open: boolean) => void;
  /** Takes the queue's filters away; null where there are none. */
  onClear: (() => void) | null;
}

/** Everything that judging needs of the work on the canvas, and the keys for it. */
function useBench({ desk, work, editor, editing, setEditing }: ReviewBenchProps) {
  const picture = useWorkOnCanvas(editor, work, { desk });
  useKeptView(editor, work?.doc.asset);
  useToolOptions(editor);
  useLive(editor, work);
  const notes = useNotes(editor, work);
  const comparison = useComparison(editor, picture.loaded === work ? work : null, editing);
  const noteField = useRef<HTMLInputElement>(null);
  const focusNote = () => noteField.current?.focus();
  const [keys, setKeys] = useState(false);
  const { edited } = comparison;
  const judging = useVerdict({ desk, work, edited, startEditing: () => setEditing(true), focusReason: focusNote });
  const marking = useMarking(editor, work, notes, judging.addMark);
  const neighbours = useNeighbours(desk.projectId, "review", work);
  // While judging nothing may move by accident; `E` opens the draft for fixes.
  editor.stage.readOnly = !editing || !work?.session;
  // What is drawn with is put down with the regions.
  useEffect(() => {
    if (!editing) editor.setTool("select");
  }, [editor, editing]);
  useOthers(editor, work?.session ?? null);
  usePageActions(
    editor,
    reviewActions({
      editor,
      desk,
      work,
      neighbours,
      editing,
      setEditing,
      judging,
      comparison,
      notes,
      marking,
      showChange: (change) => showChange(editor, comparison, change),
      showKeys: () => setKeys(true),
      focusNote,
    }),
  );
  usePageKeys(editor, () => work?.session?.touch());
  return { picture, notes, comparison, noteField, keys, setKeys, judging, marking };
}

/** Everything around the canvas while work is judged. */
export function ReviewBench(props: ReviewBenchProps) {
  const { work, editor, editing, guideline, setGuideline, desk } = props;
  const bench = useBench(props);
  const { picture, comparison, judging, keys, setKeys } = bench;
  const canvas = document.querySelector(".lw-review > .cv");
  const doc = work?.doc ?? null;
  return (
    <>
      {editing && work && <ToolRail editor={editor} />}
      {canvas && createPortal(<ReviewCanvas {...props} {...bench} />, canvas)}
      {doc && (work?.session || work?.coming) && (
        <Verdict
          editor={editor}
          doc={doc}
          commands={judging}
          busy={judging.busy || Boolean(work.coming)}
          edited={comparison.edited}
          editing={editing}
          note={bench.noteField}
          onLeave={() => editor.focus()}
        />
      )}
      {doc && !work?.session && !work?.coming && <Judged desk={desk} doc={doc} />}
      <ReviewPanel work={work} editor={editor} editing={editing} bitmap={picture.bitmap} {...bench} />
      <LiveRegion editor={editor} session={work?.session ?? null} />
      {doc && (
        <GuidelineDrawer
          projectId={doc.project.id}
          opened={guideline}
          topic={topicOf(editor)}
          onClose={() => setGuideline(false)}
        />
      )}
      <KeysDialog editor={editor} opened={keys} onClose={() => setKeys(false)} />
    </>
  );
}
