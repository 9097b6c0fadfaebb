import { knowBlob } from "../geometry/blobs";
import { Stage } from "../stage";
import type { Change, Region } from "../types";
import type { Context } from "./draw";
import { type Held, painting, type Sight, sizeOf } from "./region_painter";

/** What changed in the document since the last message. `fresh`: all before it is forgotten. */
export interface DocumentPart {
  readonly kind: "document";
  readonly fresh: boolean;
  readonly last: boolean;
  readonly put: readonly Region[];
  readonly gone: readonly string[];
  readonly blobs: readonly (readonly [hash: string, counts: string])[];
}

export type Shown = Pick<Stage, "classes" | "decorations" | "ghosts" | "predictions" | "view">;

export interface PaintRequest {
  readonly kind: "paint";
  readonly id: number;
  readonly sight: Sight;
  readonly held: Held;
  readonly hidden: ReadonlySet<string>;
  readonly locked: ReadonlySet<string>;
  /** Only what is not as it was at the last request. */
  readonly shown: Partial<Shown>;
}

export type ToWorker = DocumentPart | PaintRequest | { readonly kind: "stop" };

export interface Painted {
  readonly id: number;
  readonly bitmap: ImageBitmap;
}

const SLICE = 12; // ms of painting between two looks at the messages
const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage: (answer: Painted, transfer: Transferable[]) => void;
};

/** The document as the page has it: the same parts, so that the same code paints from it. */
const stage = new Stage();
const canvas = new OffscreenCanvas(1, 1);
/** The same calls as a canvas of the page has; kept in memory, where it is read after every few regions. */
const context = canvas.getContext("2d", { willReadFrequently: true }) as unknown as Context | null;
const again = new MessageChannel();
let coming: Region[] = [];
let job: { id: number; steps: Iterator<void> } | null = null;

scope.onmessage = ({ data }) => {
  if (data.kind === "document") take(data);
  else if (data.kind === "paint") start(data);
  else job = null;
};

function take({ fresh, last, put, gone, blobs }: DocumentPart): void {
  for (const [hash, counts] of blobs) knowBlob(hash, counts);
  if (fresh) {
    job = null;
    coming = [];
    stage.scene.clear();
    stage.index.load([]);
  }
  if (fresh || coming.length) {
    const deleted = new Set(gone);
    if (deleted.size) coming = coming.filter(({ id }) => !deleted.has(id));
    for (const region of put) coming.push(region);
    if (!last) return;
    stage.scene.apply({ label: "load", origin: "load", changes: coming.map((after) => change(after.id, after)) });
    stage.index.load(stage.scene.regions());
    coming = [];
    return;
  }
  const changes = [...gone.map((id) => change(id, null)), ...put.map((region) => change(region.id, region))];
  if (changes.length) stage.scene.apply({ label: "", origin: "remote", changes });
}

const change = (id: string, after: Region | null): Change => ({
  kind: "region",
  id,
  before: stage.scene.get(id) ?? null,
  after,
});

function start({ id, sight, held, hidden, locked, shown }: PaintRequest): void {
  Object.assign(stage, shown);
  replace(stage.picker.hidden, hidden);
  replace(stage.picker.locked, locked);
  const { width, height } = sizeOf(sight);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  if (!context) return;
  const idle = job === null;
  job = { id, steps: painting(context, stage, held, sight) };
  if (idle) again.port2.postMessage(null);
}

function replace(set: Set<string>, by: ReadonlySet<string>): void {
  set.clear();
  for (const id of by) set.add(id);
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
