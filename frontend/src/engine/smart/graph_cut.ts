import { clamp } from "../geometry/points";
import { FlowGraph } from "./max_flow";
import { costOf, type Mixture, mixtureOf } from "./mixture";
import { distancesFrom, joinedTo, type Links, linksOf } from "./paths";
import type { Pieces } from "./pieces";
import type { Hints } from "./prompts";

/** What weighs how much; found by trial on the images of `make bench`. */
export const WEIGHTS = {
  /** Colours of each side of the mixture models. */
  parts: 5,
  /** Cut, learn the colours anew, cut again. */
  rounds: 3,
  colour: 0.6,
  /** A colour never speaks louder than this for or against a piece. */
  loudest: 6,
  /** Of being nearer to a place inside than to one outside, by the way through like colours. */
  near: 3,
  smooth: 4,
  /** Of a difference of colour on that way against its length. */
  edge: 10,
  /** How far the colours at a click are believed, in that way. */
  reach: 0.2,
};

const SURE = 1e6; // dearer than all borders together
const LEAST_BORDER = 0.05; // even the sharpest border costs something: short ones are preferred
const TYPICAL = 7; // samples of a piece's side, to which the weights refer

export interface PieceCut {
  /** 1 for each piece of the object. */
  readonly inside: Uint8Array;
  readonly object: Mixture | null;
  readonly rest: Mixture | null;
}

/** The object that the hints speak of, in whole pieces: a minimum cut (Boykov and Jolly, 2001) between colour models
 * learned in turns (GrabCut) with geodesic distances from the places shown (Price et al., 2010). */
export function cutPieces(pieces: Pieces, w: number, h: number, hints: Hints): PieceCut {
  const links = linksOf(pieces);
  const shown = shownPieces(pieces, w, h, hints);
  const nearness = nearnessOf(pieces, links, shown, Math.hypot(w, h));
  let { object, rest } = firstWeights(pieces, shown, nearness, hints);
  let inside: Uint8Array = new Uint8Array(pieces.count);
  let models: { object: Mixture | null; rest: Mixture | null } = { object: null, rest: null };
  for (let round = 0; round < WEIGHTS.rounds; round++) {
    models = {
      object: mixtureOf(pieces.lab, object, WEIGHTS.parts),
      rest: mixtureOf(pieces.lab, rest, WEIGHTS.parts),
    };
    inside = cutOnce(pieces, shown, nearness, models);
    if (shown.inside.length) inside = joinedTo(inside, shown.inside, links);
    object = Float32Array.from(pieces.size, (size, p) => (inside[p] ? size : 0));
    rest = Float32Array.from(pieces.size, (size, p) => (inside[p] ? 0 : size));
  }
  return { inside, ...models };
}

interface Shown {
  /** 1 shown inside, -1 shown outside, 0 to be found. */
  readonly fixed: Int8Array;
  readonly inside: readonly number[];
  readonly outside: readonly number[];
  /** On the rim of the crop and not shown: most likely outside. */
  readonly rim: readonly number[];
}

function shownPieces(pieces: Pieces, w: number, h: number, hints: Hints): Shown {
  const fixed = new Int8Array(pieces.count);
  const pieceAt = (x: number, y: number) =>
    pieces.labels[clamp(Math.floor(y), 0, h - 1) * w + clamp(Math.floor(x), 0, w - 1)] as number;
  const { box } = hints;
  if (box)
    for (let p = 0; p < pieces.count; p++) {
      const [x, y] = [pieces.cx[p] as number, pieces.cy[p] as number];
      if (x < box[0] || y < box[1] || x > box[2] || y > box[3]) fixed[p] = -1;
    }
  for (let i = 0; i < hints.outside.length; i += 2)
    fixed[pieceAt(hints.outside[i] as number, hints.outside[i + 1] as number)] = -1;
  for (let i = 0; i < hints.inside.length; i += 2)
    fixed[pieceAt(hints.inside[i] as number, hints.inside[i + 1] as number)] = 1;
  const all = (value: number) => Array.from(fixed.keys()).filter((p) => fixed[p] === value);
  const rim = box ? [] : all(0).filter((p) => (pieces.rim[p] as number) > 0);
  return { fixed, inside: all(1), outside: all(-1), rim };
}

interface Nearness {
  /** Ways to the nearest piece shown inside, and to one outside. */
  readonly inside: Float32Array;
  readonly outside: Float32Array;
}

const RIM_AWAY = 0.05; // the rim is nearly as good a place outside as one that was shown

function nearnessOf(pieces: Pieces, links: Links, shown: Shown, across: number): Nearness {
  const costs = new Float32Array(pieces.border.length);
  for (let e = 0; e < costs.length; e++) costs[e] = wayOver(pieces, e, across);
  const from = (seeds: readonly number[]) => distancesFrom(seeds, links, costs, pieces.count);
  const inside = from(shown.inside);
  if (!shown.outside.length) return { inside, outside: from(shown.rim) };
  const outside = from(shown.outside);
  if (shown.rim.length) {
    const rim = from(shown.rim);
    for (let p = 0; p < rim.length; p++) outside[p] = Math.min(outside[p] as number, (rim[p] as number) + RIM_AWAY);
  }
  return { inside, outside };
}

/** Length of the way between two neighbours, as a share of the crop's diagonal; longer across a change of colour. */
function wayOver(pieces: Pieces, e: number, across: number): number {
  const [a, b] = [pieces.pairs[2 * e] as number, pieces.pairs[2 * e + 1] as number];
  const way =
    Math.hypot(
      (pieces.cx[a] as number) - (pieces.cx[b] as number),
      (pieces.cy[a] as number) - (pieces.cy[b] as number),
    ) / across;
  let square = (pieces.contrast[e] as number) ** 2;
  for (let c = 0; c < 3; c++) square += ((pieces.lab[a * 3 + c] as number) - (pieces.lab[b * 3 + c] as number)) ** 2;
  return Math.sqrt(way * way + (WEIGHTS.edge * way * square) / 10_000);
}

/** How much each piece counts for the first colour models. */
function firstWeights(pieces: Pieces, { fixed, inside }: Shown, near: Nearness, { box }: Hints) {
  const object = new Float32Array(pieces.count);
  const rest = new Float32Array(pieces.count);
  for (let p = 0; p < pieces.count; p++) {
    const size = pieces.size[p] as number;
    if (fixed[p] === 1) object[p] = 4 * size;
    else if (fixed[p] === -1) rest[p] = 4 * size;
    else if (!inside.length) object[p] = size;
    else {
      const far = near.inside[p] as number;
      const nearer = far < (near.outside[p] as number);
      const believed = Math.exp(-far / WEIGHTS.reach);
      object[p] = size * believed * (nearer ? 1 : 0.05);
      rest[p] = size * (nearer ? 0.05 : 1 - believed) * (box ? 0.2 : 1);
    }
  }
  return { object, rest };
}

function cutOnce(
  pieces: Pieces,
  { fixed, inside }: Shown,
  near: Nearness,
  { object, rest }: { object: Mixture | null; rest: Mixture | null },
): Uint8Array {
  const { count, lab, border, contrast, pairs } = pieces;
  const graph = new FlowGraph(count, border.length);
  for (let p = 0; p < count; p++) {
    if (fixed[p]) {
      graph.addTerminal(p, fixed[p] === 1 ? SURE : 0, fixed[p] === 1 ? 0 : SURE);
      continue;
    }
    let gain = 0;
    if (object && rest)
      gain = WEIGHTS.colour * clamp(costOf(rest, lab, p) - costOf(object, lab, p), -WEIGHTS.loudest, WEIGHTS.loudest);
    if (inside.length) gain += WEIGHTS.near * nearer(near.inside[p] as number, near.outside[p] as number);
    gain *= (pieces.size[p] as number) / TYPICAL ** 2;
    graph.addTerminal(p, Math.max(0, gain), Math.max(0, -gain));
  }
  let spread = 0;
  for (const c of contrast) spread += (c * c) / contrast.length;
  for (let e = 0; e < border.length; e++) {
    const alike = Math.exp(-((contrast[e] as number) ** 2) / (2 * spread + 1e-9));
    const cost = ((WEIGHTS.smooth * (border[e] as number)) / TYPICAL) * (LEAST_BORDER + alike);
    graph.addEdge(pairs[2 * e] as number, pairs[2 * e + 1] as number, cost);
  }
  return graph.cut();
}

/** 1 at a place inside, -1 at one outside. */
function nearer(inside: number, outside: number): number {
  if (!Number.isFinite(outside)) return Number.isFinite(inside) ? 1 : 0;
  if (!Number.isFinite(inside)) return -1;
  return (outside - inside) / Math.max(1e-9, outside + inside);
}
