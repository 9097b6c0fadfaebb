import type { Parts } from "./boolean";
import { inPart, inRing, lineDistance, type Ring, signedArea } from "./polygons";

/** Cutting by a line is exact: pieces keep every vertex and share the cut vertex for vertex, so nothing lies between. */

type Point = readonly [number, number];
const NEAR = 1e-9; // share of an edge, and image pixels: closer is the same place
const ASIDE = 1e-6; // share of an edge

interface Edge {
  readonly from: number;
  readonly to: number;
}

/** Places with numbers; those closer than NEAR are one. */
class Nodes {
  readonly at: Point[] = [];
  private readonly byKey = new Map<string, number>();

  of([x, y]: Point): number {
    const key = `${Math.round(x / NEAR)} ${Math.round(y / NEAR)}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    this.byKey.set(key, this.at.length);
    return this.at.push([x, y]) - 1;
  }
}

/** The pieces that a line cuts the parts into, each a part; a part that the line does not cut through stays itself. */
export function cutParts(parts: Parts, line: Ring): number[][][] {
  return parts.flatMap((part) => cutPart(part, line));
}

function cutPart(part: readonly Ring[], line: Ring): number[][][] {
  const whole = [part.map((ring) => [...ring])];
  const nodes = new Nodes();
  const borders = part.map((ring, i) =>
    signedArea(ring) > 0 === (i === 0) ? pointsOf(ring) : pointsOf(ring).reverse(),
  );
  const edges: [Point, Point][] = borders.flatMap((ring) =>
    ring.map((p, i): [Point, Point] => [p, ring[(i + 1) % ring.length] as Point]),
  );
  const drawn = pointsOf(line);
  const steps = drawn.slice(1).map((p, i): [Point, Point] => [drawn[i] as Point, p]);
  const border = edges.flatMap((edge) => split(edge, steps, nodes));
  const inside = steps.flatMap((step, i) =>
    split(step, [...edges, ...steps.filter((_, j) => Math.abs(i - j) > 1)], nodes),
  );
  const chords = withoutLooseEnds(
    unique(inside).filter((edge) => isInside(part, nodes, edge)),
    new Set(border.map((edge) => edge.from)),
  );
  const pieces = chords.length ? rings(border, chords, nodes) : [];
  return pieces.length > 1 ? pieces : whole;
}

function pointsOf(ring: Ring): Point[] {
  return Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i] as number, ring[2 * i + 1] as number]);
}

/** The pieces of a segment between the places where others meet it. */
function split(segment: [Point, Point], others: readonly [Point, Point][], nodes: Nodes): Edge[] {
  const [a, b] = segment;
  const stops: { t: number; at: Point }[] = [
    { t: 0, at: a },
    { t: 1, at: b },
  ];
  for (const other of others) {
    const t = meeting(segment, other);
    if (t !== null && t > NEAR && t < 1 - NEAR) stops.push({ t, at: place(segment, other, t) });
  }
  const ids = stops.sort((p, q) => p.t - q.t).map(({ at }) => nodes.of(at));
  return ids.slice(1).flatMap((to, i) => (ids[i] === to ? [] : [{ from: ids[i] as number, to }]));
}

/** The share of the first segment at which the second meets it, or null; parallel ones never meet. */
function meeting([a, b]: readonly [Point, Point], [c, d]: readonly [Point, Point]): number | null {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const cross = rx * sy - ry * sx;
  if (cross === 0) return null;
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross;
  const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross;
  return u >= -NEAR && u <= 1 + NEAR && t >= -NEAR && t <= 1 + NEAR ? t : null;
}

/** The same point whichever of the two is asked: ends of segments are taken as they are, else the lower one reckons. */
function place(first: readonly [Point, Point], second: readonly [Point, Point], t: number): Point {
  const u = meeting(second, first) ?? 0;
  if (u <= NEAR) return second[0];
  if (u >= 1 - NEAR) return second[1];
  const own = before(first[0], second[0]) || (first[0] === second[0] && before(first[1], second[1]));
  const [[a, b], share] = own ? [first, t] : [second, u];
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
}

const before = (a: Point, b: Point): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

function unique(edges: readonly Edge[]): Edge[] {
  const seen = new Map(edges.map((edge) => [`${Math.min(edge.from, edge.to)} ${Math.max(edge.from, edge.to)}`, edge]));
  return [...seen.values()];
}

function isInside(part: readonly Ring[], nodes: Nodes, { from, to }: Edge): boolean {
  const [a, b] = [nodes.at[from] as Point, nodes.at[to] as Point];
  const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  return inPart(part, x, y) && part.every((ring) => lineDistance(ring, x, y, true) > NEAR);
}

/** What ends inside cuts nothing: it is taken away from its free end on. */
function withoutLooseEnds(chords: readonly Edge[], onBorder: ReadonlySet<number>): Edge[] {
  for (let left = [...chords]; ; ) {
    const ends = new Map<number, number>();
    for (const { from, to } of left) for (const node of [from, to]) ends.set(node, (ends.get(node) ?? 0) + 1);
    const held = (node: number) => onBorder.has(node) || (ends.get(node) ?? 0) > 1;
    const kept = left.filter(({ from, to }) => held(from) && held(to));
    if (kept.length === left.length) return kept;
    left = kept;
  }
}

/** Walk all faces: borders one way, chords both ways. A chord with the same face on both sides parts nothing and goes. */
function rings(border: readonly Edge[], chords: readonly Edge[], nodes: Nodes): number[][][] {
  const walks = faces([...border, ...chords, ...chords.map(({ from, to }) => ({ from: to, to: from }))], nodes);
  const sideOf = new Map<string, number>();
  for (const [face, walk] of walks.entries())
    for (const [i, from] of walk.entries()) sideOf.set(`${from} ${walk[(i + 1) % walk.length]}`, face);
  const parting = chords.filter(({ from, to }) => sideOf.get(`${from} ${to}`) !== sideOf.get(`${to} ${from}`));
  if (parting.length < chords.length) return parting.length ? rings(border, parting, nodes) : [];
  return nest(walks.map((walk) => walk.flatMap((node) => nodes.at[node] as Point)));
}

/** Closed walks that keep their face on the right: at each node the sharpest turn to the right. */
function faces(edges: readonly Edge[], nodes: Nodes): number[][] {
  const leaving = new Map<number, Edge[]>();
  for (const edge of edges) leaving.set(edge.from, [...(leaving.get(edge.from) ?? []), edge]);
  const walked = new Set<Edge>();
  const found: number[][] = [];
  for (const start of edges) {
    const walk: number[] = [];
    for (let edge: Edge | undefined = start; edge && !walked.has(edge); edge = following(edge, leaving, nodes)) {
      walked.add(edge);
      walk.push(edge.from);
    }
    if (walk.length) found.push(walk);
  }
  return found;
}

function following(edge: Edge, leaving: ReadonlyMap<number, Edge[]>, nodes: Nodes): Edge | undefined {
  const ahead = heading(edge, nodes);
  let best: Edge | undefined;
  let sharpest = Number.NEGATIVE_INFINITY;
  for (const next of leaving.get(edge.to) ?? []) {
    const turn = next.to === edge.from ? -Math.PI : turned(heading(next, nodes) - ahead);
    if (turn > sharpest) [best, sharpest] = [next, turn];
  }
  return best;
}

function heading({ from, to }: Edge, nodes: Nodes): number {
  const [a, b] = [nodes.at[from] as Point, nodes.at[to] as Point];
  return Math.atan2(b[1] - a[1], b[0] - a[0]);
}

/** Into (-π, π]: positive is to the right on screen. */
const turned = (angle: number): number =>
  angle > Math.PI ? angle - 2 * Math.PI : angle <= -Math.PI ? angle + 2 * Math.PI : angle;

/** Outer rings turn to the right; each hole goes into the smallest piece around it. */
function nest(all: readonly number[][]): number[][][] {
  const pieces = all.filter((ring) => signedArea(ring) > 0).map((outer) => [outer]);
  for (const hole of all.filter((ring) => signedArea(ring) < 0)) {
    const [ax, ay, bx, by] = hole as [number, number, number, number];
    // Beside the middle of an edge, on the side that the piece is on: the hole may be filled by another piece.
    const x = (ax + bx) / 2 - (by - ay) * ASIDE;
    const y = (ay + by) / 2 + (bx - ax) * ASIDE;
    const around = pieces.filter(([outer]) => inRing(outer as number[], x, y));
    around.sort(([a], [b]) => signedArea(a as number[]) - signedArea(b as number[]));
    around[0]?.push(hole);
  }
  return pieces;
}
