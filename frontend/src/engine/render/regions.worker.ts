import type { Context } from "./draw";
import { type PaintRequest, RegionMirror, type ToWorker } from "./region_mirror";
import { painting, sizeOf } from "./region_painter";

export interface Painted {
  readonly id: number;
  readonly bitmap: ImageBitmap;
}

const SLICE = 12; // ms of painting between two looks at the messages
const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage: (answer: Painted, transfer: Transferable[]) => void;
};

const mirror = new RegionMirror();
const canvas = new OffscreenCanvas(1, 1);
/** The same calls as a canvas of the page has; kept in memory, where it is read after every few regions. */
const context = canvas.getContext("2d", { willReadFrequently: true }) as unknown as Context | null;
const again = new MessageChannel();
let job: { id: number; steps: Iterator<void> } | null = null;

scope.onmessage = ({ data }) => {
  if (data.kind === "paint") return start(data);
  if (data.kind === "stop" || data.fresh) job = null;
  if (data.kind === "document") mirror.take(data);
};

function start(request: PaintRequest): void {
  mirror.show(request);
  const { id, sight, held } = request;
  const { width, height } = sizeOf(sight);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  if (!context) return;
  const idle = job === null;
  job = { id, steps: painting(context, mirror.stage, held, sight) };
  if (idle) again.port2.postMessage(null);
}

again.port1.onmessage = () => {
  if (!job) return;
  const end = performance.now() + SLICE;
  while (performance.now() < end) {
    if (job.steps.next().done) {
      const bitmap = canvas.transferToImageBitmap();
      scope.postMessage({ id: job.id, bitmap }, [bitmap]);
      job = null;
      return;
    }
    // Drawn now, not all at once at the end: a newer request need not wait for what nobody wants any more.
    context?.getImageData(0, 0, 1, 1);
  }
  again.port2.postMessage(null);
};
