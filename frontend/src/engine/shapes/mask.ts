import { type Affine, apply, applyFlat, inverse } from "../geometry/affine";
import { type Bits, bitAt, bitsOf, blank, cropTo, maskOf } from "../geometry/bits";
import { countsOf } from "../geometry/blobs";
import { type Bounds, boundsOfFlat } from "../geometry/boxes";
import { bitsToParts } from "../geometry/contours";
import { runAt, runEnds } from "../geometry/mask_runs";
import { decodeCounts, maskArea } from "../geometry/rle";
import type { ImageSize } from "../types";
import { boxRing, rectDistance } from "./box";
import { allFinite, type ShapeOps } from "./ops";

/** Shown by its crop's frame here; its pixels are drawn by `render/masks`. */
export const mask: ShapeOps<"mask"> = {
  filled: true,
  bounds: (g) => [g.x, g.y, g.x + g.size[1], g.y + g.size[0]],
  area(g) {
    const counts = countsOf(g);
    return counts === undefined ? g.size[0] * g.size[1] : maskArea(counts);
  },
  hitDistance(g, x, y) {
    const [x0, y0, x1, y1] = mask.bounds(g);
    const outside = rectDistance(x0, y0, x1, y1, x, y);
    const ends = outside >= 0 ? null : runEnds(g);
    if (!ends) return outside;
    return runAt(ends, Math.floor(x - g.x) * g.size[0] + Math.floor(y - g.y)) % 2 === 1 ? -1 : 1;
  },
  translate: (g, dx, dy) => ({ ...g, x: Math.round(g.x + dx), y: Math.round(g.y + dy) }),
  transform: (g, by) => maskOf(resampled(bitsOf(g), by)),
  outline: (g) => bitsToParts(bitsOf(g)),
  toBits: (g, image) => cropTo(bitsOf(g), within(mask.bounds(g), image)),
  handles: () => [],
  resize: (g) => g,
  path: (g, sink) => sink.rect(g.x, g.y, g.size[1], g.size[0]),
  problem(g) {
    if (!allFinite(g.x, g.y, ...g.size)) return "not_finite";
    if (g.size[0] <= 0 || g.size[1] <= 0) return "degenerate";
    if (g.blob !== undefined) return null;
    return g.counts === undefined ? "bad_mask" : countsProblem(g.counts, g.size[0] * g.size[1]);
  },
  clamp(g, image) {
    const { width, height } = image;
    const [h, w] = g.size;
    if (g.x >= width || g.y >= height || g.x + w <= 0 || g.y + h <= 0) return null;
    if (g.x >= 0 && g.y >= 0 && g.x + w <= width && g.y + h <= height) return g;
    if (countsOf(g) !== undefined) return maskOf(cropTo(bitsOf(g), within(mask.bounds(g), image)));
    // Without its pixels a crop cannot be cut: it is moved inside where it fits.
    const x = Math.max(0, Math.min(g.x, width - w));
    const y = Math.max(0, Math.min(g.y, height - h));
    return x === g.x && y === g.y ? g : { ...g, x, y };
  },
};

const within = ([x0, y0, x1, y1]: Bounds, { width, height }: ImageSize): Bounds => [
  Math.max(0, x0),
  Math.max(0, y0),
  Math.min(width, x1),
  Math.min(height, y1),
];

/** A pixel is set when the place that its centre comes from is in a set one. */
function resampled(bits: Bits, by: Affine): Bits {
  const { x, y, w, h } = bits;
  const [x0, y0, x1, y1] = boundsOfFlat(applyFlat(by, boxRing(x, y, w, h)));
  const [left, top] = [Math.floor(x0), Math.floor(y0)];
  const out = blank(left, top, Math.ceil(x1) - left, Math.ceil(y1) - top);
  const back = inverse(by);
  for (let row = 0; row < out.h; row++)
    for (let column = 0; column < out.w; column++)
      if (bitAt(bits, ...apply(back, out.x + column + 0.5, out.y + row + 0.5))) out.data[row * out.w + column] = 1;
  return out;
}

function countsProblem(counts: string, pixels: number): string | null {
  try {
    const runs = decodeCounts(counts);
    if (runs.some((run) => run < 0) || runs.reduce((sum, run) => sum + run, 0) !== pixels) return "bad_mask";
    return runs.some((run, i) => i % 2 === 1 && run > 0) ? null : "degenerate";
  } catch {
    return "bad_mask";
  }
}
