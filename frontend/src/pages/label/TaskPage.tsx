import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { Navigate, useParams, useSearchParams } from "react-router";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import type { ElementRow, LabelSchema } from "@/engine/types";
import { EmptyState, ErrorState, FullScreenShell, LinkButton } from "@/ui";
import { Attributes } from "./panel/Attributes";
import { RegionList } from "./panel/RegionList";
import { Canvas } from "./parts/Canvas";
import { CanvasNotes } from "./parts/CanvasNotes";
import { KeysDialog } from "./parts/KeysDialog";
import { PictureFailed } from "./parts/PictureFailed";
import { StatusGlass } from "./parts/StatusGlass";
import { ToolRail } from "./parts/ToolRail";
import { TopBar } from "./parts/TopBar";
import { ViewMenu } from "./parts/ViewMenu";
import { ZoomButtons } from "./parts/ZoomButtons";
import type { ClaimDocument, Work } from "./work/desk";
import { usePageActions, usePageKeys } from "./work/useLabelActions";
import { useNotes } from "./work/useNotes";
import { useWorkOnCanvas } from "./work/useWorkOnCanvas";
import "./label.css";

interface Seen {
  task: Schemas["TaskOut"];
  asset: Schemas["AssetOut"];
  schema: LabelSchema;
  project: Schemas["ProjectOut"];
  revision: Schemas["RevisionOut"] | null;
  elements: ElementRow[];
  removed: string[];
}

async function everything(taskId: number): Promise<Seen> {
  const task = await api.get<Schemas["TaskOut"]>(`/tasks/${taskId}`);
  const asset = await api.get<Schemas["AssetOut"]>(`/assets/${task.task.asset.id}`);
  const [project, schema] = await Promise.all([
    api.get<Schemas["ProjectOut"]>(`/projects/${asset.project}`),
    api.get<Schemas["SchemaOut"]>(`/projects/${asset.project}/schema`),
  ]);
  const wanted =
    task.revisions.find((one) => one.id === task.task.result) ??
    task.revisions.toSorted((a, b) => b.number - a.number)[0];
  const elements: ElementRow[] = [];
  const removed: string[] = [];
  if (wanted) {
    const document = await api.get<Schemas["RevisionDocument"]>(`/revisions/${wanted.id}`);
    elements.push(...((document.elements ?? []) as ElementRow[]));
    removed.push(...(document.removed ?? []));
    let next = document.elements ? null : document.elements_url;
    while (next) {
      const page: Schemas["ElementPage"] = await api.get<Schemas["ElementPage"]>(next);
      elements.push(...(page.results as ElementRow[]));
      next = page.next;
    }
  }
  const body = schema.body as unknown as LabelSchema;
  return { task, asset, project, schema: body, revision: wanted ?? null, elements, removed };
}

/** What the canvas needs of a claim's document, of a task that nobody here has in hand. */
function workOf(seen: Seen): Work {
  const { task, asset, project } = seen;
  const doc = {
    project: { id: project.id, name: project.name },
    task: task.task,
    asset,
    schema: { number: project.schema_version, body: seen.schema },
    marks: task.reviews.at(-1)?.marks ?? [],
    issues: task.issues,
    findings: [],
    predictions: [],
  } as unknown as ClaimDocument;
  return { doc, elements: seen.elements, removed: seen.removed, session: null };
}

/** /tasks/:taskId opens one's own piece of it, else shows its result, or the newest revision, to look at. */
export default function TaskPage() {
  const { taskId } = useParams();
  const { t } = useTranslation("label");
  const query = useQuery({ queryKey: ["task-seen", taskId], queryFn: () => everything(Number(taskId)) });
  const [editor, setEditor] = useState<Editor | null>(null);
  const onEditor = useCallback((made: Editor | null) => setEditor(made), []);
  const seen = query.data;
  const work = useMemo(() => (seen ? workOf(seen) : null), [seen]);
  const own = seen?.task.task.assignment;
  if (own) return <Navigate to={`/assignments/${own}`} replace />;
  const number = seen?.task.task.number ?? 0;
  return (
    <FullScreenShell
      documentTitle={seen ? t("task.title", { number, project: seen.project.name }) : t("title")}
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
                {t("task.number", { number })}
              </span>
              <span className="t3 sm el" style={{ marginLeft: 6 }}>
                {seen.asset.name}, {seen.asset.width} × {seen.asset.height}
              </span>
            </>
          )}
        </TopBar>
      }
    >
      <div className="lw-wk">
        <Canvas label={(count) => t("canvas", { number, count })} onEditor={onEditor} />
        {query.isError && (
          <div className="panel" style={{ gridColumn: "2 / 4", gridRow: 1, zIndex: 5 }}>
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          </div>
        )}
        {editor && work && seen && <Look editor={editor} work={work} seen={seen} />}
      </div>
    </FullScreenShell>
  );
}

/** `?region=` names the region that is looked at first. */
function useNamedRegion(editor: Editor, loaded: Work | null): void {
  const [search] = useSearchParams();
  const named = search.get("region");
  useEffect(() => {
    if (loaded && named && editor.region(named)) editor.select([named], { reveal: true });
  }, [editor, loaded, named]);
}

function Look({ editor, work, seen }: { editor: Editor; work: Work; seen: Seen }) {
  const { t } = useTranslation("label");
  const { bitmap, failed, loaded, retry } = useWorkOnCanvas(editor, work, { readOnly: true });
  const notes = useNotes(editor, work);
  const [keys, setKeys] = useState(false);
  useNamedRegion(editor, loaded);
  const [canvas, setCanvas] = useState<Element | null>(null);
  useEffect(() => setCanvas(document.querySelector(".lw-wk > .cv")), []);
  usePageActions(editor, [
    { id: "finding.next", group: "region", keys: ["."], enabled: () => notes.all.length > 0, run: notes.next },
    { id: "help.keys", group: "view", keys: ["?"], run: () => setKeys(true) },
  ]);
  usePageKeys(editor, () => {});
  const { revision, project } = seen;
  return (
    <>
      <ToolRail editor={editor} drawing={false} />
      {canvas &&
        createPortal(
          <>
            <StatusGlass editor={editor} />
            {failed && <PictureFailed name={seen.asset.name} onRetry={retry} />}
            <CanvasNotes editor={editor} doc={work.doc} notes={notes} />
          </>,
          canvas,
        )}
      <aside className="panel lp" aria-label={t("panel")}>
        {revision ? (
          <>
            <div className="sm t2 lw-none">
              {t("task.showing", { number: revision.number, name: revision.author?.name ?? "–" })}
            </div>
            <RegionList editor={editor} notes={notes} bitmap={bitmap} />
            <Attributes editor={editor} />
          </>
        ) : (
          <EmptyState
            title={t("task.gone")}
            action={<LinkButton to={`/projects/${project.id}/data`}>{t("task.back")}</LinkButton>}
          >
            {t("task.goneDetail")}
          </EmptyState>
        )}
      </aside>
      <KeysDialog editor={editor} opened={keys} onClose={() => setKeys(false)} />
    </>
  );
}
