import { useEffect } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Button, EmptyState, ErrorState, LinkButton } from "@/ui";
import { RegionList } from "../label/panel/RegionList";
import { LiveRegion } from "../label/parts/LiveRegion";
import { PictureFailed } from "../label/parts/PictureFailed";
import { StatusGlass } from "../label/parts/StatusGlass";
import { keyOf } from "../label/work/chords";
import type { Desk, DeskState, Work } from "../label/work/desk";
import { useEditorEvents } from "../label/work/hooks";
import { useKeptView } from "../label/work/keptView";
import { usePageActions, usePageKeys } from "../label/work/useLabelActions";
import { useLive } from "../label/work/useLive";
import { useNotes } from "../label/work/useNotes";
import { useWorkOnCanvas } from "../label/work/useWorkOnCanvas";
import { MarkList, MarkMenu } from "../review/Marks";
import { useMarking } from "../review/useMarking";
import { useJudging } from "./useJudging";

interface AuditBenchProps {
  desk: Desk;
  state: DeskState;
  work: Work | null;
  editor: Editor;
}

/** Marks on what is wrong, and one key to say that a task is right or wrong. */
export function AuditBench({ desk, state, work, editor }: AuditBenchProps) {
  const { t } = useTranslation("audits");
  const picture = useWorkOnCanvas(editor, work, { desk });
  useKeptView(editor, work?.doc.asset);
  useLive(editor, work);
  const notes = useNotes(editor, work);
  const judging = useJudging(desk, work, editor);
  const marking = useMarking(editor, work, notes, judging.addMark);
  const version = useEditorEvents(editor, "selection", "view");
  editor.stage.readOnly = true;
  useEffect(() => editor.setTool("select"), [editor]);
  const ready = () => Boolean(work) && !judging.busy;
  usePageActions(editor, [
    { id: "review.accept", group: "review", keys: ["Y"], enabled: ready, run: judging.right },
    { id: "review.reject", group: "review", keys: ["X"], enabled: ready, run: judging.wrong },
    { id: "review.mark", group: "review", keys: ["M"], enabled: ready, run: marking.startMark },
  ]);
  usePageKeys(editor, () => work?.session?.touch());
  const canvas = document.querySelector(".lw-audit > .cv");
  return (
    <>
      {canvas &&
        createPortal(
          <>
            {work && <StatusGlass editor={editor} coming={work.coming} judging />}
            {picture.failed && <PictureFailed name={work?.doc.asset.name ?? ""} onRetry={picture.retry} />}
            {marking.place && <MarkMenu editor={editor} place={marking.place} onChoose={marking.choose} />}
            <States desk={desk} state={state} />
          </>,
          canvas,
        )}
      <aside className="panel" aria-label={t("panel")} data-version={version}>
        {work && (
          <>
            <div className="au-scroll">
              <RegionList editor={editor} notes={notes} bitmap={picture.bitmap} />
              <MarkList editor={editor} marks={judging.marks} onRemove={judging.removeMark} />
            </div>
            <div className="au-end">
              <p className="xs t3">{t("howTo")}</p>
              <Button keys={keyOf(editor, "review.mark")} onClick={marking.startMark} disabled={judging.busy}>
                {t("mark")}
              </Button>
              <div className="row g6">
                <Button
                  kind="bad"
                  keys={keyOf(editor, "review.reject")}
                  disabled={judging.busy || judging.marks.length === 0}
                  onClick={judging.wrong}
                >
                  {t("isWrong")}
                </Button>
                <span className="sp" />
                <Button
                  kind="ok"
                  keys={keyOf(editor, "review.accept")}
                  disabled={judging.busy || judging.marks.length > 0}
                  onClick={judging.right}
                >
                  {t("isRight")}
                </Button>
              </div>
            </div>
          </>
        )}
      </aside>
      <LiveRegion editor={editor} session={work?.session ?? null} />
    </>
  );
}

function States({ desk, state }: { desk: Desk; state: DeskState }) {
  const { t } = useTranslation("audits");
  if (state.kind === "failed")
    return (
      <div className="lw-cover">
        <ErrorState error={state.error} onRetry={() => void desk.again()} />
      </div>
    );
  if (state.kind !== "empty") return null;
  return (
    <div className="lw-cover" role="status">
      <EmptyState
        icon="check"
        title={t("nothing")}
        action={
          <LinkButton kind="primary" to={`/projects/${desk.projectId}/quality/audits`}>
            {t("back")}
          </LinkButton>
        }
      >
        {t("nothingLead")}
      </EmptyState>
    </div>
  );
}
