import { ClipType, FillRule, type Paths64, type Point64 } from "clipper2-ts/dist/Core.js";
import { Clipper64, type PolyPath64, PolyTree64 } from "clipper2-ts/dist/Engine.js";
import { signedArea } from "./polygons";

/** Parts of [outer, hole, …], rings flat and not closed: even-odd inside a part, parts united. */
export type Parts = readonly (readonly (readonly number[])[])[];

const EXACT = 2 ** 26; // grid units: products of two such numbers are exact in a double
const FINEST = 2 ** 20; // grid units a pixel; finer than any drawing

/** The library works on whole numbers. The grid is a power of two a pixel, as fine as the size of the operands allows
 * (1/8192 px at 8,000 px). Vertices that were there before come back exactly as they were, so that what touched still
 * touches; only new crossings lie on the grid. */
class Grid {
  private readonly scale: number;
  private readonly original = new Map<number, readonly [number, number]>();

  constructor(operands: readonly Parts[]) {
    let far = 1;
    for (const parts of operands)
      for (const part of parts) for (const ring of part) for (const c of ring) far = Math.max(far, Math.abs(c));
    this.scale = Math.min(FINEST, 2 ** Math.floor(Math.log2(EXACT / far)));
  }

  into(ring: readonly number[]): Point64[] {
    const path: Point64[] = [];
    for (let i = 0; i + 1 < ring.length; i += 2) {
      const [x, y] = [ring[i] as number, ring[i + 1] as number];
      const at = { x: Math.round(x * this.scale), y: Math.round(y * this.scale) };
      path.push(at);
      const key = keyOf(at);
      if (!this.original.has(key)) this.original.set(key, [x, y]);
    }
    return unfolded(path);
  }

  back(path: readonly Point64[]): number[] {
    return path.flatMap((at) => this.original.get(keyOf(at)) ?? [at.x / this.scale, at.y / this.scale]);
  }
}

/** Without points told twice and without folds along a row, which enclose nothing. The library (2.0.1) keeps its direction
 * over such a fold: it then runs along the row for ever. */
function unfolded(path: readonly Point64[]): Point64[] {
  const out: Point64[] = [];
  for (const at of path) {
    while (out.length > 1 && needless(out.at(-2) as Point64, out.at(-1) as Point64, at)) out.pop();
    if (!out.length || !isSame(out.at(-1) as Point64, at)) out.push(at);
  }
  for (;;) {
    const [first, second] = out;
    if (!first || !second || out.length < 3) return [];
    if (needless(out.at(-2) as Point64, out.at(-1) as Point64, first)) out.pop();
    else if (needless(out.at(-1) as Point64, first, second)) out.shift();
    else return out;
  }
}

const isSame = (a: Point64, b: Point64): boolean => a.x === b.x && a.y === b.y;

const needless = (a: Point64, b: Point64, c: Point64): boolean => isSame(b, c) || folds(a, b, c);

/** There and back along one row. */
const folds = (a: Point64, b: Point64, c: Point64): boolean =>
  a.y === b.y && b.y === c.y && (b.x - a.x) * (c.x - b.x) < 0;

const keyOf = ({ x, y }: Point64): number => (x + EXACT) * (4 * EXACT) + (y + EXACT);

/** `into` receives outer rings with their holes. */
function execute(type: ClipType, subject: Paths64, clip: Paths64): PolyTree64 {
  const engine = new Clipper64();
  engine.addSubject(subject);
  if (clip.length) engine.addClip(clip);
  const tree = new PolyTree64();
  engine.execute(type, FillRule.EvenOdd, tree);
  return tree;
}

function children(node: PolyPath64): PolyPath64[] {
  return Array.from({ length: node.count }, (_, i) => node.child(i) as PolyPath64);
}

/** All rings of a result; by even-odd they mean the same. */
function pathsOf(tree: PolyTree64): Paths64 {
  const rings = (node: PolyPath64): Paths64 => [...(node.poly ? [node.poly] : []), ...children(node).flatMap(rings)];
  return children(tree).flatMap(rings);
}

function partsOf(tree: PolyTree64, grid: Grid): number[][][] {
  const found: number[][][] = [];
  const add = (outer: PolyPath64): void => {
    const holes = children(outer);
    const rings = [outer, ...holes].map((node) => grid.back(node.poly ?? []));
    if (rings[0] && rings[0].length >= 6 && signedArea(rings[0]) !== 0)
      found.push(rings.filter((ring, i) => i === 0 || (ring.length >= 6 && signedArea(ring) !== 0)));
    for (const hole of holes) children(hole).forEach(add);
  };
  children(tree).forEach(add);
  return found;
}

/** One set of rings that means the parts by even-odd: parts that overlap are united first. */
function outline(parts: Parts, grid: Grid): Paths64 {
  const each = parts.map((part) => part.map((ring) => grid.into(ring)).filter((path) => path.length >= 3));
  const [first = [], ...more] = each;
  return more.reduce((all, rings) => pathsOf(execute(ClipType.Union, all, rings)), first);
}

function combine(type: ClipType, a: Parts, b: Parts): number[][][] {
  const grid = new Grid([a, b]);
  return partsOf(execute(type, outline(a, grid), outline(b, grid)), grid);
}

/** What any of the operands covers. Parts that touch along a border become one. */
export function unionParts(first: Parts, ...more: readonly Parts[]): number[][][] {
  return combine(ClipType.Union, first, more.flat());
}

/** What the first covers and none of the others does. */
export function subtractParts(from: Parts, ...taken: readonly Parts[]): number[][][] {
  return combine(ClipType.Difference, from, taken.flat());
}

/** What both cover. */
export const intersectParts = (a: Parts, b: Parts): number[][][] => combine(ClipType.Intersection, a, b);

/** The same pixels as sound parts: no ring crosses itself or another, holes lie in their outer ring, parts apart. */
export const soundParts = (parts: Parts): number[][][] => unionParts(parts);

export { cutParts } from "./cut";
