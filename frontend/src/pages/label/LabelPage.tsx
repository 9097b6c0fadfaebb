import type { TFunction } from "i18next";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useParams, useSearchParams } from "react-router";
import type { Editor } from "@/engine/editor";
import { FullScreenShell } from "@/ui";
import { Classify } from "../classify/Classify";
import { asksOnlyTheItem } from "../classify/questions";
import { narrowedBy } from "../data/filters";
import { LabelBench } from "./LabelBench";
import { Canvas } from "./parts/Canvas";
import { LabelTop } from "./parts/LabelTop";
import type { ClaimDocument, DeskOptions, Work } from "./work/desk";
import { useDesk } from "./work/hooks";
import { schemaOf } from "./work/onCanvas";
import "./label.css";

const onlyTheItem = (doc: ClaimDocument) => asksOnlyTheItem(schemaOf(doc));

function canvasName(t: TFunction<"label">, work: Work | null, count: number): string {
  if (!work) return t("title");
  return work.coming ? t("hint.coming") : t("canvas", { number: work.doc.task.number, count });
}

/** /projects/:projectId/label takes the next task; /assignments/:assignmentId opens one's own again. */
export default function LabelPage() {
  const { projectId, assignmentId } = useParams();
  const [search] = useSearchParams();
  return (
    <Label
      key={assignmentId ?? projectId}
      projectId={projectId ? Number(projectId) : null}
      assignment={assignmentId ? Number(assignmentId) : null}
      only={narrowedBy(search)}
    />
  );
}

interface LabelProps {
  projectId: number | null;
  assignment: number | null;
  only: DeskOptions["only"];
}

function Label({ projectId, assignment, only }: LabelProps) {
  const { t } = useTranslation("label");
  const [desk, state] = useDesk({ projectId, stage: "annotate", ahead: onlyTheItem, only }, assignment);
  const [editor, setEditor] = useState<Editor | null>(null);
  const work = state.kind === "open" ? state.work : null;
  const id = work?.doc.assignment.id;
  const [guideline, setGuideline] = useState(false);
  const [trouble, setTrouble] = useState(false);
  const onEditor = useCallback((made: Editor | null) => setEditor(made), []);

  // A reload opens the same task: the address says which, without loading the page anew. The picture comes first.
  useEffect(() => {
    if (!id || location.pathname.endsWith(`/assignments/${id}`)) return;
    const late = setTimeout(() => history.replaceState(history.state, "", `/assignments/${id}${location.search}`));
    return () => clearTimeout(late);
  }, [id]);

  const stage = work?.doc.assignment.stage;
  if (work && (stage === "review" || stage === "adjudicate"))
    return <Navigate to={`/projects/${work.doc.project.id}/${stage}?assignment=${work.doc.assignment.id}`} replace />;
  const classify = work !== null && onlyTheItem(work.doc);
  const name = work ? t("task.title", { number: work.doc.task.number, project: work.doc.project.name }) : t("title");
  const bench = { desk, state, work, editor, guideline, setGuideline, trouble, setTrouble };
  return (
    <FullScreenShell
      documentTitle={name}
      top={
        <LabelTop
          {...bench}
          stage="annotate"
          onGuideline={() => setGuideline(true)}
          onTrouble={() => setTrouble(true)}
        />
      }
    >
      <div className={classify ? "lw-wk lw-classify" : "lw-wk"}>
        <Canvas label={(count) => canvasName(t, work, count)} onEditor={onEditor} />
        {editor && (classify ? <Classify {...bench} editor={editor} /> : <LabelBench {...bench} editor={editor} />)}
      </div>
    </FullScreenShell>
  );
}
