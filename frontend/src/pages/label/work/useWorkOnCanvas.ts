import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import type { ElementRow, LabelSchema, Prediction, Region } from "@/engine/types";
import { followBlobs } from "./blobs";
import type { ClaimDocument, Work } from "./desk";
import { rememberRegions } from "./labelActions";
import { picture, sourceOf } from "./pictures";

export const schemaOf = (doc: ClaimDocument): LabelSchema => doc.schema.body as unknown as LabelSchema;

const SHARP = 1.2; // image pixels are this much larger than those of the preview before the full picture is fetched

function predictionsOf(doc: ClaimDocument): Prediction[] {
  return doc.predictions.flatMap((prediction) =>
    prediction.elements.flatMap((row) => {
      if (row.kind !== "region") return [];
      const region = row.element as unknown as Region & { score?: number | null };
      return [{ id: `${prediction.id}:${region.id}`, region, score: region.score ?? null }];
    }),
  );
}

export interface Shown {
  /** The decoded picture of the task on the canvas; null until it is there. */
  bitmap: ImageBitmap | null;
  failed: boolean;
  /** The work that the canvas holds: a new one is there a moment after it was opened. */
  loaded: Work | null;
  retry: () => void;
}

/** The document as the canvas has it now; what it cannot show is as it came. */
function rowsOn(editor: Editor, work: Work): ElementRow[] {
  const rows = work.left?.elements ?? work.elements;
  const known = new Map(rows.map((row) => [row.element.id, row]));
  const unknown = new Set(editor.unknown().map(({ id }) => id));
  const answers = Object.entries(editor.answers());
  return [
    ...rows.filter((row) => row.kind !== "answer" && (row.kind !== "region" || unknown.has(row.element.id))),
    ...editor.regions().map((region) => ({ version: 0, ...known.get(region.id), kind: "region", element: region })),
    ...answers.map(([id, value]) => ({ version: 0, ...known.get(id), kind: "answer", element: { id, value } })),
  ] as ElementRow[];
}

/** Put the work on the canvas, its picture under it, and every change into the session. */
export function useWorkOnCanvas(editor: Editor | null, work: Work | null, readOnly = false): Shown {
  const [shown, setShown] = useState<{ work: Work; bitmap: ImageBitmap | null; failed: boolean } | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [loaded, setLoaded] = useState<Work | null>(null);
  const before = useRef<number | null>(null);
  // With the words of the new task, not a moment after them: what is drawn in between would be lost.
  useLayoutEffect(() => {
    if (!editor || !work) return;
    const { asset } = work.doc;
    editor.load({
      image: { width: asset.width, height: asset.height },
      elements: work.left?.elements ?? work.elements,
      removed: work.left?.removed ?? work.removed,
      steps: work.left?.steps ?? work.session?.steps ?? undefined,
      // The picture of a coming task may have been looked at closely before the task itself was here.
      keepCamera: before.current === work.doc.asset.id,
      schema: schemaOf(work.doc),
      readOnly: readOnly || !work.session,
      amodal: work.doc.project.amodal,
      semantic: work.doc.project.semantic,
    });
    before.current = work.doc.asset.id;
    setLoaded(work);
    editor.setPredictions(predictionsOf(work.doc));
    editor.setView({ levels: null });
    const stopBlobs = followBlobs(editor, work.doc.project.id);
    const stopChanges = editor.on("change", (diff) => {
      if (diff.origin === "user") work.touched = true;
      work.session?.applyDiff(diff);
    });
    const stopSteps = editor.on("history", () => work.session?.keep(editor.finishedSteps));
    return () => {
      stopSteps();
      stopBlobs();
      stopChanges();
      if (!work.session) return;
      work.left = { elements: rowsOn(editor, work), removed: editor.removed(), steps: editor.steps };
      rememberRegions(work.doc.task.id, editor.regions());
    };
  }, [editor, work, readOnly]);
  useEffect(() => {
    if (!editor || !work) return;
    return fetchPicture(editor, work, attempt > 0, (bitmap, failed) => setShown({ work, bitmap, failed }));
  }, [editor, work, attempt]);
  const current = shown?.work === work ? shown : null;
  return {
    bitmap: current?.bitmap ?? null,
    failed: current?.failed ?? false,
    loaded,
    retry: () => setAttempt((n) => n + 1),
  };
}

/** Signed addresses end: a task that lies open over lunch needs new ones. */
async function renewAddresses(asset: ClaimDocument["asset"]): Promise<void> {
  const fresh = await api.get<Schemas["AssetOut"]>(`/assets/${asset.id}`);
  Object.assign(asset.urls, fresh.urls);
}

/** The preview first; the full picture once somebody zooms beyond it. */
function fetchPicture(
  editor: Editor,
  work: Work,
  renew: boolean,
  report: (bitmap: ImageBitmap | null, failed: boolean) => void,
) {
  const { asset } = work.doc;
  let stopped = false;
  let asked = asset.urls.preview === asset.urls.display;
  let scale = 1;
  async function preview() {
    try {
      if (renew) await renewAddresses(asset);
      const bitmap = await picture(asset.urls.preview);
      if (stopped) return;
      editor.setImage(sourceOf(asset, bitmap));
      scale = bitmap.width / asset.width;
      report(bitmap, false);
    } catch {
      if (!stopped) report(null, true);
    }
  }
  void preview();
  const stopListening = editor.on("camera", (camera) => {
    if (asked || camera.zoom < scale * SHARP || scale === 1) return;
    asked = true;
    // The preview stays where the full picture does not come; the next zoom asks again.
    picture(asset.urls.display).then(
      (bitmap) => stopped || editor.setImage(sourceOf(asset, bitmap)),
      () => {
        asked = false;
      },
    );
  });
  return () => {
    stopped = true;
    stopListening();
  };
}
