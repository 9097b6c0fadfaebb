import { useEffect, useLayoutEffect, useMemo, useState } from "react";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import type { ImageSource } from "@/engine/image/source";
import type { ClaimDocument, Desk, Work } from "./desk";
import { OnCanvas } from "./onCanvas";
import { decoded, picture, sourceOf } from "./pictures";

const SHARP = 1.2; // image pixels are this much larger than those of the preview before the full picture is fetched

export interface Shown {
  /** The decoded picture of the task on the canvas; null until it is there. */
  bitmap: ImageBitmap | null;
  failed: boolean;
  /** The work that the canvas holds: where no desk says of it first, a new one is there a moment after it was opened. */
  loaded: Work | null;
  retry: () => void;
}

interface Options {
  readOnly?: boolean;
  /** Puts its work on the canvas before the page is drawn anew. */
  desk?: Desk;
}

/** Put the work on the canvas, its picture under it, and every change into the session. */
export function useWorkOnCanvas(
  editor: Editor | null,
  work: Work | null,
  { readOnly = false, desk }: Options = {},
): Shown {
  const [shown, setShown] = useState<{ work: Work; bitmap: ImageBitmap | null; failed: boolean } | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [, setLoaded] = useState<Work | null>(null);
  const canvas = useMemo(() => editor && new OnCanvas(editor, readOnly), [editor, readOnly]);
  // With the words of the new task, not a moment after them: what is drawn in between would be lost.
  useLayoutEffect(() => {
    if (canvas?.put(work)) setLoaded(work);
  }, [canvas, work]);
  useLayoutEffect(() => {
    const stop = canvas && desk?.onOpen((opened) => canvas.put(opened));
    return () => {
      stop?.();
      canvas?.put(null);
    };
  }, [canvas, desk]);
  useEffect(() => {
    if (!editor || !work) return;
    const at = decoded(work.doc.asset.urls.preview);
    return fetchPicture(editor, work, attempt > 0, (bitmap, failed) => {
      if (failed || bitmap !== at) setShown({ work, bitmap, failed });
    });
  }, [editor, work, attempt]);
  const current = shown?.work === work ? shown : null;
  return {
    bitmap: current ? current.bitmap : work && decoded(work.doc.asset.urls.preview),
    failed: current?.failed ?? false,
    loaded: canvas?.work ?? null,
    retry: () => setAttempt((n) => n + 1),
  };
}

/** Signed addresses end: a task that lies open over lunch needs new ones. */
async function renewAddresses(asset: ClaimDocument["asset"]): Promise<void> {
  const fresh = await api.get<Schemas["AssetOut"]>(`/assets/${asset.id}`);
  Object.assign(asset.urls, fresh.urls);
}

/** It stands there already: it came with the document. */
const isOf = (source: ImageSource | null, bitmap: ImageBitmap) =>
  (source?.kind === "bitmap" && source.bitmap === bitmap) || (source?.kind === "tiles" && source.preview === bitmap);

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
      if (!isOf(editor.stage.source, bitmap)) editor.setImage(sourceOf(asset, bitmap));
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
