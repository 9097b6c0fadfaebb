import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useWhyWords } from "@/app/whyWords";
import type { Editor } from "@/engine/editor";
import { Button, Icon, IconButton } from "@/ui";
import { useFormat } from "@/ui/format";
import { keyOf } from "../work/chords";
import type { ClaimDocument, Desk, Work } from "../work/desk";
import { schemaOf } from "../work/onCanvas";
import { useNeighbours } from "../work/useNeighbours";
import { classTitle } from "../work/words";
import { TopBar } from "./TopBar";
import { ViewMenu } from "./ViewMenu";
import { WorkPill } from "./WorkPill";
import { ZoomButtons } from "./ZoomButtons";

interface LabelTopProps {
  desk: Desk;
  work: Work | null;
  editor: Editor | null;
  stage: "annotate";
  onGuideline: () => void;
  onTrouble: () => void;
}

export function LabelTop({ desk, work, editor, stage, onGuideline, onTrouble }: LabelTopProps) {
  const { t } = useTranslation("label");
  const { number } = useFormat();
  const { previous, next } = useNeighbours(desk.projectId, stage, work);
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
            <Button kind="quiet" aria-label={t("guideline")} onClick={onGuideline} disabled={!doc}>
              <Icon name="book" />
              <span className="lw-lbl">{t("guideline")}</span>
            </Button>
            <WorkPill session={work?.session ?? null} onTrouble={onTrouble} />
          </>
        )
      }
    >
      <IconButton
        icon="chevron-left"
        label={t("task.previous")}
        keys={keyOf(editor, "task.previous")}
        disabled={!previous}
        onClick={() => previous && void desk.open(previous.id)}
      />
      <span className="nw">
        {doc && (
          <>
            <span className="m">{t("task.number", { number: number(doc.task.number) })}</span>{" "}
            {doc.remaining !== null && doc.remaining > 0 && (
              <span className="t3 lw-wide">
                {t("task.left", { count: doc.remaining, shown: number(doc.remaining) })}
              </span>
            )}
          </>
        )}
      </span>
      <IconButton
        icon="chevron-right"
        label={t("task.next")}
        keys={keyOf(editor, "task.next")}
        disabled={!next && work?.session !== null}
        onClick={() => void (next ? desk.open(next.id) : desk.next())}
      />
      {doc && (
        <span className="t3 sm el lw-file" title={doc.asset.attribution || undefined}>
          {doc.asset.name}, {doc.asset.width} × {doc.asset.height}
        </span>
      )}
      {doc?.task.queue_place && <Because place={doc.task.queue_place} doc={doc} />}
    </TopBar>
  );
}

/** Why the queue has this task next; in a small window a sign that says it. */
function Because({ place, doc }: { place: Schemas["QueuePlace"]; doc: ClaimDocument }) {
  const { t } = useTranslation("label");
  const schema = schemaOf(doc);
  const words = useWhyWords()(place, (id) => classTitle(schema, id));
  const why = t("task.why", { why: words });
  return (
    <span className="row g4 t3 sm lw-why" title={why}>
      <Icon name="spark" size="s" />
      <span className="vh">{why}</span>
      <span className="el lw-wide" aria-hidden="true">
        {words}
      </span>
    </span>
  );
}
