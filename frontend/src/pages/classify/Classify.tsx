import { useState } from "react";
import { createPortal } from "react-dom";
import type { BenchProps } from "../label/LabelBench";
import { ReasonDialog } from "../label/parts/AskDialogs";
import { CanvasNotes } from "../label/parts/CanvasNotes";
import { DeskStates } from "../label/parts/DeskStates";
import { EmptyAsk } from "../label/parts/EmptyAsk";
import { GuidelineDrawer } from "../label/parts/GuidelineDrawer";
import { KeysDialog } from "../label/parts/KeysDialog";
import { LeaseLost } from "../label/parts/LeaseLost";
import { PictureFailed } from "../label/parts/PictureFailed";
import { useEditorEvents } from "../label/work/hooks";
import { labelActions } from "../label/work/labelActions";
import { usePageActions, usePageKeys } from "../label/work/useLabelActions";
import { useLabelCommands } from "../label/work/useLabelCommands";
import { useLive } from "../label/work/useLive";
import { useNeighbours } from "../label/work/useNeighbours";
import { useNotes } from "../label/work/useNotes";
import { useWorkOnCanvas } from "../label/work/useWorkOnCanvas";
import { AnswerPanel } from "./AnswerPanel";
import { answerActions } from "./answerActions";
import { optionsOf } from "./questions";
import { useAnswering } from "./useAnswering";

/** What answering needs of the image on the canvas, and the keys for it. */
function useClassify({ desk, work, editor, setGuideline }: BenchProps) {
  const { failed, retry } = useWorkOnCanvas(editor, work, { desk });
  useLive(editor, work);
  const notes = useNotes(editor, work);
  const commands = useLabelCommands({ desk, work, editor, notes });
  const neighbours = useNeighbours(desk.projectId, "annotate", work);
  const [keys, setKeys] = useState(false);
  useEditorEvents(editor, "change", "selection");
  const answering = useAnswering({ desk, work, editor, submit: commands.submit });
  const { current, answer, takeBack, goOn } = answering;
  const hasAnswer = () => Object.values(editor.answers()).some((value) => value != null);
  usePageActions(editor, [
    ...labelActions({
      editor,
      desk,
      work,
      notes,
      commands,
      neighbours,
      showKeys: () => setKeys(true),
      showGuideline: () => setGuideline(true),
    }),
    ...answerActions(
      {
        isOpen: () => Boolean(work?.session),
        canTakeBack: () => desk.canTakeBack || hasAnswer(),
        answer: (value) => current && answer(current, value),
        takeBack,
        goOn,
      },
      current ? optionsOf(current) : [],
    ),
  ]);
  usePageKeys(editor, () => work?.session?.touch());
  return { failed, retry, notes, commands, answering, keys, setKeys };
}

/** A large image and its questions: one key an answer, then the next image stands there. */
export function Classify(props: BenchProps) {
  const { desk, state, work, editor, guideline, setGuideline } = props;
  const { failed, retry, notes, commands, answering, keys, setKeys } = useClassify(props);
  const doc = work?.doc ?? null;
  const canvas = document.querySelector(".lw-wk > .cv");
  return (
    <>
      {canvas &&
        createPortal(
          <>
            {work && <CanvasNotes editor={editor} doc={work.doc} notes={notes} />}
            {work && <LeaseLost desk={desk} work={work} stage="annotate" />}
            {failed && <PictureFailed name={doc?.asset.name ?? ""} onRetry={retry} />}
            <DeskStates desk={desk} state={state} stage="annotate" />
          </>,
          canvas,
        )}
      <AnswerPanel desk={desk} work={work} editor={editor} answering={answering} notes={notes} commands={commands} />
      {doc && <GuidelineDrawer projectId={doc.project.id} opened={guideline} onClose={() => setGuideline(false)} />}
      <KeysDialog editor={editor} opened={keys} onClose={() => setKeys(false)} />
      <ReasonDialog {...commands.asking} />
      <EmptyAsk opened={commands.asksEmpty} onEmpty={commands.empty} onClose={commands.goOnDrawing} />
    </>
  );
}
