import { knowsBlob } from "../geometry/blobs";
import type { Bounds } from "../geometry/boxes";
import { coverOf } from "../geometry/mask_runs";
import type { GeometryOf } from "../types";
import type { Context } from "./draw";

type Mask = GeometryOf["mask"];

const CELLS = 256; // a tile has this many cells a side: some milliseconds to make, 256 kB to keep
const KEPT = 600; // tiles
const LARGEST_SCALE = 64; // a cell counts up to 64 × 64 pixels in 16 bits
const LINE = "|";

const tiles = new Map<string, OffscreenCanvas | null>();
const names = new WeakMap<Mask, number>();
let named = 0;

function nameOf(mask: Mask): number {
  const known = names.get(mask);
  if (known !== undefined) return known;
  names.set(mask, ++named);
  return named;
}

/** A mask's pixels in its colour. Only tiles in sight are made, straight from the run lengths and no finer than the
 * screen; where single pixels are seen their edges are sharp. */
export function drawMask(ctx: Context, g: Mask, color: string, alpha: number, pixel: number, seen: Bounds): void {
  if (g.blob !== undefined && g.counts === undefined && !knowsBlob(g.blob)) return;
  const [height, width] = g.size;
  const scale = Math.min(LARGEST_SCALE, 2 ** Math.max(0, Math.floor(Math.log2(pixel * 1.01))));
  const span = CELLS * scale;
  const smooth = ctx.imageSmoothingEnabled;
  ctx.imageSmoothingEnabled = false;
  ctx.globalAlpha = Math.min(alpha, 0.6);
  const first = (from: number) => Math.max(0, Math.floor(from / span));
  for (let row = first(seen[1] - g.y); row * span < Math.min(height, seen[3] - g.y); row++)
    for (let column = first(seen[0] - g.x); column * span < Math.min(width, seen[2] - g.x); column++) {
      const tile = tileOf(g, color, scale, column, row);
      if (tile) ctx.drawImage(tile, g.x + column * span, g.y + row * span, span, span);
    }
  ctx.globalAlpha = 1;
  ctx.imageSmoothingEnabled = smooth;
}

function tileOf(g: Mask, color: string, scale: number, column: number, row: number): OffscreenCanvas | null {
  const key = [nameOf(g), color, scale, column, row].join(LINE);
  const known = tiles.get(key);
  if (known !== undefined) {
    tiles.delete(key);
    tiles.set(key, known);
    return known;
  }
  const made = makeTile(g, color, scale, column, row);
  if (tiles.size >= KEPT) tiles.delete(tiles.keys().next().value as string);
  tiles.set(key, made);
  return made;
}

function makeTile(g: Mask, color: string, scale: number, column: number, row: number): OffscreenCanvas | null {
  const span = CELLS * scale;
  const cover = coverOf(g, column * span, row * span, CELLS, scale);
  if (!cover) return null;
  const [r, gr, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as [number, number, number];
  const ink = (b << 16) | (gr << 8) | r; // little-endian RGBA, as every browser's machine has it
  const rgba = new Uint32Array(cover.length);
  const whole = scale * scale;
  let any = false;
  for (let i = 0; i < cover.length; i++) {
    if (!cover[i]) continue;
    any = true;
    rgba[i] = ((Math.round(((cover[i] as number) * 255) / whole) << 24) | ink) >>> 0;
  }
  if (!any) return null;
  const canvas = new OffscreenCanvas(CELLS, CELLS);
  const bytes = new Uint8ClampedArray(rgba.buffer as ArrayBuffer);
  canvas.getContext("2d")?.putImageData(new ImageData(bytes, CELLS, CELLS), 0, 0);
  return canvas;
}
