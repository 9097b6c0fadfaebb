import type { Tracked } from "./track";
import type { TrackTask } from "./track.worker";

/** Where parts of a picture are in the next one, found in a worker. Rejects where none runs.
 *
 * @returns of each box, in image pixels, what leads from one image to the other. */
export function tracked(task: TrackTask): Promise<readonly Tracked[]> {
  const worker = new Worker(new URL("./track.worker.ts", import.meta.url), { type: "module" });
  return new Promise<readonly Tracked[]>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<readonly Tracked[]>) => resolve(data);
    worker.onerror = () => reject(new Error("the tracker does not run"));
    worker.postMessage(task);
  }).finally(() => worker.terminate());
}
