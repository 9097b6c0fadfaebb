import { visibleBounds } from "../camera/camera";
import type { ScreenPoint } from "../geometry/points";
import { SmartMaker } from "../image/smart_maker";
import { SuperpixelMaker } from "../image/superpixel_maker";
import type { Damage, Stage } from "../stage";
import type { SmartAnswer, SmartRequest } from "../tools";
import type { ElementId, Region } from "../types";
import type { Context } from "./draw";
import { GapPattern } from "./gaps";
import { ImageLayer } from "./image_layer";
import { Loupe } from "./loupe";
import { type MarkHit, markAt } from "./marks";
import { drawOverlay } from "./overlay";
import { RegionLayer } from "./region_layer";
import { StrokePainter } from "./stroke";
import { ToneFilter } from "./tone_filter";

/** The three stacked canvases in their host, painted once a frame and only where something changed. */
export class Surface implements Damage {
  private readonly imageLayer: ImageLayer;
  private readonly imageContext: Context;
  private readonly regionLayer: RegionLayer;
  private readonly overlayContext: Context;
  private readonly loupe: Loupe;
  private readonly tone: ToneFilter;
  private readonly observer: ResizeObserver;
  private readonly box: HTMLElement;
  private readonly painters = { stroke: new StrokePainter(), gaps: new GapPattern() };
  private frame = 0;
  private imageDirty = true;
  private overlayDirty = true;
  private ratio = 1;
  private found: (answer: SmartAnswer) => void = () => {};
  private readonly smart = new SmartMaker(
    {
      seen: () => visibleBounds(this.stage.camera, this.stage.viewport),
      image: () => this.stage.image,
      sample: (bounds, scale) => this.imageLayer.sample(bounds, scale),
    },
    (answer) => this.found(answer),
  );
  private readonly superpixels = new SuperpixelMaker(
    () => this.imageContext.canvas,
    (made) => {
      this.stage.superpixels = made;
      this.overlay();
    },
  );

  /** Milliseconds the last frame's painting took: the bench reads it. */
  lastFrame = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly stage: Stage,
    private readonly resized: () => void,
  ) {
    this.box = document.createElement("div");
    this.box.style.cssText = "position:absolute;inset:0;overflow:hidden;contain:strict;touch-action:none";
    host.append(this.box);
    if (getComputedStyle(host).position === "static") host.style.position = "relative";
    host.style.touchAction = "none";
    const image = this.canvas();
    this.imageContext = contextOf(image);
    this.tone = new ToneFilter(this.box);
    this.imageLayer = new ImageLayer(image, stage, this.tone, () => this.image());
    this.regionLayer = new RegionLayer(
      this.box,
      stage,
      () => this.ratio,
      () => this.request(),
    );
    this.overlayContext = contextOf(this.canvas());
    this.loupe = new Loupe(this.box, stage, this.imageLayer);
    this.observer = new ResizeObserver(() => this.measure());
  }

  /** Measure and paint for the first time; apart from the constructor, since painting calls back. */
  start(): void {
    this.observer.observe(this.host);
    this.measure();
  }

  private canvas(): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    canvas.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none";
    canvas.setAttribute("aria-hidden", "true");
    this.box.append(canvas);
    return canvas;
  }

  private measure(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    const ratio = window.devicePixelRatio || 1;
    if (!width || !height) return;
    this.ratio = ratio;
    this.stage.viewport = { width, height };
    for (const { canvas } of [this.imageContext, this.overlayContext]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.resized();
    this.regionLayer.resize();
    // Setting a canvas' size clears it: paint before the browser shows it.
    this.imageDirty = this.overlayDirty = true;
    this.paint(performance.now());
  }

  all(): void {
    this.imageLayer.refresh();
    this.regionLayer.paintNow();
    this.imageDirty = this.overlayDirty = true;
    this.paint(performance.now());
  }

  image(): void {
    this.imageLayer.refresh();
    this.imageDirty = true;
    this.request();
  }

  camera(): void {
    this.regionLayer.follow(performance.now());
    this.imageDirty = this.overlayDirty = true;
    this.request();
  }

  regions(): void {
    this.regionLayer.invalidate();
    this.overlay();
  }

  some(ids: Iterable<ElementId>, before: Iterable<Region> = []): void {
    this.regionLayer.repaint(ids, before);
    this.overlay();
  }

  overlay(): void {
    this.overlayDirty = true;
    this.request();
  }

  setCursor(cursor: string): void {
    if (this.host.style.cursor !== cursor) this.host.style.cursor = cursor;
  }

  makeSuperpixels(side: number): void {
    this.superpixels.ask(this.stage.camera, this.ratio, side);
  }

  /** What the smart tool will be asked about is seen: know it before. */
  lookAhead(edges: boolean): void {
    this.smart.look(edges);
  }

  segment(request: SmartRequest | null): void {
    this.smart.ask(request);
  }

  onFound(found: (answer: SmartAnswer) => void): void {
    this.found = found;
  }

  /** Another picture: what was known of the last one is nothing. */
  forgetFound(): void {
    this.smart.forget();
  }

  markAt(at: ScreenPoint): MarkHit | null {
    return markAt(this.stage, at.x, at.y);
  }

  focus(): void {
    this.host.focus({ preventScroll: true });
  }

  get settled(): boolean {
    return this.frame === 0 && this.regionLayer.settled && this.imageLayer.settled;
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.superpixels.dispose();
    this.smart.dispose();
    this.observer.disconnect();
    this.imageLayer.dispose();
    this.regionLayer.dispose();
    this.tone.dispose();
    this.box.remove();
  }

  private request(): void {
    if (!this.frame) this.frame = requestAnimationFrame((now) => this.paint(now));
  }

  private paint(now: number): void {
    const start = performance.now();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (this.imageDirty) this.imageLayer.draw(this.imageContext, this.ratio);
    if (this.overlayDirty) drawOverlay(this.overlayContext, this.stage, this.ratio, this.painters);
    if (this.overlayDirty || this.imageDirty) this.loupe.draw(this.ratio);
    this.imageDirty = this.overlayDirty = false;
    if (!this.imageLayer.complete) {
      this.imageLayer.step();
      this.imageDirty = true;
    }
    const more = this.regionLayer.tick(now);
    this.lastFrame = performance.now() - start;
    if (more || this.imageDirty) this.request();
  }
}

function contextOf(canvas: HTMLCanvasElement): Context {
  const ctx = canvas.getContext("2d");
  if (!ctx) throw new Error("this browser gives no 2-D canvas");
  return ctx;
}
