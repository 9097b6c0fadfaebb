import { describe, expect, test } from "vitest";
import { bitsOf, fillParts } from "../geometry/bits";
import type { GeometryOf } from "../types";
import { FlowGraph } from "./max_flow";
import type { Crop } from "./pieces";
import type { Prompt } from "./prompts";
import { type Found, type Question, Segmenter } from "./segmenter";
import { wayTo } from "./wire";

const W = 160;
const H = 120;

/** A red disc and a blue square on grey, all with the same grain. */
function scene(scale = 1): Crop {
  const [w, h] = [W / scale, H / scale];
  const rgba = new Uint8ClampedArray(w * h * 4);
  let seed = 7;
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      const grain = (seed / 2147483648) * 24 - 12;
      const [px, py] = [(x + 0.5) * scale, (y + 0.5) * scale];
      const [r, g, b] = isDisc(px, py) ? [190, 50, 40] : isSquare(px, py) ? [40, 70, 190] : [130, 130, 130];
      rgba.set([r + grain, g + grain, b + grain, 255], (y * w + x) * 4);
    }
  return { x: 0, y: 0, scale, w, h, rgba };
}

const isDisc = (x: number, y: number) => Math.hypot(x - 50, y - 60) < 30;
const isSquare = (x: number, y: number) => x >= 100 && x < 140 && y >= 40 && y < 80;

function iou(found: Found | null, truth: (x: number, y: number) => boolean): number {
  const bits = found?.mask ? bitsOf(found.mask as GeometryOf["mask"]) : null;
  let both = 0;
  let either = 0;
  for (let y = 0; y < H; y++)
    for (let x = 0; x < W; x++) {
      const [column, row] = [x - (bits?.x ?? 0), y - (bits?.y ?? 0)];
      const inside = bits !== null && column >= 0 && row >= 0 && column < bits.w && row < bits.h;
      const a = inside && bits.data[row * bits.w + column] === 1;
      const b = truth(x + 0.5, y + 0.5);
      if (a && b) both++;
      if (a || b) either++;
    }
  return both / either;
}

const click = (x: number, y: number, inside = true): Prompt => ({ kind: "click", at: [x, y], inside });
const cut = (...prompts: Prompt[]): Question => ({ method: "cut", prompts, tolerance: 0 });

describe("an object by a cut", () => {
  const segmenter = new Segmenter(scene(), { width: W, height: H });
  const found = (...prompts: Prompt[]) => segmenter.first(cut(...prompts)).found;

  test("one click finds it", () => {
    expect(iou(found(click(50, 60)), isDisc)).toBeGreaterThan(0.97);
    expect(iou(found(click(120, 60)), isSquare)).toBeGreaterThan(0.97);
  });

  test("a box or a scribble finds it too", () => {
    expect(iou(found({ kind: "box", box: [16, 26, 84, 94] }), isDisc)).toBeGreaterThan(0.97);
    expect(iou(found({ kind: "scribble", points: [40, 50, 60, 70], inside: true }), isDisc)).toBeGreaterThan(0.97);
  });

  test("a second click takes another thing in, or says what is none of it", () => {
    const both = (x: number, y: number) => isDisc(x, y) || isSquare(x, y);
    expect(iou(found(click(50, 60), click(120, 60)), both)).toBeGreaterThan(0.95);
    expect(iou(found(click(50, 60), click(120, 60, false)), isDisc)).toBeGreaterThan(0.97);
  });

  test("its outline sets nearly the same pixels as its mask, with few points", () => {
    const { mask, parts } = found(click(120, 60));
    const filled = fillParts(parts, { width: W, height: H });
    const square = (x: number, y: number) => {
      const [column, row] = [Math.floor(x) - filled.x, Math.floor(y) - filled.y];
      const inside = column >= 0 && row >= 0 && column < filled.w && row < filled.h;
      return inside && filled.data[row * filled.w + column] === 1;
    };
    expect(iou({ mask, parts: [] }, square)).toBeGreaterThan(0.97);
    expect(parts[0]?.[0]?.length).toBeLessThan(80);
  });
});

test("a border found in coarse samples becomes exact in fine ones", () => {
  const segmenter = new Segmenter(scene(4), { width: W, height: H });
  const { found, finer } = segmenter.first(cut(click(50, 60)));
  expect(finer?.scale).toBe(1);
  const exact = segmenter.exact(scene());
  expect(iou(exact, isDisc)).toBeGreaterThan(0.97);
  expect(iou(exact, isDisc)).toBeGreaterThan(iou(found, isDisc));
});

test("the wand takes what is like the colour, and its tolerance says how like", () => {
  const segmenter = new Segmenter(scene(), { width: W, height: H });
  const wand = (tolerance: number) => segmenter.first({ method: "wand", prompts: [click(50, 60)], tolerance }).found;
  expect(iou(wand(20), isDisc)).toBeGreaterThan(0.95);
  expect(iou(wand(1), isDisc)).toBeLessThan(0.5);
  expect(iou(wand(200), () => true)).toBe(1);
});

test("a way along edges follows the border of the disc", () => {
  const segmenter = new Segmenter(scene(), { width: W, height: H });
  const way = wayTo(segmenter.wire([20, 60]), { x: 50, y: 30 });
  expect(way.length).toBeGreaterThan(6);
  for (let i = 0; i < way.length; i += 2)
    expect(Math.abs(Math.hypot((way[i] as number) - 50, (way[i + 1] as number) - 60) - 30)).toBeLessThan(3);
});

test("a cut costs no more than any other way to part the terminals", () => {
  let seed = 3;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  for (let trial = 0; trial < 40; trial++) {
    const nodes = 9;
    const terminals = Array.from(
      { length: nodes },
      () => [Math.round(random() * 9), Math.round(random() * 9)] as const,
    );
    const edges: (readonly [number, number, number])[] = [];
    for (let a = 0; a < nodes; a++)
      for (let b = a + 1; b < nodes; b++) if (random() < 0.4) edges.push([a, b, Math.round(random() * 6)]);
    const graph = new FlowGraph(nodes, edges.length);
    for (const [node, [source, sink]] of terminals.entries()) graph.addTerminal(node, source, sink);
    for (const [a, b, cost] of edges) graph.addEdge(a, b, cost);
    const cost = (side: (node: number) => boolean) =>
      terminals.reduce((sum, [source, sink], node) => sum + (side(node) ? sink : source), 0) +
      edges.reduce((sum, [a, b, c]) => sum + (side(a) !== side(b) ? c : 0), 0);
    const found = graph.cut();
    let least = Number.POSITIVE_INFINITY;
    for (let set = 0; set < 2 ** nodes; set++)
      least = Math.min(
        least,
        cost((node) => ((set >> node) & 1) === 1),
      );
    expect(cost((node) => found[node] === 1)).toBe(least);
  }
});
