import { apiUrl } from "@/api/client";
import type { Editor } from "@/engine/editor";
import { knowBlob, knowsBlob } from "@/engine/geometry/blobs";
import type { Region } from "@/engine/types";

const AGAIN = 5_000; // ms until a blob that did not come is asked for again
const asked = new Map<string, Promise<void>>();

async function load(project: number, hash: string): Promise<void> {
  const response = await fetch(apiUrl(`/projects/${project}/blobs/${hash}`), { credentials: "same-origin" });
  if (!response.ok) throw new Error(`blob: HTTP ${response.status}`);
  knowBlob(hash, await response.text());
}

/** A hash is asked for once, however many regions and tasks name it. */
function fetched(project: number, hash: string): Promise<void> {
  const known = asked.get(hash) ?? load(project, hash).finally(() => asked.delete(hash));
  asked.set(hash, known);
  return known;
}

const blobOf = (region: Region | null): string | null =>
  region?.shape === "mask" && region.geometry.counts === undefined ? (region.geometry.blob ?? null) : null;

/** Fetch the pixels of long masks after the task is on the canvas, and draw them as they come. */
export function followBlobs(editor: Editor, project: number): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const want = (regions: readonly (Region | null)[]) => {
    const missing = [...new Set(regions.flatMap((region) => blobOf(region) ?? []))].filter((hash) => !knowsBlob(hash));
    if (!missing.length) return;
    void Promise.allSettled(missing.map((hash) => fetched(project, hash))).then((all) => {
      if (stopped) return;
      editor.masksArrived();
      if (all.some(({ status }) => status === "rejected")) timer = setTimeout(() => want(editor.regions()), AGAIN);
    });
  };
  want(editor.regions());
  const stop = editor.on("change", ({ changes }) =>
    want(changes.flatMap((c) => (c.kind === "region" ? [c.after] : []))),
  );
  return () => {
    stopped = true;
    clearTimeout(timer);
    stop();
  };
}
