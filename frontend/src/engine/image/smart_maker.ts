import { type Bounds, boundsTouch, contains, grow, unionBounds } from "../geometry/boxes";
import type { Crop } from "../smart/pieces";
import { boundsOfPrompts } from "../smart/prompts";
import type { SmartAnswer, SmartRequest } from "../tools";
import type { ImageSize } from "../types";
import type { SmartResult, SmartTask } from "./smart.worker";

const SETTLE = 120; // ms after the last move of the camera
const MOST_SAMPLES = 200_000; // of a crop: its pieces are made in a fraction of a second
const MARGIN = 0.2; // of the prompts' size around them, where they reach out of sight

/** What the maker takes from the canvas. */
export interface SmartSight {
  /** The part of the image that is seen, in image pixels. */
  seen(): Bounds;
  image(): ImageSize;
  /** Pixels as delivered, or null where there is no picture yet. */
  sample(bounds: Bounds, scale: number): Crop | null;
}

/** Asks a worker for the object that prompts speak of. It knows the part of the image that is seen before it is asked. */
export class SmartMaker {
  private worker: Worker | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private crop: Bounds | null = null;
  /** The request that is being answered; others' answers are too late. */
  private asked: SmartRequest | null = null;
  private edges = false;

  constructor(
    private readonly sight: SmartSight,
    private readonly answer: (answer: SmartAnswer) => void,
  ) {}

  /** The view rests soon: look at it before anything is asked. `edges`: for ways along edges instead of objects. */
  look(edges: boolean): void {
    clearTimeout(this.timer);
    this.edges = edges;
    if (!this.asked) this.crop = null;
    this.timer = setTimeout(() => !this.crop && this.take(this.sight.seen()), SETTLE);
  }

  /** Another picture. */
  forget(): void {
    clearTimeout(this.timer);
    this.crop = null;
    this.asked = null;
  }

  ask(request: SmartRequest | null): void {
    const before = this.asked;
    this.asked = request;
    if (!request) {
      if (before) this.look(this.edges);
      return;
    }
    const about: Bounds | null =
      request.kind === "wire" ? [...request.from, ...request.from] : boundsOfPrompts(request.question.prompts);
    if (!about) return;
    if (!this.crop || !contains(this.crop, about)) this.take(around(about, this.sight.seen()));
    if (!this.crop) return;
    if (request.kind === "wire") this.post({ kind: "wire", id: request.id, from: request.from });
    else this.post({ kind: "ask", id: request.id, question: request.question });
  }

  private take(wanted: Bounds): void {
    const { width, height } = this.sight.image();
    const bounds: Bounds = [
      Math.max(0, Math.floor(wanted[0])),
      Math.max(0, Math.floor(wanted[1])),
      Math.min(width, Math.ceil(wanted[2])),
      Math.min(height, Math.ceil(wanted[3])),
    ];
    if (bounds[2] <= bounds[0] || bounds[3] <= bounds[1]) return;
    const area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]);
    const crop = this.sight.sample(bounds, Math.max(1, Math.sqrt(area / MOST_SAMPLES)));
    if (!crop) return;
    this.crop = bounds;
    this.post({ kind: "crop", crop, image: { width, height }, edges: this.edges }, [crop.rgba.buffer as ArrayBuffer]);
  }

  private post(task: SmartTask, transfer: Transferable[] = []): void {
    if (!this.worker) {
      this.worker = new Worker(new URL("./smart.worker.ts", import.meta.url), { type: "module" });
      this.worker.onmessage = ({ data }: MessageEvent<SmartResult>) => this.arrived(data);
    }
    this.worker.postMessage(task, transfer);
  }

  private arrived(result: SmartResult): void {
    if (result.id !== this.asked?.id) return;
    if (result.kind === "wire") return this.answer({ kind: "wire", id: result.id, field: result.field });
    if (result.kind === "exact") return this.answer({ kind: "found", id: result.id, found: result.found, last: true });
    const fine = result.finer && this.sight.sample(result.finer.bounds, result.finer.scale);
    if (fine) this.post({ kind: "exact", id: result.id, crop: fine }, [fine.rgba.buffer as ArrayBuffer]);
    this.answer({ kind: "found", id: result.id, found: result.found, last: !fine });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.worker?.terminate();
  }
}

/** What is seen and, where prompts reach beyond it, what is around them. */
function around(about: Bounds, seen: Bounds): Bounds {
  if (contains(seen, about)) return seen;
  const margin = MARGIN * Math.max(about[2] - about[0], about[3] - about[1], 64);
  const wide = grow(about, margin);
  return boundsTouch(wide, seen) ? unionBounds(wide, seen) : wide;
}
