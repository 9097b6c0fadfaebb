import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import type { Editor } from "@/engine/editor";
import { Button, FullScreenShell, Icon, IconButton } from "@/ui";
import { useFormat } from "@/ui/format";
import { Canvas } from "../label/parts/Canvas";
import { TopBar } from "../label/parts/TopBar";
import { ViewMenu } from "../label/parts/ViewMenu";
import { WorkPill } from "../label/parts/WorkPill";
import { ZoomButtons } from "../label/parts/ZoomButtons";
import { keyOf } from "../label/work/chords";
import type { Desk, Work } from "../label/work/desk";
import { useDesk } from "../label/work/hooks";
import { useNeighbours } from "../label/work/useNeighbours";
import "../label/label.css";
import "../review/review.css";
import "./adjudicate.css";
import { AdjudicateBench } from "./AdjudicateBench";

/** /projects/:projectId/adjudicate: what several people said, the conflicts one after the other. */
export default function AdjudicatePage() {
  const { projectId } = useParams();
  const [search] = useSearchParams();
  const assignment = Number(search.get("assignment")) || null;
  return <Adjudicate key={`${projectId}:${assignment}`} projectId={Number(projectId)} assignment={assignment} />;
}

function Adjudicate({ projectId, assignment }: { projectId: number; assignment: number | null }) {
  const { t } = useTranslation("adjudicate");
  const [desk, state] = useDesk({ projectId, stage: "adjudicate" }, assignment);
  const [editor, setEditor] = useState<Editor | null>(null);
  const [editing, setEditing] = useState(false);
  const [guideline, setGuideline] = useState(false);
  const onEditor = useCallback((made: Editor | null) => setEditor(made), []);
  const work = state.kind === "open" ? state.work : null;
  const doc = work?.doc ?? null;
  const bench = { desk, state, work, editing, setEditing, guideline, setGuideline };
  return (
    <FullScreenShell
      documentTitle={doc ? t("titleOf", { number: doc.task.number, project: doc.project.name }) : t("title")}
      top={<Top {...bench} editor={editor} />}
    >
      <div className={`lw-adjudicate ${editing ? "editing" : ""}`}>
        <Canvas
          label={(count) => (doc ? t("canvas", { number: doc.task.number, count }) : t("title"))}
          onEditor={onEditor}
        />
        {editor && <AdjudicateBench {...bench} editor={editor} />}
      </div>
    </FullScreenShell>
  );
}

interface TopProps {
  desk: Desk;
  work: Work | null;
  editor: Editor | null;
  editing: boolean;
  setEditing: (editing: boolean) => void;
  setGuideline: (open: boolean) => void;
}

function Top({ desk, work, editor, editing, setEditing, setGuideline }: TopProps) {
  const { t } = useTranslation(["adjudicate", "label"]);
  const { number } = useFormat();
  const { previous, next } = useNeighbours(desk.projectId, "adjudicate", work);
  const doc = work?.doc;
  return (
    <TopBar
      project={doc ? { id: doc.project.id, name: doc.project.name } : null}
      tools={
        editor &&
        doc && (
          <>
            <ZoomButtons editor={editor} />
            <ViewMenu editor={editor} doc={doc} />
            <span className="sep" />
            <Button kind="quiet" aria-label={t("label:guideline")} onClick={() => setGuideline(true)}>
              <Icon name="book" />
              <span className="lw-lbl">{t("label:guideline")}</span>
            </Button>
            <Button
              kind="quiet"
              keys={keyOf(editor, "adjudicate.draw")}
              on={editing}
              aria-pressed={editing}
              disabled={!work?.session}
              onClick={() => setEditing(!editing)}
            >
              <Icon name="edit" />
              <span className="lw-lbl">{t("adjudicate:draw")}</span>
            </Button>
            <WorkPill session={work?.session ?? null} onTrouble={() => {}} />
          </>
        )
      }
    >
      <IconButton
        icon="chevron-left"
        label={t("adjudicate:previousTask")}
        keys={keyOf(editor, "task.previous")}
        disabled={!previous}
        onClick={() => previous && void desk.open(previous.id)}
      />
      <IconButton
        icon="chevron-right"
        label={t("adjudicate:nextTask")}
        keys={keyOf(editor, "task.next")}
        disabled={!next && work?.session !== null}
        onClick={() => void (next ? desk.open(next.id) : desk.next())}
      />
      {doc && (
        <>
          <span className="nw lw-place">
            <span className="m">{t("adjudicate:title")}</span>{" "}
            {doc.remaining !== null && (
              <span className="t3 lw-wide">
                {t("adjudicate:left", { count: doc.remaining, shown: number(doc.remaining) })}
              </span>
            )}
          </span>
          <span className="t3 sm el">
            {t("adjudicate:about", { task: number(doc.task.number), name: doc.task.name })}
          </span>
        </>
      )}
    </TopBar>
  );
}
