import { clamp } from "../geometry/points";
import { simplify } from "../geometry/simplify";
import { labOf } from "./colour";
import { Heap } from "./paths";
import type { Crop } from "./pieces";

/** The cheapest way along edges from one place to every other of a crop (live-wire, Mortensen and Barrett, 1995). */
export interface WireField {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly w: number;
  readonly h: number;
  /** Where it begins, in image pixels, as it was asked for. */
  readonly from: readonly [number, number];
  /** The neighbour (0 to 7, clockwise from the right) that the way back goes to; 255 at the beginning. */
  readonly back: Uint8Array;
  /** Strength of the edge at each sample, 0 to 255. */
  readonly edges: Uint8Array;
}

const DX = [1, 1, 0, -1, -1, -1, 0, 1] as const;
const DY = [0, 1, 1, 1, 0, -1, -1, -1] as const;
const NOWHERE = 255;
const STRONG = 0.97; // the share of samples with weaker edges than the strongest that counts
const SNAP = 3; // samples around a place in which its way ends on the strongest edge

/** Strength of the edges of a crop: the gradient of its colours against the strong ones among them. */
export function edgesOf({ rgba, w, h }: Pick<Crop, "rgba" | "w" | "h">): Uint8Array {
  const lab = labOf(rgba);
  const strength = new Float32Array(w * h);
  for (let y = 1; y < h - 1; y++)
    for (let x = 1; x < w - 1; x++) {
      const at = y * w + x;
      let sum = 0;
      for (let c = 0; c < 3; c++) {
        const v = (dx: number, dy: number) => lab[(at + dy * w + dx) * 3 + c] as number;
        const gx = v(1, -1) + 2 * v(1, 0) + v(1, 1) - v(-1, -1) - 2 * v(-1, 0) - v(-1, 1);
        const gy = v(-1, 1) + 2 * v(0, 1) + v(1, 1) - v(-1, -1) - 2 * v(0, -1) - v(1, -1);
        sum += gx * gx + gy * gy;
      }
      strength[at] = Math.sqrt(sum);
    }
  const strong = strength.toSorted()[Math.floor(STRONG * strength.length)] || 1;
  return Uint8Array.from(strength, (s) => Math.min(255, (s / strong) * 255));
}

/** All ways from a place (image pixels). */
export function wireFrom(crop: Crop, edges: Uint8Array, from: readonly [number, number]): WireField {
  const { x, y, scale, w, h } = crop;
  const back = new Uint8Array(w * h).fill(NOWHERE);
  const cost = new Float32Array(w * h).fill(Number.POSITIVE_INFINITY);
  const price = Float32Array.from(edges, (e) => 0.02 + (1 - e / 255) ** 2);
  const start = snapped(edges, w, h, (from[0] - x) / scale, (from[1] - y) / scale);
  const heap = new Heap();
  cost[start] = 0;
  heap.push(start, 0);
  for (let top = heap.pop(); top; top = heap.pop()) {
    const at = top.node;
    if (top.key > (cost[at] as number)) continue;
    const [px, py] = [at % w, Math.floor(at / w)];
    for (let k = 0; k < 8; k++) {
      const [nx, ny] = [px + (DX[k] as number), py + (DY[k] as number)];
      if (nx < 0 || ny < 0 || nx >= w || ny >= h) continue;
      const to = ny * w + nx;
      const next = Math.fround(top.key + (price[to] as number) * (k % 2 ? Math.SQRT2 : 1));
      if (next >= (cost[to] as number)) continue;
      cost[to] = next;
      back[to] = (k + 4) % 8;
      heap.push(to, next);
    }
  }
  return { x, y, scale, w, h, from, back, edges };
}

/** The sample with the strongest edge near a place of the crop. */
function snapped(edges: Uint8Array, w: number, h: number, x: number, y: number): number {
  const [cx, cy] = [clamp(Math.floor(x), 0, w - 1), clamp(Math.floor(y), 0, h - 1)];
  let best = cy * w + cx;
  let most = 0;
  for (let row = Math.max(0, cy - SNAP); row <= Math.min(h - 1, cy + SNAP); row++)
    for (let column = Math.max(0, cx - SNAP); column <= Math.min(w - 1, cx + SNAP); column++) {
      const near = 1 - Math.hypot(column - cx, row - cy) / (2 * SNAP + 1);
      const strength = (edges[row * w + column] as number) * near;
      if (strength > most) [most, best] = [strength, row * w + column];
    }
  return best;
}

/** Flat image coordinates of the way to a place, without its beginning; straight where the field does not reach. */
export function wayTo(field: WireField | null, to: { x: number; y: number }): number[] {
  if (!field) return [to.x, to.y];
  const { x, y, scale, w, h, back, edges } = field;
  const [sx, sy] = [(to.x - x) / scale, (to.y - y) / scale];
  if (sx < 0 || sy < 0 || sx > w || sy > h) return [to.x, to.y];
  const line: number[] = [];
  for (let at = snapped(edges, w, h, sx, sy); ; ) {
    line.push(x + ((at % w) + 0.5) * scale, y + (Math.floor(at / w) + 0.5) * scale);
    const k = back[at] as number;
    if (k === NOWHERE) break;
    at += (DY[k] as number) * w + (DX[k] as number);
  }
  const ahead: number[] = [];
  for (let i = line.length - 2; i >= 0; i -= 2) ahead.push(line[i] as number, line[i + 1] as number);
  return simplify(ahead, 0.8 * scale).slice(ahead.length > 2 ? 2 : 0);
}
