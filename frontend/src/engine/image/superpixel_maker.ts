import { type Camera, matrixOf } from "../camera/camera";
import type { Superpixels } from "../geometry/superpixels";
import type { SlicAnswer, SlicRequest } from "./slic.worker";

const SETTLE = 120; // ms after the last move of the camera
const MOST_SAMPLES = 500_000; // a worker makes them in well under a second

/** Asks a worker for the superpixels of what the image canvas shows, once the view rests. */
export class SuperpixelMaker {
  private worker: Worker | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor(
    private readonly canvas: () => HTMLCanvasElement,
    private readonly ready: (made: Superpixels) => void,
  ) {}

  /** `side` in CSS pixels, `ratio` canvas pixels a CSS pixel. */
  ask(camera: Camera, ratio: number, side: number): void {
    clearTimeout(this.timer);
    this.asked += 1;
    this.timer = setTimeout(() => this.start(camera, ratio, side), SETTLE);
  }

  private start(camera: Camera, ratio: number, side: number): void {
    const canvas = this.canvas();
    const step = Math.max(1, Math.sqrt((canvas.width * canvas.height) / MOST_SAMPLES));
    const w = Math.floor(canvas.width / step);
    const h = Math.floor(canvas.height / step);
    const pen = w > 1 && h > 1 ? new OffscreenCanvas(w, h).getContext("2d", { willReadFrequently: true }) : null;
    if (!pen) return;
    pen.drawImage(canvas, 0, 0, w * step, h * step, 0, 0, w, h);
    const rgba = pen.getImageData(0, 0, w, h).data;
    const id = this.asked;
    this.worker ??= new Worker(new URL("./slic.worker.ts", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }: MessageEvent<SlicAnswer>) => {
      if (data.id !== this.asked) return;
      const matrix = matrixOf(camera).map((value) => value * ratio);
      this.ready({ w, h, step, labels: data.labels, matrix, inverse: inverted(matrix) });
    };
    const request: SlicRequest = { id, rgba, w, h, side: Math.max(3, (side * ratio) / step) };
    this.worker.postMessage(request, [rgba.buffer]);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.worker?.terminate();
  }
}

function inverted(matrix: readonly number[]): number[] {
  const [a, b, c, d, e, f] = matrix as [number, number, number, number, number, number];
  const det = a * d - b * c;
  return [d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det];
}
