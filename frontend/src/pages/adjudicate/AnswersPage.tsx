import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import { EmptyState, ErrorState, FullScreenShell, LinkButton } from "@/ui";
import { useFormat } from "@/ui/format";
import { Canvas } from "../label/parts/Canvas";
import { KeysDialog } from "../label/parts/KeysDialog";
import { PictureFailed } from "../label/parts/PictureFailed";
import { TopBar } from "../label/parts/TopBar";
import { ViewMenu } from "../label/parts/ViewMenu";
import { ZoomButtons } from "../label/parts/ZoomButtons";
import type { ClaimDocument, Work } from "../label/work/desk";
import { usePageActions, usePageKeys } from "../label/work/useLabelActions";
import { useWorkOnCanvas } from "../label/work/useWorkOnCanvas";
import "../label/label.css";
import "../review/review.css";
import "./adjudicate.css";
import { Cards } from "./Cards";
import { ConflictPanel } from "./ConflictPanel";
import { Glasses } from "./Glasses";
import { useSettling } from "./useSettling";

interface Seen {
  task: Schemas["TaskOut"];
  asset: Schemas["AssetOut"];
  project: Schemas["ProjectOut"];
  work: Work;
}

async function everything(taskId: number): Promise<Seen> {
  const task = await api.get<Schemas["TaskOut"]>(`/tasks/${taskId}`);
  const asset = await api.get<Schemas["AssetOut"]>(`/assets/${task.task.asset.id}`);
  const [project, schema] = await Promise.all([
    api.get<Schemas["ProjectOut"]>(`/projects/${asset.project}`),
    api.get<Schemas["SchemaOut"]>(`/projects/${asset.project}/schema`),
  ]);
  const doc = {
    project: { id: project.id, name: project.name },
    task: task.task,
    asset,
    schema: { number: project.schema_version, body: schema.body },
    assignment: { id: 0 },
    marks: [],
    issues: [],
    findings: [],
    predictions: [],
  } as unknown as ClaimDocument;
  return { task, asset, project, work: { doc, elements: [], session: null } };
}

/** /tasks/:taskId/answers: all answers to a task over each other, to look at. */
export default function AnswersPage() {
  const { taskId } = useParams();
  const { t } = useTranslation("adjudicate");
  const { number } = useFormat();
  const query = useQuery({ queryKey: ["task-answered", taskId], queryFn: () => everything(Number(taskId)) });
  const [editor, setEditor] = useState<Editor | null>(null);
  const onEditor = useCallback((made: Editor | null) => setEditor(made), []);
  const seen = query.data ?? null;
  const work = useMemo(() => seen?.work ?? null, [seen]);
  const shown = seen?.task.task.number ?? 0;
  return (
    <FullScreenShell
      documentTitle={seen ? t("answersOf", { number: shown, project: seen.project.name }) : t("answers")}
      top={
        <TopBar
          project={seen?.project ?? null}
          tools={
            editor &&
            work && (
              <>
                <ZoomButtons editor={editor} />
                <ViewMenu editor={editor} doc={work.doc} />
              </>
            )
          }
        >
          {seen && (
            <>
              <span className="m nw" style={{ marginLeft: 8 }}>
                {t("answers")}
              </span>
              <span className="t3 sm el" style={{ marginLeft: 6 }}>
                {t("about", { task: number(shown), name: seen.task.task.name })}
              </span>
            </>
          )}
        </TopBar>
      }
    >
      <div className="lw-adjudicate">
        <Canvas label={(count) => t("canvas", { number: shown, count })} onEditor={onEditor} />
        {query.isError && (
          <div className="panel" style={{ gridColumn: "1 / 4", gridRow: "1 / 3", zIndex: 5 }}>
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          </div>
        )}
        {editor && work && seen && <Look editor={editor} work={work} seen={seen} />}
      </div>
    </FullScreenShell>
  );
}

function Look({ editor, work, seen }: { editor: Editor; work: Work; seen: Seen }) {
  const { t } = useTranslation("adjudicate");
  const { bitmap, failed, retry, loaded } = useWorkOnCanvas(editor, work, { readOnly: true });
  const settling = useSettling(editor, work, loaded === work);
  const [keys, setKeys] = useState(false);
  const [canvas, setCanvas] = useState<Element | null>(null);
  useEffect(() => setCanvas(document.querySelector(".lw-adjudicate > .cv")), []);
  usePageActions(editor, [
    { id: "adjudicate.next", group: "adjudicate", keys: ["."], run: () => settling.next() },
    { id: "adjudicate.previous", group: "adjudicate", keys: [","], run: () => settling.next(-1) },
    { id: "adjudicate.blink", group: "adjudicate", keys: ["O"], run: settling.blink },
    { id: "help.keys", group: "view", keys: ["?"], run: () => setKeys(true) },
  ]);
  usePageKeys(editor, () => {});
  const few = settling.answers !== null && settling.answers.answers.length < 2;
  return (
    <>
      {canvas &&
        createPortal(
          <>
            <Glasses editor={editor} settling={settling} />
            {failed && <PictureFailed name={seen.asset.name} onRetry={retry} />}
          </>,
          canvas,
        )}
      <Cards editor={editor} settling={settling} bitmap={bitmap} busy onEdit={() => {}} />
      <aside className="panel lw-side-panel" aria-label={t("panel")}>
        {few ? (
          <EmptyState
            icon="people"
            title={t("few.title")}
            action={<LinkButton to={`/projects/${seen.project.id}/quality`}>{t("few.back")}</LinkButton>}
          >
            {t("few.lead")}
          </EmptyState>
        ) : (
          <ConflictPanel editor={editor} settling={settling} ending={null} />
        )}
      </aside>
      <KeysDialog editor={editor} opened={keys} onClose={() => setKeys(false)} />
    </>
  );
}
