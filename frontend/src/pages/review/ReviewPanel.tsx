import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Attributes } from "../label/panel/Attributes";
import { ClassList } from "../label/panel/ClassList";
import { RegionList } from "../label/panel/RegionList";
import type { Work } from "../label/work/desk";
import type { Notes } from "../label/work/useNotes";
import { AboutWork } from "./AboutWork";
import { Against } from "./Against";
import { Changes } from "./Changes";
import { MarkList } from "./Marks";
import { showChange } from "./showChange";
import { Talk } from "./Talk";
import type { Comparison } from "./useComparison";
import type { Marking } from "./useMarking";
import type { Judging } from "./useVerdict";

interface ReviewPanelProps {
  work: Work | null;
  editor: Editor;
  editing: boolean;
  bitmap: ImageBitmap | null;
  comparison: Comparison;
  judging: Judging;
  marking: Marking;
  notes: Notes;
}

/** At the right: what there is to draw with while fixing, else what there is to say. */
export function ReviewPanel(props: ReviewPanelProps) {
  const { t } = useTranslation("review");
  const { work, editor, editing, bitmap, notes } = props;
  return (
    <aside className="panel lw-side-panel" aria-label={t("panel")}>
      {work && (
        <div className="lw-side-scroll">
          {editing ? (
            <>
              <ClassList editor={editor} />
              <RegionList editor={editor} notes={notes} bitmap={bitmap} />
              <Attributes editor={editor} />
            </>
          ) : (
            <Judgement {...props} work={work} />
          )}
        </div>
      )}
    </aside>
  );
}

function Judgement({ work, editor, bitmap, comparison, judging, marking, notes }: ReviewPanelProps & { work: Work }) {
  const { difference, between } = comparison;
  return (
    <>
      <Against comparison={comparison} />
      {difference ? (
        <Changes
          editor={editor}
          difference={difference}
          between={between}
          onShow={(change) => showChange(editor, comparison, change)}
        />
      ) : (
        <div className="lw-first">
          <RegionList editor={editor} notes={notes} bitmap={bitmap} />
        </div>
      )}
      <Attributes editor={editor} />
      <MarkList editor={editor} marks={judging.marks} onRemove={judging.removeMark} />
      <Talk editor={editor} notes={notes} onNew={marking.startIssue} />
      <span className="sp" />
      <AboutWork doc={work.doc} />
    </>
  );
}
