import { type Camera, centreOn, MAX_ZOOM, toScreen, visibleBounds } from "../camera/camera";
import { clamp } from "../geometry/points";
import { ops } from "../shapes";
import type { Stage } from "../stage";
import { type Context, drawRegion, skeletonOf, withCamera } from "./draw";
import type { ImageLayer } from "./image_layer";
import { aims, drawHeld } from "./overlay";
import { lookOf } from "./style";

const SIDE = 168; // CSS pixels
const AWAY = 28; // between the pointer and the loupe
const LARGER = 4; // times what the canvas shows
const LEAST = 4; // CSS pixels an image pixel: below it single pixels cannot be told
const MOST = 200; // regions drawn inside

/** A round window beside the pointer with its neighbourhood larger, while the hand aims. */
export class Loupe {
  private readonly element: HTMLElement;
  private readonly picture: Context;
  private readonly lines: Context;
  private ratio = 0;
  private shown = false;

  constructor(
    box: HTMLElement,
    private readonly stage: Stage,
    private readonly image: ImageLayer,
  ) {
    this.element = document.createElement("div");
    this.element.className = "lw-loupe";
    this.element.setAttribute("aria-hidden", "true");
    this.element.style.cssText = `position:absolute;left:0;top:0;width:${SIDE}px;height:${SIDE}px;border-radius:50%;overflow:hidden;pointer-events:none;display:none;background:#000;box-shadow:0 0 0 2px #fff,0 0 0 3px rgba(0,0,0,.6),0 6px 20px rgba(0,0,0,.4)`;
    [this.picture, this.lines] = [this.layer(), this.layer()];
    box.append(this.element);
  }

  private layer(): Context {
    const canvas = document.createElement("canvas");
    canvas.style.cssText = "position:absolute;inset:0;width:100%;height:100%";
    this.element.append(canvas);
    const ctx = canvas.getContext("2d");
    if (!ctx) throw new Error("this browser gives no 2-D canvas");
    return ctx;
  }

  draw(ratio: number): void {
    const { stage } = this;
    const at = stage.spot ?? stage.pointer;
    const show = stage.view.loupe && at !== null && aims(stage);
    if (show !== this.shown) this.element.style.display = show ? "block" : "none";
    if (!show && this.shown) this.image.forgetLoupe();
    this.shown = show;
    if (!show) return;
    this.measure(ratio);
    this.place(at);
    const viewport = { width: SIDE, height: SIDE };
    const zoom = clamp(Math.max(stage.camera.zoom * LARGER, LEAST), stage.camera.zoom, MAX_ZOOM);
    const camera = centreOn({ ...stage.camera, zoom }, at, viewport);
    if (this.picture.canvas.style.filter !== this.image.filter) this.picture.canvas.style.filter = this.image.filter;
    this.image.draw(this.picture, ratio, { camera, viewport });
    this.lines.setTransform(1, 0, 0, 1, 0, 0);
    this.lines.clearRect(0, 0, this.lines.canvas.width, this.lines.canvas.height);
    this.drawRegions(camera, ratio);
    drawHeld(this.lines, stage, camera, ratio);
    this.drawCross(ratio);
  }

  private measure(ratio: number): void {
    if (ratio === this.ratio) return;
    this.ratio = ratio;
    for (const { canvas } of [this.picture, this.lines]) canvas.width = canvas.height = Math.round(SIDE * ratio);
  }

  /** Above and right of the pointer; on the other side where the canvas ends. */
  private place(at: { x: number; y: number }): void {
    const { width, height } = this.stage.viewport;
    const p = toScreen(this.stage.camera, at);
    const x = p.x + AWAY + SIDE <= width ? p.x + AWAY : p.x - AWAY - SIDE;
    const y = p.y - AWAY - SIDE >= 0 ? p.y - AWAY - SIDE : p.y + AWAY;
    const inside = (value: number, size: number) => Math.round(clamp(value, 4, Math.max(4, size - SIDE - 4)));
    this.element.style.transform = `translate(${inside(x, width)}px,${inside(y, height)}px)`;
  }

  private drawRegions(camera: Camera, ratio: number): void {
    const { stage } = this;
    const held = new Set([...stage.selection, stage.hover]);
    const seen = visibleBounds(camera, { width: SIDE, height: SIDE });
    const ids = stage.index.search(seen).filter((id) => !held.has(id) && !stage.picker.hidden.has(id));
    withCamera(this.lines, camera, ratio, 0, () => {
      for (const id of ids.slice(0, MOST)) {
        const region = stage.scene.get(id);
        if (!region) continue;
        const look = { ...lookOf(stage, region, "normal"), fill: 0 };
        drawRegion(this.lines, region, look, 1 / camera.zoom, ops.bounds(region), skeletonOf(stage.classes, region));
      }
    });
  }

  /** The pixel that the hand is on. */
  private drawCross(ratio: number): void {
    const ctx = this.lines;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const middle = SIDE / 2;
    for (const [style, width] of [
      ["rgba(0, 0, 0, 0.5)", 3],
      ["#ffffff", 1],
    ] as const) {
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      ctx.beginPath();
      for (const [from, to] of [
        [-14, -4],
        [4, 14],
      ] as const) {
        ctx.moveTo(middle + from, middle);
        ctx.lineTo(middle + to, middle);
        ctx.moveTo(middle, middle + from);
        ctx.lineTo(middle, middle + to);
      }
      ctx.stroke();
    }
  }
}
