import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Button, EmptyState } from "@/ui";
import { CanvasMenu } from "../label/parts/CanvasMenu";
import { CanvasNotes } from "../label/parts/CanvasNotes";
import { DeskStates } from "../label/parts/DeskStates";
import { LeaseLost } from "../label/parts/LeaseLost";
import { PictureFailed } from "../label/parts/PictureFailed";
import { StatusGlass } from "../label/parts/StatusGlass";
import { ToolOptions } from "../label/parts/ToolOptions";
import type { Desk, DeskState, Work } from "../label/work/desk";
import type { Notes } from "../label/work/useNotes";
import type { Shown } from "../label/work/useWorkOnCanvas";
import { MarkMenu } from "./Marks";
import type { Comparison } from "./useComparison";
import type { Marking } from "./useMarking";
import { VersionSwitch } from "./VersionSwitch";

interface ReviewCanvasProps {
  desk: Desk;
  state: DeskState;
  work: Work | null;
  editor: Editor;
  editing: boolean;
  picture: Shown;
  comparison: Comparison;
  notes: Notes;
  marking: Marking;
  onClear: (() => void) | null;
}

/** What lies over the image while work is judged. */
export function ReviewCanvas({ desk, state, work, editor, ...of }: ReviewCanvasProps) {
  const { editing, picture, comparison, notes, marking, onClear } = of;
  return (
    <>
      {work && (
        <>
          <StatusGlass editor={editor} coming={work.coming} judging={work.session !== null} />
          <CanvasMenu editor={editor} />
          {editing ? <ToolOptions editor={editor} /> : <VersionSwitch editor={editor} comparison={comparison} />}
          {!marking.place && !marking.placing && <CanvasNotes editor={editor} doc={work.doc} notes={notes} />}
          <LeaseLost desk={desk} work={work} stage="review" />
        </>
      )}
      {picture.failed && <PictureFailed name={work?.doc.asset.name ?? ""} onRetry={picture.retry} />}
      {marking.place && <MarkMenu editor={editor} place={marking.place} onChoose={marking.choose} />}
      {state.kind === "empty" && onClear ? (
        <NothingFits onClear={onClear} />
      ) : (
        <DeskStates desk={desk} state={state} stage="review" />
      )}
    </>
  );
}

/** Nothing waits that the filters of the queue leave. */
function NothingFits({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation("review");
  return (
    <div className="lw-cover" role="status">
      <EmptyState
        icon="filter"
        title={t("empty.title")}
        action={
          <Button kind="primary" onClick={onClear}>
            {t("empty.clear")}
          </Button>
        }
      >
        {t("empty.detail")}
      </EmptyState>
    </div>
  );
}
