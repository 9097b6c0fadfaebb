import { segmentDistance } from "./points";

/** Flat [x0, y0, x1, y1, …], not closed. */
export type Ring = readonly number[];

/** Twice the signed area is positive for a ring that turns clockwise on screen (y down). */
export function signedArea(ring: Ring): number {
  let twice = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2)
    twice += (ring[j] as number) * (ring[i + 1] as number) - (ring[i] as number) * (ring[j + 1] as number);
  return twice / 2;
}

/** Even-odd rule: a point on the left or top edge counts as inside. */
export function inRing(ring: Ring, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const xi = ring[i] as number;
    const yi = ring[i + 1] as number;
    const xj = ring[j] as number;
    const yj = ring[j + 1] as number;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Distance to the line through the points; closed joins the last to the first. */
export function lineDistance(points: Ring, x: number, y: number, closed: boolean): number {
  return nearestEdge(points, x, y, closed).distance;
}

/** The edge nearest to a point: `index` is the vertex (0, 1, …) where it starts; -1 without an edge. */
export function nearestEdge(points: Ring, x: number, y: number, closed: boolean): { index: number; distance: number } {
  const count = points.length / 2;
  let best = { index: -1, distance: Number.POSITIVE_INFINITY };
  const edges = closed ? count : count - 1;
  for (let i = 0; i < edges; i++) {
    const a = i * 2;
    const b = ((i + 1) % count) * 2;
    const d = segmentDistance(
      x,
      y,
      points[a] as number,
      points[a + 1] as number,
      points[b] as number,
      points[b + 1] as number,
    );
    if (d < best.distance) best = { index: i, distance: d };
  }
  return best;
}

/** Outer ring less its holes. */
export function partArea(part: readonly Ring[]): number {
  return part.reduce((sum, ring, i) => sum + (i === 0 ? 1 : -1) * Math.abs(signedArea(ring)), 0);
}

export function inPart(part: readonly Ring[], x: number, y: number): boolean {
  const [outer, ...holes] = part;
  return outer !== undefined && inRing(outer, x, y) && !holes.some((hole) => inRing(hole, x, y));
}

/** Cut a ring to a rectangle (Sutherland and Hodgman). A concave ring may keep edges along the border. */
export function clipRing(ring: Ring, x0: number, y0: number, x1: number, y1: number): number[] {
  let out = clipAxis([...ring], 0, x0, 1);
  out = clipAxis(out, 0, x1, -1);
  out = clipAxis(out, 1, y0, 1);
  return withoutRepeats(clipAxis(out, 1, y1, -1));
}

/** Without vertices equal to the one before, also around the end. */
export function withoutRepeats(ring: Ring): number[] {
  const out: number[] = [];
  for (let i = 0; i < ring.length; i += 2) {
    const [x, y] = [ring[i] as number, ring[i + 1] as number];
    if (x !== out.at(-2) || y !== out.at(-1)) out.push(x, y);
  }
  while (out.length > 2 && out[0] === out.at(-2) && out[1] === out.at(-1)) out.splice(-2);
  return out;
}

/** Keep what lies at or beyond `limit` on an axis in the direction of `sign`. */
function clipAxis(ring: number[], axis: 0 | 1, limit: number, sign: 1 | -1): number[] {
  const out: number[] = [];
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const before = [ring[j] as number, ring[j + 1] as number] as const;
    const here = [ring[i] as number, ring[i + 1] as number] as const;
    const inBefore = (before[axis] - limit) * sign >= 0;
    const inHere = (here[axis] - limit) * sign >= 0;
    if (inBefore !== inHere) {
      const t = (limit - before[axis]) / (here[axis] - before[axis]);
      const cut: [number, number] = [before[0] + t * (here[0] - before[0]), before[1] + t * (here[1] - before[1])];
      cut[axis] = limit;
      out.push(...cut);
    }
    if (inHere) out.push(here[0], here[1]);
  }
  return out;
}

/** The smallest convex ring around some points (Andrew's monotone chain). */
export function convexHull(points: Ring): number[] {
  const sorted: [number, number][] = [];
  for (let i = 0; i < points.length; i += 2) sorted.push([points[i] as number, points[i + 1] as number]);
  sorted.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (ordered: [number, number][]): [number, number][] => {
    const chain: [number, number][] = [];
    for (const p of ordered) {
      while (chain.length > 1 && turn(chain.at(-2) as [number, number], chain.at(-1) as [number, number], p) <= 0)
        chain.pop();
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half([...sorted].reverse())].flat();
}

const turn = (a: [number, number], b: [number, number], c: [number, number]): number =>
  (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
