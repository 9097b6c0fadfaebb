import { type Camera, matrixOf } from "../camera/camera";
import type { Bounds } from "../geometry/boxes";
import { opsOf } from "../shapes";
import type { GeometryOf, Region, Shaped, SkeletonDef } from "../types";
import { drawMask } from "./masks";
import type { Look } from "./style";

export type Context = CanvasRenderingContext2D;

const DOT_BELOW = 12; // screen pixels: a smaller region is drawn as a dot
const DOT = 6;
const SMALL = 40; // screen pixels: of a smaller region every other detail is enough
const BLUNT = 2; // times the line's width that a sharp corner may reach out; a round one costs twice the time

/** Set the camera's transform for geometry in image pixels. */
export function withCamera(ctx: Context, camera: Camera, ratio: number, offset: number, draw: () => void): void {
  const m = matrixOf(camera);
  ctx.save();
  ctx.setTransform(
    m[0] * ratio,
    m[1] * ratio,
    m[2] * ratio,
    m[3] * ratio,
    (m[4] + offset) * ratio,
    (m[5] + offset) * ratio,
  );
  draw();
  ctx.restore();
}

/** One region under the camera's transform; `pixel` is image pixels a screen pixel. `bounds` chooses dot or shape. */
export function drawRegion(
  ctx: Context,
  region: Shaped,
  look: Look,
  pixel: number,
  bounds: Bounds,
  skeleton?: SkeletonDef | null,
): void {
  if (region.shape === "tag") return;
  const size = Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / pixel;
  const operations = opsOf(region.shape);
  if (size < DOT_BELOW && operations.filled) return drawDot(ctx, bounds, look, pixel);
  if (region.shape === "box") return drawBox(ctx, region.geometry, look, pixel);
  if (region.shape === "mask")
    return drawMask(ctx, region.geometry, look.color, Math.max(look.fill, 0.1) * 3, pixel, seenBy(ctx));
  ctx.beginPath();
  const finest = operations.filled && size < SMALL ? 2 * pixel : pixel;
  operations.path(region.geometry as never, ctx, { pixel: finest, ...(skeleton ? { skeleton } : {}) });
  paintPath(ctx, look, pixel, operations.filled, region.shape === "points");
}

/** The part of the image that the canvas shows. */
function seenBy(ctx: Context): Bounds {
  const inverse = ctx.getTransform().invertSelf();
  const { width, height } = ctx.canvas;
  const a = inverse.transformPoint({ x: 0, y: 0 });
  const b = inverse.transformPoint({ x: width, y: height });
  return [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];
}

function paintPath(ctx: Context, look: Look, pixel: number, filled: boolean, solid: boolean): void {
  ctx.lineJoin = "miter";
  ctx.miterLimit = BLUNT;
  if (solid) {
    ctx.fillStyle = look.color;
    ctx.fill();
  } else if (filled && look.fill > 0) {
    ctx.globalAlpha = Math.min(look.fill, 0.22);
    ctx.fillStyle = look.color;
    ctx.fill("evenodd");
    ctx.globalAlpha = 1;
  }
  if (filled && look.hatch) hatch(ctx, pixel);
  strokeTwice(ctx, look, pixel, () => ctx.stroke());
}

function strokeTwice(ctx: Context, look: Look, pixel: number, stroke: () => void): void {
  ctx.strokeStyle = look.under.color;
  ctx.lineWidth = (look.line + look.under.extra) * pixel;
  stroke();
  ctx.strokeStyle = look.color;
  ctx.lineWidth = look.line * pixel;
  if (look.dash.length) ctx.setLineDash(look.dash.map((d) => d * pixel));
  stroke();
  if (look.dash.length) ctx.setLineDash([]);
}

/** Rectangles have calls of their own, several times as fast as a path. */
function drawBox(ctx: Context, g: GeometryOf["box"], look: Look, pixel: number): void {
  if (look.hatch) {
    ctx.beginPath();
    ctx.rect(g.x, g.y, g.w, g.h);
    hatch(ctx, pixel);
  } else if (look.fill > 0) {
    ctx.globalAlpha = Math.min(look.fill, 0.22);
    ctx.fillStyle = look.color;
    ctx.fillRect(g.x, g.y, g.w, g.h);
    ctx.globalAlpha = 1;
  }
  ctx.lineJoin = "miter";
  ctx.miterLimit = BLUNT;
  strokeTwice(ctx, look, pixel, () => ctx.strokeRect(g.x, g.y, g.w, g.h));
}

function drawDot(ctx: Context, b: Bounds, look: Look, pixel: number): void {
  const x = (b[0] + b[2]) / 2;
  const y = (b[1] + b[3]) / 2;
  const side = DOT * pixel;
  const rim = 1 * pixel;
  ctx.fillStyle = look.under.color;
  ctx.fillRect(x - side / 2 - rim, y - side / 2 - rim, side + 2 * rim, side + 2 * rim);
  ctx.fillStyle = look.color;
  ctx.fillRect(x - side / 2, y - side / 2, side, side);
}

/** Red diagonal lines inside the current path: what was removed. */
function hatch(ctx: Context, pixel: number): void {
  const tile = new OffscreenCanvas(7, 7);
  const t = tile.getContext("2d");
  if (!t) return;
  t.fillStyle = "rgba(255, 107, 97, 0.10)";
  t.fillRect(0, 0, 7, 7);
  t.strokeStyle = "rgba(255, 107, 97, 0.55)";
  t.lineWidth = 1.6;
  t.beginPath();
  for (const shift of [-7, 0, 7]) {
    t.moveTo(shift - 1, 8);
    t.lineTo(shift + 8, -1);
  }
  t.stroke();
  const pattern = ctx.createPattern(tile, "repeat");
  if (!pattern) return;
  pattern.setTransform(new DOMMatrix().scale(pixel));
  ctx.fillStyle = pattern;
  ctx.fill("evenodd");
}

export const skeletonOf = (classes: ReadonlyMap<number, { skeleton?: SkeletonDef | null }>, region: Region) =>
  region.shape === "skeleton" ? (classes.get(region.class)?.skeleton ?? null) : null;
