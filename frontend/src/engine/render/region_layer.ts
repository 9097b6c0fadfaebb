import { between, type Camera, visibleBounds } from "../camera/camera";
import { type Bounds, boundsTouch, grow, unionBounds } from "../geometry/boxes";
import { ops } from "../shapes";
import type { Stage } from "../stage";
import type { ElementId, Region } from "../types";
import { type Context, drawRegion, skeletonOf, withCamera } from "./draw";
import { lookOf, type RegionState } from "./style";

const MARGIN = 160; // CSS pixels painted around the viewport, so that a pan shows no bare border at once
const SLICE = 6; // ms of painting a frame while a full repaint is under way
const SETTLE = 90; // ms without a camera move before the sharp repaint starts
const LIFT = 200; // selected regions up to this number are drawn on the overlay instead
const SPREAD = 6; // CSS pixels a region's line, halo or dot reaches beyond its bounds
const MANY_DIRTY = 300; // more changed regions than this are cheaper as one repaint

interface Layer {
  readonly canvas: HTMLCanvasElement;
  readonly ctx: Context;
  camera: Camera;
}

interface Item {
  readonly region: Region;
  readonly state: RegionState;
}

/** All regions as one bitmap, painted once and then moved under the camera by a transform. A full repaint goes to a
 * second canvas in slices and is swapped in when done; small changes repaint only their rectangle. */
export class RegionLayer {
  private front: Layer;
  private back: Layer;
  private job: Iterator<void> | null = null;
  private jobCamera: Camera | null = null;
  private dirtySinceJob = false;
  private settleAt = 0;
  private lifted: ReadonlySet<ElementId> = new Set();
  private selected: ReadonlySet<ElementId> = new Set();

  constructor(
    host: HTMLElement,
    private readonly stage: Stage,
    private readonly ratio: () => number,
  ) {
    this.front = makeLayer(host, stage.camera);
    this.back = makeLayer(host, stage.camera);
    this.back.canvas.style.visibility = "hidden";
  }

  resize(): void {
    for (const layer of [this.front, this.back]) {
      const { width, height } = this.stage.viewport;
      const ratio = this.ratio();
      layer.canvas.width = Math.round((width + 2 * MARGIN) * ratio);
      layer.canvas.height = Math.round((height + 2 * MARGIN) * ratio);
      layer.canvas.style.width = `${width + 2 * MARGIN}px`;
      layer.canvas.style.height = `${height + 2 * MARGIN}px`;
      layer.canvas.style.left = layer.canvas.style.top = `${-MARGIN}px`;
    }
    this.paintNow();
  }

  /** The camera moved: carry the bitmap along, sharpen it once the hand rests. */
  follow(now: number): void {
    const m = between(this.front.camera, this.stage.camera);
    this.place();
    this.settleAt = now + SETTLE;
    // A pan beyond the margin is repainted on the way; its own picture is shown the moment it is done.
    const bare = Math.abs(m[0] - 1) < 1e-9 && (Math.abs(m[4]) > MARGIN || Math.abs(m[5]) > MARGIN);
    if (bare && !this.job) this.start();
    else if (!bare && this.job) this.stop();
  }

  invalidate(): void {
    this.stop();
    this.settleAt = 0;
    this.start();
  }

  /** Paint a slice if anything waits. Returns whether another frame is needed. */
  tick(now: number): boolean {
    if (!this.job && this.front.camera !== this.stage.camera) {
      if (now < this.settleAt) return true;
      this.start();
    }
    if (!this.job) return false;
    const end = performance.now() + SLICE;
    while (performance.now() < end)
      if (this.job.next().done) {
        this.swap();
        return this.front.camera !== this.stage.camera;
      }
    return true;
  }

  /** Everything at once: the first picture of a task, where waiting would show bare pixels. */
  paintNow(): void {
    this.start();
    for (let step = this.job?.next(); step && !step.done; step = this.job?.next()) if (!this.job) return;
    this.swap();
  }

  /** These regions changed: repaint where they were and where they are. */
  repaint(ids: Iterable<ElementId>, before: Iterable<Region>): void {
    this.updateLifted();
    const boxes = [...before].map((region) => ops.bounds(region));
    for (const id of ids) {
      const b = this.stage.index.boundsOf(id);
      if (b) boxes.push(b);
    }
    if (!boxes.length) return;
    this.dirtySinceJob = this.job !== null;
    if (boxes.length > MANY_DIRTY) return this.invalidate();
    const reach = SPREAD / this.front.camera.zoom;
    for (const box of joined(boxes.map((b) => grow(b, reach)))) this.patch(box);
    if (this.dirtySinceJob) this.invalidate();
  }

  private patch(box: Bounds): void {
    const { ctx, camera } = this.front;
    withCamera(ctx, camera, this.ratio(), MARGIN, () => {
      ctx.beginPath();
      ctx.rect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
      ctx.clip();
      ctx.clearRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
      for (const item of this.itemsIn(grow(box, SPREAD / camera.zoom))) this.drawItem(ctx, item, camera);
    });
  }

  private start(): void {
    this.updateLifted();
    this.dirtySinceJob = false;
    this.jobCamera = this.stage.camera;
    this.job = this.paint(this.back, this.jobCamera);
  }

  private stop(): void {
    this.job = null;
    this.jobCamera = null;
  }

  private *paint(layer: Layer, camera: Camera): Generator<void> {
    const { ctx } = layer;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, layer.canvas.width, layer.canvas.height);
    yield;
    const seen = visibleBounds(camera, this.stage.viewport, MARGIN + SPREAD);
    const items = this.itemsIn(seen);
    yield;
    const BATCH = 24; // regions between two looks at the clock
    for (let at = 0; at < items.length; ) {
      const begin = performance.now();
      withCamera(ctx, camera, this.ratio(), MARGIN, () => {
        // A mask's first drawing may take a slice alone.
        for (const end = at + BATCH; at < Math.min(end, items.length); ) {
          this.drawItem(ctx, items[at++] as Item, camera);
          if (performance.now() - begin > SLICE) break;
        }
      });
      yield;
    }
  }

  private swap(): void {
    if (!this.jobCamera) return;
    this.back.camera = this.jobCamera;
    [this.front, this.back] = [this.back, this.front];
    this.front.canvas.style.visibility = "visible";
    this.back.canvas.style.visibility = "hidden";
    this.stop();
    this.place();
  }

  private place(): void {
    const m = between(this.front.camera, this.stage.camera);
    const e = m[4] + MARGIN * (1 - m[0] - m[2]);
    const f = m[5] + MARGIN * (1 - m[1] - m[3]);
    this.front.canvas.style.transform = this.front.camera === this.stage.camera ? "" : matrix(m, e, f);
  }

  /** In drawing order: locked, then ordinary ones by z (and the larger first), then ghosts and predictions. */
  private itemsIn(box: Bounds): Item[] {
    const { stage } = this;
    const { hidden, locked } = stage.picker;
    const items: (Item & { rank: number; area: number })[] = [];
    for (const id of stage.index.search(box)) {
      const region = stage.scene.get(id);
      if (!region || hidden.has(id) || this.lifted.has(id)) continue;
      const state = locked.has(id)
        ? "locked"
        : stage.selection.length > LIFT && this.selected.has(id)
          ? "selected"
          : "normal";
      const b = stage.index.boundsOf(id) as Bounds;
      const rank = state === "locked" ? Number.NEGATIVE_INFINITY : (region.z ?? 0);
      items.push({ region, state, rank, area: (b[2] - b[0]) * (b[3] - b[1]) });
    }
    items.sort((a, b) => (a.rank === b.rank ? b.area - a.area : a.rank - b.rank));
    const extra = (region: Region, state: RegionState): Item[] =>
      boundsTouch(ops.bounds(region), box) ? [{ region, state }] : [];
    return [
      ...items,
      ...stage.ghosts.flatMap((region) => extra(region, "normal")),
      ...(stage.view.predictions ? stage.predictions.flatMap((p) => extra(p.region, "prediction")) : []),
    ];
  }

  private drawItem(ctx: Context, { region, state }: Item, camera: Camera): void {
    const pixel = 1 / camera.zoom;
    const bounds = this.stage.index.boundsOf(region.id) ?? ops.bounds(region);
    const decoration = this.stage.decorations.get(region.id);
    if (decoration?.kind === "changed") {
      const old = { ...lookOf(this.stage, region, "normal"), dash: [3, 4], fill: 0, line: 1.5 };
      drawRegion(ctx, decoration.before, old, pixel, ops.bounds(decoration.before));
    }
    const look = lookOf(this.stage, region, state);
    drawRegion(ctx, region, look, pixel, bounds, skeletonOf(this.stage.classes, region));
  }

  private updateLifted(): void {
    const { selection, preview } = this.stage;
    this.selected = new Set(selection);
    const moving = preview?.kind === "moved" ? preview.regions.map((region) => region.id) : [];
    this.lifted = new Set([...(selection.length <= LIFT ? selection : []), ...moving]);
  }

  /** Is the bitmap where it should be? For tests and the bench. */
  get settled(): boolean {
    return !this.job && this.front.camera === this.stage.camera;
  }
}

const matrix = (m: readonly number[], e: number, f: number) => `matrix(${m[0]},${m[1]},${m[2]},${m[3]},${e},${f})`;

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

function makeLayer(host: HTMLElement, camera: Camera): Layer {
  const canvas = document.createElement("canvas");
  canvas.style.cssText = "position:absolute;transform-origin:0 0;pointer-events:none;will-change:transform";
  canvas.setAttribute("aria-hidden", "true");
  host.append(canvas);
  const ctx = canvas.getContext("2d");
  if (!ctx) throw new Error("this browser gives no 2-D canvas");
  return { canvas, ctx, camera };
}
