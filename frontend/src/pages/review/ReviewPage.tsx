import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { api } from "@/api/client";
import type { Editor } from "@/engine/editor";
import { FullScreenShell, showError } from "@/ui";
import { Canvas } from "../label/parts/Canvas";
import { useDesk } from "../label/work/hooks";
import "../label/label.css";
import "./review.css";
import { Queue, queueKey } from "./Queue";
import { filtersOf, firstOf, HANDED_OUT, isOwnWay, useQueueView } from "./queueView";
import { ReviewBench } from "./ReviewBench";
import { ReviewTop } from "./ReviewTop";

/** /projects/:projectId/review: the queue at the left, the work in the middle, what there is to say at the right. */
export default function ReviewPage() {
  const { projectId } = useParams();
  const [search] = useSearchParams();
  const assignment = Number(search.get("assignment")) || null;
  return <Review key={`${projectId}:${assignment}`} projectId={Number(projectId)} assignment={assignment} />;
}

function Review({ projectId, assignment }: { projectId: number; assignment: number | null }) {
  const { t } = useTranslation("review");
  const queries = useQueryClient();
  const [view, setView] = useQueueView();
  const shown = useRef(view);
  shown.current = view;
  const list = { active: () => isOwnWay(shown.current), first: () => firstOf(projectId, shown.current) };
  const [desk, state] = useDesk({ projectId, stage: "review", list }, assignment);
  const [editor, setEditor] = useState<Editor | null>(null);
  const [editing, setEditing] = useState(false);
  const [guideline, setGuideline] = useState(false);
  const work = state.kind === "open" ? state.work : null;
  const id = work?.doc.assignment.id;
  const onEditor = useCallback((made: Editor | null) => setEditor(made), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another task on the desk shortens the queue
  useEffect(() => {
    setEditing(false);
    if (id === 0) return; // only its picture is here yet
    void queries.invalidateQueries({ queryKey: queueKey(projectId) });
  }, [queries, projectId, id, state.kind]);

  // With nothing in hand, another view of the queue may have something.
  const waits = useRef(false);
  waits.current = state.kind === "empty";
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when the view changes, not when work runs out
  useEffect(() => {
    if (waits.current) void desk.next();
  }, [desk, view]);

  async function openRow(slot: number) {
    try {
      await desk.take(slot, (doc) =>
        api.post(`/assignments/${doc.assignment.id}/release`, { token: doc.assignment.token }),
      );
    } catch (error) {
      showError(error, t("queue.failed"));
    } finally {
      void queries.invalidateQueries({ queryKey: queueKey(projectId) });
    }
  }
  const doc = work?.doc ?? null;
  const onClear = filtersOf(view).length > 0 ? () => setView({ ...HANDED_OUT, order: view.order }) : null;
  const bench = { desk, state, work, editor, editing, setEditing, guideline, setGuideline, onClear };
  return (
    <FullScreenShell
      documentTitle={doc ? t("titleOf", { number: doc.task.number, project: doc.project.name }) : t("title")}
      top={<ReviewTop {...bench} />}
    >
      <div className={`lw-review ${editing ? "editing" : ""}`}>
        <Canvas
          label={(count) => (doc && !work?.coming ? t("canvas", { number: doc.task.number, count }) : t("title"))}
          onEditor={onEditor}
        />
        <Queue
          projectId={projectId}
          work={work}
          view={view}
          onView={setView}
          onOpen={(row) => void openRow(row.slot)}
        />
        {editor && <ReviewBench {...bench} editor={editor} />}
      </div>
    </FullScreenShell>
  );
}
