import { decodeCounts, maskArea, maskHas } from "../geometry/rle";
import { rectDistance } from "./box";
import { allFinite, type ShapeOps } from "./ops";

/** Shown by its crop's frame here; its pixels are drawn by `render/masks`. */
export const mask: ShapeOps<"mask"> = {
  filled: true,
  bounds: (g) => [g.x, g.y, g.x + g.size[1], g.y + g.size[0]],
  area: (g) => (g.counts === undefined ? g.size[0] * g.size[1] : maskArea(g.counts)),
  hitDistance(g, x, y) {
    const [x0, y0, x1, y1] = mask.bounds(g);
    const outside = rectDistance(x0, y0, x1, y1, x, y);
    if (outside >= 0 || g.counts === undefined) return outside;
    return maskHas(g.counts, g.size[0], Math.floor(x - g.x), Math.floor(y - g.y)) ? -1 : 1;
  },
  translate: (g, dx, dy) => ({ ...g, x: Math.round(g.x + dx), y: Math.round(g.y + dy) }),
  handles: () => [],
  resize: (g) => g,
  path: (g, sink) => sink.rect(g.x, g.y, g.size[1], g.size[0]),
  problem(g) {
    if (!allFinite(g.x, g.y, ...g.size)) return "not_finite";
    if (g.size[0] <= 0 || g.size[1] <= 0) return "degenerate";
    if (g.blob !== undefined) return null;
    return g.counts === undefined ? "bad_mask" : countsProblem(g.counts, g.size[0] * g.size[1]);
  },
  /** A crop cannot be cut without its pixels: it is moved inside where it fits. */
  clamp(g, { width, height }) {
    const [h, w] = g.size;
    if (g.x >= width || g.y >= height || g.x + w <= 0 || g.y + h <= 0) return null;
    const x = Math.max(0, Math.min(g.x, width - w));
    const y = Math.max(0, Math.min(g.y, height - h));
    return x === g.x && y === g.y ? g : { ...g, x, y };
  },
};

function countsProblem(counts: string, pixels: number): string | null {
  try {
    const runs = decodeCounts(counts);
    if (runs.some((run) => run < 0) || runs.reduce((sum, run) => sum + run, 0) !== pixels) return "bad_mask";
    return runs.some((run, i) => i % 2 === 1 && run > 0) ? null : "degenerate";
  } catch {
    return "bad_mask";
  }
}
