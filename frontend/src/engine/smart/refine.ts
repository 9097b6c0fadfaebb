import { clamp } from "../geometry/points";
import { colourDistance } from "./colour";
import { FlowGraph } from "./max_flow";
import { costOf, type Mixture } from "./mixture";
import type { Crop } from "./pieces";
import type { Hints } from "./prompts";

const COLOUR = 0.15; // weight of a pixel's own colour against a border through its like
const LOUDEST = 4;
const DIAGONAL = Math.SQRT1_2;
const SURE = 1e6;
const MOST_NODES = 220_000; // pixels in doubt: beyond it the answer would not come at once

/** The border of an object pixel by pixel: only those within `reach` of where it is now are in doubt (banded graph cut,
 * Lombaert et al., 2005). `lab` has three numbers, `inside` and what is returned a byte a sample of the crop. */
export function refined(
  { w, h }: Pick<Crop, "w" | "h">,
  lab: Float32Array,
  inside: Uint8Array,
  reach: number,
  models: { object: Mixture | null; rest: Mixture | null },
  hints: Hints,
): Uint8Array {
  const band = bandOf(inside, w, h, reach);
  const { object, rest } = models;
  let nodes = 0;
  const number = new Int32Array(w * h).fill(-1);
  for (let at = 0; at < band.length; at++) if (band[at]) number[at] = nodes++;
  if (!nodes || nodes > MOST_NODES) return inside;
  const shown = shownPixels(hints, w, h);
  const beta = typicalContrast(lab, number, w, h);
  const graph = new FlowGraph(nodes, nodes * 4);
  const meet = (at: number, to: number, length: number) => {
    const [a, b] = [number[at] as number, number[to] as number];
    if (a < 0 && b < 0) return;
    const cost = length * (0.02 + Math.exp(-(colourDistance(lab, at, to) ** 2) / beta));
    if (a >= 0 && b >= 0) graph.addEdge(a, b, cost);
    else {
      const known = a >= 0 ? inside[to] : inside[at];
      graph.addTerminal(a >= 0 ? a : b, known ? cost : 0, known ? 0 : cost);
    }
  };
  for (let y = 0, at = 0; y < h; y++)
    for (let x = 0; x < w; x++, at++) {
      if (x + 1 < w) meet(at, at + 1, 1);
      if (y + 1 >= h) continue;
      meet(at, at + w, 1);
      if (x + 1 < w) meet(at, at + w + 1, DIAGONAL);
      if (x > 0) meet(at, at + w - 1, DIAGONAL);
    }
  for (let at = 0; at < number.length; at++) {
    const node = number[at] as number;
    if (node < 0) continue;
    const fixed = shown.get(at);
    if (fixed !== undefined) graph.addTerminal(node, fixed ? SURE : 0, fixed ? 0 : SURE);
    else if (object && rest) {
      const gain = COLOUR * clamp(costOf(rest, lab, at) - costOf(object, lab, at), -LOUDEST, LOUDEST);
      graph.addTerminal(node, Math.max(0, gain), Math.max(0, -gain));
    }
  }
  const cut = graph.cut();
  const out = inside.slice();
  for (let at = 0; at < out.length; at++) {
    const node = number[at] as number;
    if (node >= 0) out[at] = cut[node] as number;
  }
  return out;
}

function shownPixels({ inside, outside }: Hints, w: number, h: number): Map<number, boolean> {
  const out = new Map<number, boolean>();
  for (const [flat, value] of [
    [outside, false],
    [inside, true],
  ] as const)
    for (let i = 0; i < flat.length; i += 2) {
      const [x, y] = [Math.floor(flat[i] as number), Math.floor(flat[i + 1] as number)];
      if (x >= 0 && y >= 0 && x < w && y < h) out.set(y * w + x, value);
    }
  return out;
}

/** Pixels within `reach` steps over edges of a border of the object. */
function bandOf(inside: Uint8Array, w: number, h: number, reach: number): Uint8Array {
  const band = new Uint8Array(w * h);
  let front: number[] = [];
  const take = (at: number) => {
    if (band[at]) return;
    band[at] = 1;
    front.push(at);
  };
  for (let y = 0, at = 0; y < h; y++)
    for (let x = 0; x < w; x++, at++) {
      if (x + 1 < w && inside[at] !== inside[at + 1]) {
        take(at);
        take(at + 1);
      }
      if (y + 1 < h && inside[at] !== inside[at + w]) {
        take(at);
        take(at + w);
      }
    }
  for (let step = 1; step < reach; step++) {
    const from = front;
    front = [];
    for (const at of from) {
      const x = at % w;
      if (x > 0) take(at - 1);
      if (x < w - 1) take(at + 1);
      if (at >= w) take(at - w);
      if (at + w < w * h) take(at + w);
    }
  }
  return band;
}

/** Twice the mean square of the colour distance between neighbours in the band. */
function typicalContrast(lab: Float32Array, number: Int32Array, w: number, h: number): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at + w < w * h; at++) {
    if ((number[at] as number) < 0) continue;
    sum += colourDistance(lab, at, at + w) ** 2;
    count++;
  }
  return count ? (2 * sum) / count + 1e-6 : 1;
}
