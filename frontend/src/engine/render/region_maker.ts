import { countsOf } from "../geometry/blobs";
import type { Stage } from "../stage";
import type { Diff, Region } from "../types";
import type { DocumentPart, PaintRequest, Shown, ToWorker } from "./region_mirror";
import type { Held, Sight } from "./region_painter";
import type { Painted } from "./regions.worker";

const CHUNK = 200; // regions a message: a fraction of a millisecond to copy
const SHOWN = ["classes", "decorations", "ghosts", "predictions", "view"] as const;

/** Has bitmaps of many regions painted by a worker, which holds a copy of the document. Nothing is sent before the
 * first bitmap is asked for: small documents never need the worker. */
export class RegionMaker {
  private worker: Worker | null = null;
  private broken = typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined";
  /** What the worker does not have yet; null: it has nothing, and all is to be sent. */
  private waiting: { put: Map<string, Region>; gone: Set<string>; fresh: boolean } | null = null;
  private bare = new Map<string, string>(); // masks whose blob the worker does not know, by id
  private sent: Partial<Shown> = {};
  private asked: PaintRequest | null = null;
  private number = 0;

  constructor(
    private readonly stage: Stage,
    private readonly ready: (bitmap: ImageBitmap) => void,
    /** The worker cannot work here. */
    private readonly failed: () => void,
  ) {
    stage.scene.onDiff((diff) => this.note(diff));
  }

  get usable(): boolean {
    return !this.broken;
  }

  /** A bitmap of the document as it is now. What was asked for before is dropped. */
  ask(sight: Sight, held: Held): void {
    const { hidden, locked } = this.stage.picker;
    const shown: Partial<Record<keyof Shown, unknown>> = {};
    for (const name of SHOWN) if (this.sent[name] !== this.stage[name]) shown[name] = this.stage[name];
    this.asked = { kind: "paint", id: ++this.number, sight, held, hidden, locked, shown: shown as Partial<Shown> };
    this.start();
  }

  stop(): void {
    if (!this.asked) this.post({ kind: "stop" });
    this.asked = null;
    this.number += 1;
  }

  /** Send a part of what the worker lacks, then what was asked for. Whether there is more to send. */
  feed(until: number): boolean {
    if (!this.asked) return false;
    while (this.unsent()) {
      if (performance.now() >= until) return true;
      this.sendSome();
    }
    this.sendBlobs();
    this.sent = { ...this.sent, ...this.asked.shown };
    this.post(this.asked);
    this.asked = null;
    return false;
  }

  private start(): void {
    this.waiting ??= {
      put: new Map([...this.stage.scene.regions()].map((region) => [region.id, region])),
      gone: new Set(),
      fresh: true,
    };
    if (this.worker || this.broken) return;
    this.worker = new Worker(new URL("./regions.worker.ts", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }: MessageEvent<Painted>) => {
      if (data.id === this.number) this.ready(data.bitmap);
      data.bitmap.close();
    };
    this.worker.onerror = () => {
      this.dispose();
      this.broken = true;
      this.failed();
    };
  }

  private note(diff: Diff): void {
    if (diff.origin === "load") {
      this.waiting = null;
      this.bare.clear();
      return;
    }
    for (const change of diff.changes) {
      if (change.kind !== "region" || !this.waiting) continue;
      this.waiting.put.delete(change.id);
      this.waiting.gone.delete(change.id);
      if (change.after) this.waiting.put.set(change.id, change.after);
      else this.waiting.gone.add(change.id);
    }
  }

  private unsent(): boolean {
    const { waiting } = this;
    return waiting !== null && (waiting.fresh || waiting.put.size > 0 || waiting.gone.size > 0);
  }

  private sendSome(): void {
    if (!this.waiting) return;
    const put: Region[] = [];
    for (const [id, region] of this.waiting.put) {
      put.push(paintable(region));
      this.waiting.put.delete(id);
      if (region.shape === "mask" && region.geometry.blob !== undefined && region.geometry.counts === undefined)
        this.bare.set(id, region.geometry.blob);
      if (put.length === CHUNK) break;
    }
    const last = this.waiting.put.size === 0;
    const gone = last ? [...this.waiting.gone] : [];
    if (last) this.waiting.gone.clear();
    const part: DocumentPart = { kind: "document", fresh: this.waiting.fresh, last, put, gone, blobs: [] };
    this.waiting.fresh = false;
    this.post(part);
  }

  /** Run lengths that arrived since their masks were sent. */
  private sendBlobs(): void {
    const blobs = new Map<string, string>();
    for (const [id, blob] of this.bare) {
      const counts = countsOf({ x: 0, y: 0, size: [0, 0], blob });
      if (counts === undefined) continue;
      blobs.set(blob, counts);
      this.bare.delete(id);
    }
    if (blobs.size)
      this.post({ kind: "document", fresh: false, last: true, put: [], gone: [], blobs: [...blobs.entries()] });
  }

  private post(message: ToWorker): void {
    this.worker?.postMessage(message);
  }

  dispose(): void {
    this.worker?.terminate();
    this.worker = null;
    this.waiting = null;
  }
}

/** Of a region, what painting asks for. */
function paintable({ id, class: kind, shape, geometry, z, occluded = false }: Region): Region {
  return { id, class: kind, shape, geometry, attributes: {}, occluded, ...(z === undefined ? {} : { z }) } as Region;
}
