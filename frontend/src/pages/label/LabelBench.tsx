import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { showError, showToast } from "@/ui";
import { Attributes } from "./panel/Attributes";
import { ClassList } from "./panel/ClassList";
import { Footer } from "./panel/Footer";
import { Likely } from "./panel/Likely";
import { Misses } from "./panel/Misses";
import { Predictions } from "./panel/Predictions";
import { RegionList } from "./panel/RegionList";
import { ReturnedBanner } from "./panel/ReturnedBanner";
import { ReasonDialog } from "./parts/AskDialogs";
import { CanvasMenu } from "./parts/CanvasMenu";
import { CanvasNotes } from "./parts/CanvasNotes";
import { DeskStates } from "./parts/DeskStates";
import { EmptyAsk } from "./parts/EmptyAsk";
import { GapsAsk } from "./parts/GapsAsk";
import { GuidelineDrawer } from "./parts/GuidelineDrawer";
import { KeysDialog } from "./parts/KeysDialog";
import { LeaseLost } from "./parts/LeaseLost";
import { LiveRegion } from "./parts/LiveRegion";
import { PassAsk } from "./parts/PassAsk";
import { PictureFailed } from "./parts/PictureFailed";
import { SaveTrouble } from "./parts/SaveTrouble";
import { StatusGlass } from "./parts/StatusGlass";
import { ToolOptions } from "./parts/ToolOptions";
import { ToolRail } from "./parts/ToolRail";
import { addClass } from "./work/addClass";
import type { Desk, DeskState, Work } from "./work/desk";
import { useEditorEvents, useSessionEvent } from "./work/hooks";
import { useKeptView } from "./work/keptView";
import { labelActions } from "./work/labelActions";
import { missCommands } from "./work/missCommands";
import type { Note } from "./work/notes";
import { useToolOptions } from "./work/toolOptions";
import { problemBehind } from "./work/transport";
import { usePageActions, usePageKeys } from "./work/useLabelActions";
import { useLabelCommands } from "./work/useLabelCommands";
import { useLive } from "./work/useLive";
import { useMisses } from "./work/useMisses";
import { useModel } from "./work/useModel";
import { useNeighbours } from "./work/useNeighbours";
import { useNotes } from "./work/useNotes";
import { useOthers } from "./work/useOthers";
import { useRepeating } from "./work/useRepeating";
import { useWorkOnCanvas } from "./work/useWorkOnCanvas";
import { topicOf } from "./work/words";

export interface BenchProps {
  desk: Desk;
  state: DeskState;
  work: Work | null;
  editor: Editor;
  guideline: boolean;
  setGuideline: (open: boolean) => void;
  trouble: boolean;
  setTrouble: (open: boolean) => void;
}

/** Rail, overlays and panel around the canvas while regions are drawn. */
export function LabelBench({ desk, state, work, editor, guideline, setGuideline, trouble, setTrouble }: BenchProps) {
  const { t } = useTranslation("label");
  const queries = useQueryClient();
  const { bitmap, failed, retry } = useWorkOnCanvas(editor, work, { desk });
  const misses = useMisses(editor, work);
  const repeating = useRepeating(editor, desk, work);
  const more = useMemo(
    () => [...misses.open.map((miss): Note => ({ kind: "miss", id: miss.id, miss })), ...repeating.notes],
    [misses.open, repeating.notes],
  );
  const notes = useNotes(editor, work, more);
  useToolOptions(editor);
  useModel(editor, work);
  useKeptView(editor, work?.doc.asset);
  const commands = useLabelCommands({ desk, work, editor, notes, misses });
  const missed = missCommands(editor, misses, notes);
  const neighbours = useNeighbours(desk.projectId, "annotate", work);
  const [keys, setKeys] = useState(false);
  const version = useEditorEvents(editor, "selection", "view");
  const doc = work?.doc ?? null;

  useLive(editor, work);
  useOthers(editor, work?.session ?? null);
  useSessionEvent(work?.session ?? null, "conflict", (conflicts) => conflicts.length > 0 && setTrouble(true));

  usePageActions(
    editor,
    labelActions({
      editor,
      desk,
      work,
      notes,
      commands,
      missed,
      repeating,
      neighbours,
      showKeys: () => setKeys(true),
      showGuideline: () => setGuideline(true),
    }),
  );
  usePageKeys(editor, () => work?.session?.touch());

  const canvas = editor.stage && document.querySelector(".lw-wk > .cv");
  const manager = doc?.project.actions.includes("schema.edit") ?? false;
  async function onAdd(name: string) {
    if (!doc) return;
    await addClass(editor, doc.project.id, name);
    void queries.invalidateQueries({ queryKey: ["project", doc.project.id] });
  }
  return (
    <>
      <ToolRail key={work?.doc.schema.number} editor={editor} drawing={!editor.readOnly || Boolean(work?.coming)} />
      {canvas &&
        createPortal(
          <>
            {work && <StatusGlass editor={editor} coming={work.coming} />}
            {work && <ToolOptions editor={editor} />}
            {work && <CanvasMenu editor={editor} />}
            {work && (
              <CanvasNotes
                editor={editor}
                doc={work.doc}
                notes={notes}
                commands={commands}
                missed={missed}
                repeating={repeating}
              />
            )}
            {failed && <PictureFailed name={work?.doc.asset.name ?? ""} onRetry={retry} />}
            {work && <LeaseLost desk={desk} work={work} stage="annotate" />}
            <DeskStates desk={desk} state={state} stage="annotate" />
          </>,
          canvas,
        )}
      <aside className="panel lp" aria-label={t("panel")} data-version={version}>
        {work && doc && (
          <>
            <ReturnedBanner key={doc.assignment.id} editor={editor} doc={doc} notes={notes} />
            <ClassList editor={editor} onAdd={manager ? onAdd : undefined} />
            <Likely editor={editor} doc={doc} />
            <Predictions editor={editor} />
            <RegionList editor={editor} notes={notes} bitmap={bitmap} />
            <Attributes editor={editor} />
            <Misses editor={editor} misses={misses} notes={notes} />
            <Footer
              editor={editor}
              doc={doc}
              notes={notes}
              readOnly={!work.session && !work.coming}
              busy={commands.busy || Boolean(work.coming)}
              commands={commands}
            />
          </>
        )}
      </aside>
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
      {work?.session && (
        <SaveTrouble
          doc={work.doc}
          editor={editor}
          session={work.session}
          bitmap={bitmap}
          opened={trouble}
          onClose={() => setTrouble(false)}
          onReopen={() => work && void desk.open(work.doc.assignment.id)}
        />
      )}
      <ReasonDialog {...commands.asking} />
      <GapsAsk
        share={commands.gaps}
        onShow={commands.showGap}
        onSubmit={commands.submitWithGaps}
        onClose={commands.closeGaps}
      />
      <PassAsk findings={commands.stopped} busy={commands.busy} onSettle={commands.settle} onSubmit={commands.pass} />
      <EmptyAsk opened={commands.asksEmpty} onEmpty={commands.empty} onClose={commands.goOnDrawing} />
    </>
  );
}

/** A refused command, said where the person looks. */
export function sayProblem(error: unknown, fallback: string): void {
  const problem = problemBehind(error);
  if (problem) showError(problem, fallback);
  else showToast({ tone: "bad", title: fallback });
}
