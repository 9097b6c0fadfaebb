import { type Camera, toScreen } from "../camera/camera";
import type { Stage } from "../stage";
import type { Preview } from "../tools";
import type { Context } from "./draw";

type Stroke = Preview & { kind: "stroke" };

const PAINT = 0.5; // opacity of what is being painted
const RUBBER = "#ffffff";

/** The stroke under the hand: each move adds its own piece to a bitmap, so that a long stroke costs no more. */
export class StrokePainter {
  private canvas: OffscreenCanvas | null = null;
  private camera: Camera | null = null;
  private start: readonly [number, number] | null = null;
  private done = 0;

  draw(ctx: Context, stage: Stage, ratio: number, stroke: Stroke): void {
    const canvas = this.prepared(ctx, stage, stroke);
    const pen = canvas?.getContext("2d");
    if (!canvas || !pen) return;
    pen.fillStyle = pen.strokeStyle = stroke.erase ? RUBBER : stage.colorOf(stage.currentClass);
    pen.lineWidth = Math.max(stroke.size * stage.camera.zoom * ratio, 1);
    pen.lineCap = stroke.round ? "round" : "square";
    pen.lineJoin = stroke.round ? "round" : "miter";
    for (; this.done < stroke.points.length; this.done += 2) piece(pen, stage, stroke, this.done, ratio);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = PAINT;
    ctx.drawImage(canvas, 0, 0);
    ctx.globalAlpha = 1;
  }

  private prepared(ctx: Context, stage: Stage, { points }: Stroke): OffscreenCanvas | null {
    const { width, height } = ctx.canvas;
    if (!width || !height) return null;
    const fits = this.canvas?.width === width && this.canvas.height === height;
    const same = this.start?.[0] === points[0] && this.start?.[1] === points[1];
    if (this.canvas && fits && same && this.camera === stage.camera && this.done <= points.length) return this.canvas;
    if (this.canvas && fits) this.canvas.getContext("2d")?.clearRect(0, 0, width, height);
    else this.canvas = new OffscreenCanvas(width, height);
    this.camera = stage.camera;
    this.start = [points[0] as number, points[1] as number];
    this.done = 0;
    return this.canvas;
  }
}

function piece(
  pen: OffscreenCanvasRenderingContext2D,
  stage: Stage,
  { points, round }: Stroke,
  at: number,
  ratio: number,
) {
  const to = toScreen(stage.camera, { x: points[at] as number, y: points[at + 1] as number });
  const before = Math.max(0, at - 2);
  const from = toScreen(stage.camera, { x: points[before] as number, y: points[before + 1] as number });
  const half = pen.lineWidth / 2;
  if (round) {
    pen.beginPath();
    pen.moveTo(from.x * ratio, from.y * ratio);
    pen.lineTo(to.x * ratio, to.y * ratio);
    pen.stroke();
  } else {
    // The square keeps its sides upright along the way.
    const steps = Math.max(1, Math.ceil((Math.hypot(to.x - from.x, to.y - from.y) * ratio) / Math.max(1, half)));
    for (let i = 0; i <= steps; i++) {
      const x = (from.x + ((to.x - from.x) * i) / steps) * ratio;
      const y = (from.y + ((to.y - from.y) * i) / steps) * ratio;
      pen.fillRect(x - half, y - half, half * 2, half * 2);
    }
  }
}

/** The brush at the pointer: its outline, white over black. */
export function drawBrush(ctx: Context, stage: Stage, size: number, round: boolean): void {
  if (!stage.pointer) return;
  const at = toScreen(stage.camera, stage.pointer);
  const half = Math.max((size * stage.camera.zoom) / 2, 1);
  for (const [style, width] of [
    ["rgba(0, 0, 0, 0.6)", 3],
    ["#ffffff", 1],
  ] as const) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.beginPath();
    if (round) ctx.arc(at.x, at.y, half, 0, Math.PI * 2);
    else ctx.rect(at.x - half, at.y - half, half * 2, half * 2);
    ctx.stroke();
  }
}

/** Superpixels under the hand, at the resolution they were made in. */
export function drawCells(ctx: Context, stage: Stage, preview: Preview & { kind: "cells" }): void {
  const grid = stage.superpixels;
  if (!grid || !preview.cells.length) return;
  const chosen = new Set(preview.cells);
  const tile = new OffscreenCanvas(grid.w, grid.h);
  const pen = tile.getContext("2d");
  if (!pen) return;
  const ink = preview.erase ? RUBBER : stage.colorOf(stage.currentClass);
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(ink.slice(at, at + 2), 16)) as [number, number, number];
  const word = ((150 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  const rgba = new Uint32Array(grid.w * grid.h);
  for (let i = 0; i < rgba.length; i++) if (chosen.has(grid.labels[i] as number)) rgba[i] = word;
  const bytes = new Uint8ClampedArray(rgba.buffer as ArrayBuffer);
  pen.putImageData(new ImageData(bytes, grid.w, grid.h), 0, 0);
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.drawImage(tile, 0, 0, grid.w * grid.step, grid.h * grid.step);
}
