import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Attributes } from "../label/panel/Attributes";
import { ClassList } from "../label/panel/ClassList";
import { RegionList } from "../label/panel/RegionList";
import { CanvasMenu } from "../label/parts/CanvasMenu";
import { DeskStates } from "../label/parts/DeskStates";
import { GuidelineDrawer } from "../label/parts/GuidelineDrawer";
import { KeysDialog } from "../label/parts/KeysDialog";
import { LeaseLost } from "../label/parts/LeaseLost";
import { LiveRegion } from "../label/parts/LiveRegion";
import { PictureFailed } from "../label/parts/PictureFailed";
import { ToolOptions } from "../label/parts/ToolOptions";
import { ToolRail } from "../label/parts/ToolRail";
import type { Desk, DeskState, Work } from "../label/work/desk";
import { useSessionEvent } from "../label/work/hooks";
import { useKeptView } from "../label/work/keptView";
import { useToolOptions } from "../label/work/toolOptions";
import { usePageActions, usePageKeys } from "../label/work/useLabelActions";
import { useLive } from "../label/work/useLive";
import { useNeighbours } from "../label/work/useNeighbours";
import { useNotes } from "../label/work/useNotes";
import { useWorkOnCanvas } from "../label/work/useWorkOnCanvas";
import { adjudicateActions } from "./adjudicateActions";
import { Cards } from "./Cards";
import { ConflictPanel } from "./ConflictPanel";
import { Glasses } from "./Glasses";
import { useEnding } from "./useEnding";
import { useSettling } from "./useSettling";

interface BenchProps {
  desk: Desk;
  state: DeskState;
  work: Work | null;
  editor: Editor;
  editing: boolean;
  setEditing: (editing: boolean) => void;
  guideline: boolean;
  setGuideline: (open: boolean) => void;
}

/** Everything around the canvas while conflicts are settled. */
export function AdjudicateBench(props: BenchProps) {
  const { desk, state, work, editor, editing, setEditing, guideline, setGuideline } = props;
  const { t } = useTranslation("adjudicate");
  const picture = useWorkOnCanvas(editor, work, { desk });
  useKeptView(editor, work?.doc.asset);
  useToolOptions(editor);
  useLive(editor, work);
  const notes = useNotes(editor, work);
  const settling = useSettling(editor, work, picture.loaded === work && work !== null);
  const ending = useEnding({ desk, work, editor, settling });
  const neighbours = useNeighbours(desk.projectId, "adjudicate", work);
  const [keys, setKeys] = useState(false);
  // While choosing nothing may move by accident; editing opens the draft.
  editor.stage.readOnly = !editing || !work?.session;
  useEffect(() => {
    if (!editing) editor.setTool("select");
  }, [editor, editing]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another task begins with choosing
  useEffect(() => setEditing(false), [work?.doc.assignment.id]);
  useSessionEvent(work?.session ?? null, "stored", ({ kind, element }) => {
    if (kind === "region") editor.applyRemote([{ id: element.id, region: element }]);
  });
  function edit() {
    const suggestion = settling.current?.options.at(-1);
    if (suggestion) settling.take(suggestion, true);
    setEditing(true);
  }
  usePageActions(
    editor,
    adjudicateActions({
      desk,
      work,
      settling,
      ending,
      neighbours,
      editing,
      setEditing,
      edit,
      showKeys: () => setKeys(true),
    }),
  );
  usePageKeys(editor, () => work?.session?.touch());
  const canvas = document.querySelector(".lw-adjudicate > .cv");
  const doc = work?.doc ?? null;
  return (
    <>
      {editing && work && <ToolRail editor={editor} />}
      {canvas &&
        createPortal(
          <>
            {work && !editing && <Glasses editor={editor} settling={settling} />}
            {work && editing && <ToolOptions editor={editor} />}
            {work && <CanvasMenu editor={editor} />}
            {work && <LeaseLost desk={desk} work={work} stage="adjudicate" />}
            {picture.failed && <PictureFailed name={doc?.asset.name ?? ""} onRetry={picture.retry} />}
            <DeskStates desk={desk} state={state} stage="adjudicate" />
          </>,
          canvas,
        )}
      {work && (
        <Cards
          editor={editor}
          settling={settling}
          bitmap={picture.bitmap}
          busy={ending.busy || !work.session}
          onEdit={edit}
        />
      )}
      <aside className="panel lw-side-panel" aria-label={t("panel")}>
        {work && editing && (
          <div className="lw-side-scroll">
            <ClassList editor={editor} />
            <RegionList editor={editor} notes={notes} bitmap={picture.bitmap} />
            <Attributes editor={editor} />
          </div>
        )}
        {work && !editing && (
          <ConflictPanel editor={editor} settling={settling} ending={work.session ? ending : null} />
        )}
      </aside>
      <LiveRegion editor={editor} session={work?.session ?? null} />
      {doc && <GuidelineDrawer projectId={doc.project.id} opened={guideline} onClose={() => setGuideline(false)} />}
      <KeysDialog editor={editor} opened={keys} onClose={() => setKeys(false)} />
    </>
  );
}
