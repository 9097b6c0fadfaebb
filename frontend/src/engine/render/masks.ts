import { decodeMask } from "../geometry/rle";
import type { GeometryOf } from "../types";
import type { Context } from "./draw";

const KEPT = 200; // decoded crops kept as bitmaps
const cache = new Map<string, OffscreenCanvas>();

/** A mask's pixels in its colour. Decoded once; smoothing is off, a mask's edge is the pixel's edge. */
export function drawMask(ctx: Context, g: GeometryOf["mask"], color: string, alpha: number): void {
  const bitmap = bitmapOf(g, color);
  if (!bitmap) return;
  const smooth = ctx.imageSmoothingEnabled;
  ctx.imageSmoothingEnabled = false;
  ctx.globalAlpha = Math.min(alpha, 0.6);
  ctx.drawImage(bitmap, g.x, g.y);
  ctx.globalAlpha = 1;
  ctx.imageSmoothingEnabled = smooth;
}

function bitmapOf(g: GeometryOf["mask"], color: string): OffscreenCanvas | null {
  const key = `${color}:${g.size.join("x")}:${g.counts}`;
  const known = cache.get(key);
  if (known) return known;
  const [height, width] = g.size;
  const canvas = new OffscreenCanvas(width, height);
  const ctx = canvas.getContext("2d");
  if (!ctx || g.counts === undefined) return null;
  const bits = decodeMask(g.counts, height, width);
  const rgba = new Uint8ClampedArray(bits.length * 4);
  const [r, gr, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as [number, number, number];
  for (let i = 0; i < bits.length; i++) if (bits[i]) rgba.set([r, gr, b, 255], i * 4);
  ctx.putImageData(new ImageData(rgba, width, height), 0, 0);
  if (cache.size >= KEPT) cache.delete(cache.keys().next().value as string);
  cache.set(key, canvas);
  return canvas;
}
