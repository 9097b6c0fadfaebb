import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Button, Icon, IconButton } from "@/ui";
import { useFormat } from "@/ui/format";
import { TopBar } from "../label/parts/TopBar";
import { ViewMenu } from "../label/parts/ViewMenu";
import { WorkPill } from "../label/parts/WorkPill";
import { ZoomButtons } from "../label/parts/ZoomButtons";
import { keyOf } from "../label/work/chords";
import type { Desk, Work } from "../label/work/desk";
import { useNeighbours } from "../label/work/useNeighbours";
import { isFinished } from "./reviewActions";

interface ReviewTopProps {
  desk: Desk;
  work: Work | null;
  editor: Editor | null;
  editing: boolean;
  setEditing: (editing: boolean) => void;
  setGuideline: (open: boolean) => void;
}

export function ReviewTop({ desk, work, editor, editing, setEditing, setGuideline }: ReviewTopProps) {
  const { t } = useTranslation(["review", "label"]);
  const { number } = useFormat();
  const { previous, next } = useNeighbours(desk.projectId, "review", work);
  const doc = work?.doc;
  return (
    <TopBar
      project={doc ? { id: doc.project.id, name: doc.project.name } : null}
      tools={
        editor &&
        doc && (
          <>
            <ZoomButtons editor={editor} />
            <ViewMenu editor={editor} doc={doc ?? null} />
            <span className="sep" />
            <Button kind="quiet" aria-label={t("label:guideline")} disabled={!doc} onClick={() => setGuideline(true)}>
              <Icon name="book" />
              <span className="lw-lbl">{t("label:guideline")}</span>
            </Button>
            <Button
              kind="quiet"
              keys={keyOf(editor, "review.edit")}
              on={editing}
              disabled={!work?.session}
              aria-pressed={editing}
              onClick={() => setEditing(!editing)}
            >
              <Icon name="edit" />
              <span className="lw-lbl">{t("review:edit")}</span>
            </Button>
            {editing && <WorkPill session={work?.session ?? null} onTrouble={() => {}} />}
          </>
        )
      }
    >
      <IconButton
        icon="chevron-left"
        label={t("review:previous")}
        keys={keyOf(editor, "task.previous")}
        disabled={!previous}
        onClick={() => previous && void desk.open(previous.id)}
      />
      <IconButton
        icon="chevron-right"
        label={t("review:next")}
        keys={keyOf(editor, "task.next")}
        disabled={!next && !isFinished(work)}
        onClick={() => void (next ? desk.open(next.id) : desk.next())}
      />
      {doc && (
        <>
          <span className="nw lw-place">
            <span className="m">{t("review:review")}</span>{" "}
            {doc.remaining !== null && (
              <span className="t3 lw-wide">
                {t("review:left", { count: doc.remaining, shown: number(doc.remaining) })}
              </span>
            )}
          </span>
          <span className="t3 sm el">
            {t("review:about", {
              task: number(doc.task.number),
              revision: doc.revision?.number ?? "–",
              name: doc.revision?.author?.name ?? t("review:verdict.annotator"),
            })}
          </span>
        </>
      )}
    </TopBar>
  );
}
