import { between, type Matrix, toScreen } from "../camera/camera";
import { type Bounds, boundsTouch, grow, unionBounds } from "../geometry/boxes";
import { ops } from "../shapes";
import type { Stage } from "../stage";
import type { ElementId, Region } from "../types";
import { type Context, withCamera } from "./draw";
import { RegionMaker } from "./region_maker";
import { drawItem, type Held, itemsIn, MARGIN, painting, type Sight, SPREAD, sizeOf } from "./region_painter";

const SLICE = 6; // ms a frame that go into a new bitmap
const SETTLE = 90; // ms without a camera move before the sharp repaint starts
const AHEAD = 40; // CSS pixels of painted margin that are left when the next bitmap is asked for on the way
const COARSE = 2; // times larger than painted: sharpened on the way
const LIFT = 200; // selected regions up to this number are drawn on the overlay instead
const MANY_DIRTY = 300; // more changed places than this are cheaper as one repaint
const FEW = 500; // regions, or so, that are painted in a few milliseconds and need nobody's help

interface Layer {
  readonly canvas: HTMLCanvasElement;
  readonly ctx: Context;
  sight: Sight;
}

/** A new bitmap under way: made by the worker, or here in slices where there is none. */
interface Job {
  readonly sight: Sight;
  readonly steps: Iterator<void> | null;
  /** What changed since it began. */
  readonly dirty: Bounds[];
}

/** All regions as one bitmap, painted once and then moved under the camera by a transform. A full repaint goes to a
 * second canvas and is swapped in when done; small changes repaint only their rectangle. */
export class RegionLayer {
  private front: Layer;
  private back: Layer;
  private job: Job | null = null;
  private settleAt = 0;
  private held: Held = { lifted: new Set(), marked: new Set() };
  private readonly maker: RegionMaker;

  constructor(
    host: HTMLElement,
    private readonly stage: Stage,
    private readonly ratio: () => number,
    /** A frame is needed. */
    private readonly request: () => void,
  ) {
    this.front = makeLayer(host, this.sight());
    this.back = makeLayer(host, this.sight());
    this.back.canvas.style.visibility = "hidden";
    this.maker = new RegionMaker(
      stage,
      (bitmap) => this.made(bitmap),
      () => {
        if (this.job) this.invalidate();
        this.request();
      },
    );
  }

  /** The window has another size; the old bitmap stays until there is a new one. */
  resize(): void {
    this.place();
    this.invalidate();
  }

  /** The camera moved: carry the bitmap along, sharpen it once the hand rests. */
  follow(now: number): void {
    const m = this.place();
    this.settleAt = now + SETTLE;
    if (!this.job && !this.covers(m)) this.start();
  }

  invalidate(): void {
    this.stop();
    this.settleAt = 0;
    this.start();
  }

  /** Go on with a bitmap that is under way. Returns whether another frame is needed. */
  tick(now: number): boolean {
    const { camera } = this.stage;
    if (now >= this.settleAt && (this.job ?? this.front).sight.camera !== camera) this.invalidate();
    const until = performance.now() + SLICE;
    if (this.job?.steps) this.slice(this.job.steps, until);
    else if (this.job && this.maker.feed(until)) return true;
    return Boolean(this.job?.steps) || (this.job ?? this.front).sight.camera !== camera;
  }

  /** Another document: what is on the canvas goes at once. */
  paintNow(): void {
    this.stop();
    if (!this.isCheap()) {
      this.front.sight = this.sight();
      for (const { canvas, ctx } of [this.front, this.back]) {
        ctx.setTransform(1, 0, 0, 1, 0, 0);
        ctx.clearRect(0, 0, canvas.width, canvas.height);
      }
      this.place();
    }
    this.start();
  }

  /** These regions changed: repaint where they were and where they are. */
  repaint(ids: Iterable<ElementId>, before: Iterable<Region>): void {
    this.held = heldBy(this.stage);
    const boxes = [...before].map((region) => ops.bounds(region));
    for (const id of ids) {
      const b = this.stage.index.boundsOf(id);
      if (b) boxes.push(b);
    }
    if (!boxes.length) return;
    if (boxes.length > MANY_DIRTY) return this.invalidate();
    this.job?.dirty.push(...boxes);
    this.patchAll(boxes);
  }

  private patchAll(boxes: readonly Bounds[]): void {
    const reach = SPREAD / this.front.sight.camera.zoom;
    const parts = joined(boxes.map((box) => grow(box, reach)));
    const crowd = parts.reduce((n, box) => n + this.stage.index.search(box).length, 0);
    if (crowd > FEW) return this.invalidate();
    for (const box of parts) this.patch(box);
  }

  private patch(box: Bounds): void {
    const { ctx, sight } = this.front;
    const { camera } = sight;
    withCamera(ctx, camera, sight.ratio, MARGIN, () => {
      ctx.beginPath();
      ctx.rect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
      ctx.clip();
      ctx.clearRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
      for (const item of itemsIn(this.stage, grow(box, SPREAD / camera.zoom), this.held))
        drawItem(ctx, this.stage, item, camera);
    });
  }

  private sight(): Sight {
    return { camera: this.stage.camera, viewport: this.stage.viewport, ratio: this.ratio() };
  }

  /** Few regions are painted at once, many by the worker. */
  private start(): void {
    this.held = heldBy(this.stage);
    const sight = this.sight();
    const cheap = this.isCheap();
    const steps = cheap || !this.maker.usable ? painting(fitted(this.back, sight), this.stage, this.held, sight) : null;
    this.job = { sight, steps, dirty: [] };
    if (!steps) this.maker.ask(sight, this.held);
    if (cheap && steps) this.slice(steps, Number.POSITIVE_INFINITY);
    else this.request();
  }

  private stop(): void {
    if (this.job && !this.job.steps) this.maker.stop();
    this.job = null;
  }

  private isCheap(): boolean {
    const { scene, ghosts, predictions } = this.stage;
    if (scene.size + ghosts.length + predictions.length > FEW) return false;
    let cost = 0;
    for (const region of scene.regions()) cost += region.shape === "mask" ? FEW / 10 : 1 + ops.vertexCount(region) / 16;
    return cost <= FEW;
  }

  private slice(steps: Iterator<void>, until: number): void {
    while (performance.now() < until) {
      if (steps.next().done) return this.swap();
      // A canvas only notes what is drawn and paints it later, all at once; reading it has it painted now.
      if (until !== Number.POSITIVE_INFINITY) this.back.ctx.getImageData(0, 0, 1, 1);
    }
  }

  private made(bitmap: ImageBitmap): void {
    if (!this.job) return;
    const ctx = fitted(this.back, this.job.sight);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalCompositeOperation = "copy";
    ctx.drawImage(bitmap, 0, 0);
    ctx.globalCompositeOperation = "source-over";
    this.swap();
    this.request();
  }

  private swap(): void {
    if (!this.job) return;
    const { sight, dirty } = this.job;
    this.back.sight = sight;
    [this.front, this.back] = [this.back, this.front];
    this.front.canvas.style.visibility = "visible";
    this.back.canvas.style.visibility = "hidden";
    this.job = null;
    this.place();
    if (dirty.length > MANY_DIRTY) this.invalidate();
    else if (dirty.length) this.patchAll(dirty);
  }

  private place(): Matrix {
    const { camera } = this.front.sight;
    const m = between(camera, this.stage.camera);
    const e = m[4] + MARGIN * (1 - m[0] - m[2]);
    const f = m[5] + MARGIN * (1 - m[1] - m[3]);
    this.front.canvas.style.transform =
      camera === this.stage.camera ? "" : `matrix(${m[0]},${m[1]},${m[2]},${m[3]},${e},${f})`;
    return m;
  }

  /** Does the bitmap, moved so, still lie over all of the image that is seen, sharp enough to go on with? */
  private covers(m: Matrix): boolean {
    if (Math.hypot(m[0], m[1]) > COARSE) return false;
    const { width, height } = this.front.sight.viewport;
    const corner = (x: number, y: number) => ({ x: m[0] * x + m[2] * y + m[4], y: m[1] * x + m[3] * y + m[5] });
    const has = boxOf(corner(-MARGIN, -MARGIN), corner(width + MARGIN, height + MARGIN));
    const { camera, viewport, image, amodal } = this.stage;
    const whole = boxOf(toScreen(camera, { x: 0, y: 0 }), toScreen(camera, { x: image.width, y: image.height }));
    const beyond = amodal ? Number.POSITIVE_INFINITY : 0;
    return (
      has[0] <= Math.max(-AHEAD, whole[0] - beyond) &&
      has[1] <= Math.max(-AHEAD, whole[1] - beyond) &&
      has[2] >= Math.min(viewport.width + AHEAD, whole[2] + beyond) &&
      has[3] >= Math.min(viewport.height + AHEAD, whole[3] + beyond)
    );
  }

  /** Is the bitmap where it should be? For tests and the bench. */
  get settled(): boolean {
    return !this.job && this.front.sight.camera === this.stage.camera;
  }

  dispose(): void {
    this.stop();
    this.maker.dispose();
  }
}

function heldBy({ selection, preview }: Stage): Held {
  const moving = preview?.kind === "moved" ? preview.regions.map((region) => region.id) : [];
  const few = selection.length <= LIFT;
  return { lifted: new Set([...(few ? selection : []), ...moving]), marked: new Set(few ? [] : selection) };
}

const boxOf = (a: { x: number; y: number }, b: { x: number; y: number }): Bounds => [
  Math.min(a.x, b.x),
  Math.min(a.y, b.y),
  Math.max(a.x, b.x),
  Math.max(a.y, b.y),
];

/** Touching boxes become one, so that no pixel is painted twice. */
function joined(boxes: Bounds[]): Bounds[] {
  const out: Bounds[] = [];
  for (const box of boxes) {
    let grown = box;
    for (let i = out.length - 1; i >= 0; i--) {
      const other = out[i] as Bounds;
      if (!boundsTouch(grown, other)) continue;
      grown = unionBounds(grown, other);
      out.splice(i, 1);
      i = out.length;
    }
    out.push(grown);
  }
  return out;
}

function makeLayer(host: HTMLElement, sight: Sight): Layer {
  const canvas = document.createElement("canvas");
  canvas.style.cssText = "position:absolute;transform-origin:0 0;pointer-events:none;will-change:transform";
  canvas.setAttribute("aria-hidden", "true");
  host.append(canvas);
  const ctx = canvas.getContext("2d");
  if (!ctx) throw new Error("this browser gives no 2-D canvas");
  return { canvas, ctx, sight };
}

/** The layer's canvas in the size that it is to show. */
function fitted({ canvas, ctx }: Layer, sight: Sight): Context {
  const { width, height } = sizeOf(sight);
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height });
    Object.assign(canvas.style, {
      width: `${width / sight.ratio}px`,
      height: `${height / sight.ratio}px`,
      left: `${-MARGIN}px`,
      top: `${-MARGIN}px`,
    });
  }
  return ctx;
}
