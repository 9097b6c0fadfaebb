import { useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import { Attributes } from "../label/panel/Attributes";
import { ClassList } from "../label/panel/ClassList";
import { RegionList } from "../label/panel/RegionList";
import { CanvasMenu } from "../label/parts/CanvasMenu";
import { CanvasNotes } from "../label/parts/CanvasNotes";
import { DeskStates } from "../label/parts/DeskStates";
import { GuidelineDrawer } from "../label/parts/GuidelineDrawer";
import { KeysDialog } from "../label/parts/KeysDialog";
import { LiveRegion } from "../label/parts/LiveRegion";
import { PictureFailed } from "../label/parts/PictureFailed";
import { StatusGlass } from "../label/parts/StatusGlass";
import { ToolRail } from "../label/parts/ToolRail";
import type { Desk, DeskState, Work } from "../label/work/desk";
import { useEditorEvent, useSessionEvent } from "../label/work/hooks";
import { useKeptView } from "../label/work/keptView";
import { usePageActions, usePageKeys } from "../label/work/useLabelActions";
import { useNotes } from "../label/work/useNotes";
import { useWorkOnCanvas } from "../label/work/useWorkOnCanvas";
import { AboutWork } from "./AboutWork";
import { Changes } from "./Changes";
import type { RegionChange } from "./diff";
import { MarkList, MarkMenu, type MarkPlace } from "./Marks";
import { reviewActions } from "./reviewActions";
import { Talk } from "./Talk";
import { useComparison } from "./useComparison";
import { useVerdict } from "./useVerdict";
import { Verdict } from "./Verdict";
import { VersionSwitch } from "./VersionSwitch";

interface ReviewBenchProps {
  desk: Desk;
  state: DeskState;
  work: Work | null;
  editor: Editor;
  editing: boolean;
  setEditing: (editing: boolean) => void;
  guideline: boolean;
  setGuideline: (open: boolean) => void;
}

/** Everything around the canvas while work is judged. */
export function ReviewBench({
  desk,
  state,
  work,
  editor,
  editing,
  setEditing,
  guideline,
  setGuideline,
}: ReviewBenchProps) {
  const { t } = useTranslation("review");
  const { bitmap, loaded, failed, retry } = useWorkOnCanvas(editor, work);
  useKeptView(editor, work?.doc.asset);
  const notes = useNotes(editor, work);
  const comparison = useComparison(editor, loaded === work ? work : null, editing);
  const noteField = useRef<HTMLInputElement>(null);
  const [keys, setKeys] = useState(false);
  const [marking, setMarking] = useState<MarkPlace | null>(null);
  const placing = useRef<"mark" | "issue">("issue");
  const judging = useVerdict({
    desk,
    work,
    edited: comparison.edited,
    startEditing: () => setEditing(true),
    focusReason: () => noteField.current?.focus(),
  });
  // While judging nothing may move by accident; `E` opens the draft for fixes.
  editor.stage.readOnly = !editing || !work?.session;

  useEditorEvent(editor, "comment", ({ at, element }) => {
    if (placing.current !== "mark") return;
    setMarking({ element, point: element ? null : { x: at.x, y: at.y } });
    editor.setTool("select");
  });
  useSessionEvent(work?.session ?? null, "stored", ({ kind, element }) => {
    if (kind === "region") editor.applyRemote([{ id: element.id, region: element }]);
  });

  function startMark() {
    const [first] = editor.selection;
    notes.show(null);
    if (first) return setMarking({ element: first, point: null });
    placing.current = "mark";
    editor.setTool("comment");
  }
  function startIssue() {
    const [first] = editor.selection;
    placing.current = "issue";
    setMarking(null);
    if (first) notes.compose({ at: { x: 0, y: 0 }, element: first });
    else editor.setTool("comment");
  }
  function showChange(change: RegionChange) {
    comparison.setVersions("both");
    if (change.after) editor.select([change.id], { reveal: true });
    else if (change.before) {
      editor.select([]);
      const at = editor.region(change.id) ?? change.before;
      const bounds = at.shape === "tag" ? null : boundsMiddle(at);
      if (bounds) editor.reveal(bounds);
    }
  }

  usePageActions(
    editor,
    reviewActions({
      editor,
      work,
      editing,
      setEditing,
      judging,
      comparison,
      notes,
      startMark,
      startIssue,
      showChange,
      showKeys: () => setKeys(true),
      focusNote: () => noteField.current?.focus(),
    }),
  );
  usePageKeys(editor, () => work?.session?.touch());

  const canvas = document.querySelector(".lw-review > .cv");
  const doc = work?.doc ?? null;
  return (
    <>
      {editing && work && <ToolRail editor={editor} />}
      {canvas &&
        createPortal(
          <>
            {work && <StatusGlass editor={editor} coming={work.coming} />}
            {failed && <PictureFailed name={work?.doc.asset.name ?? ""} onRetry={retry} />}
            {work && <CanvasMenu editor={editor} />}
            {work && <VersionSwitch editor={editor} comparison={comparison} />}
            {work && !marking && placing.current !== "mark" && (
              <CanvasNotes editor={editor} doc={work.doc} notes={notes} />
            )}
            {marking && (
              <MarkMenu
                editor={editor}
                place={marking}
                onChoose={(kind) => {
                  if (kind)
                    judging.addMark({
                      kind,
                      severity: "major",
                      note: "",
                      element: marking.element,
                      point: marking.element ? null : marking.point,
                    });
                  setMarking(null);
                  placing.current = "issue";
                  editor.focus();
                }}
              />
            )}
            <DeskStates desk={desk} state={state} stage="review" />
          </>,
          canvas,
        )}
      {doc && (work?.session || work?.coming) && (
        <Verdict
          editor={editor}
          doc={doc}
          commands={judging}
          busy={judging.busy || Boolean(work.coming)}
          edited={comparison.edited}
          editing={editing}
          note={noteField}
          onLeave={() => editor.focus()}
        />
      )}
      <aside className="panel lw-side-panel" aria-label={t("panel")}>
        {work && doc && (
          <div className="lw-side-scroll">
            {editing ? (
              <>
                <ClassList editor={editor} />
                <RegionList editor={editor} notes={notes} bitmap={bitmap} />
                <Attributes editor={editor} />
              </>
            ) : (
              <>
                {comparison.difference ? (
                  <Changes
                    editor={editor}
                    difference={comparison.difference}
                    between={comparison.between}
                    onShow={showChange}
                  />
                ) : (
                  <div className="lw-first">
                    <RegionList editor={editor} notes={notes} bitmap={bitmap} />
                  </div>
                )}
                <Attributes editor={editor} />
                <MarkList editor={editor} marks={judging.marks} onRemove={judging.removeMark} />
                <Talk editor={editor} notes={notes} onNew={startIssue} />
                <span className="sp" />
                <AboutWork doc={doc} />
              </>
            )}
          </div>
        )}
      </aside>
      <LiveRegion editor={editor} session={work?.session ?? null} />
      {doc && <GuidelineDrawer projectId={doc.project.id} opened={guideline} onClose={() => setGuideline(false)} />}
      <KeysDialog editor={editor} opened={keys} onClose={() => setKeys(false)} />
    </>
  );
}

function boundsMiddle(region: NonNullable<RegionChange["before"]>): { x: number; y: number } {
  const [x0, y0, x1, y1] = ops.bounds(region);
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
}
