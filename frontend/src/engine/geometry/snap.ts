import type { ElementId } from "../types";
import type { Parts } from "./boolean";
import { nearestOnSegment } from "./points";
import { type Ring, signedArea } from "./polygons";

/** A place on a ring: on the edge that starts at vertex `edge`, or on that vertex. */
export interface OnRing {
  readonly x: number;
  readonly y: number;
  readonly edge: number;
}

/** A place on the border of a region. */
export interface Hold extends OnRing {
  readonly region: ElementId;
  readonly part: number;
  readonly ring: number;
}

type Found = Omit<Hold, "region"> & { readonly distance: number };

/** The place on the borders nearest to a point and within `reach`: a vertex before a place on an edge, so that shared
 * corners meet exactly. */
export function nearestBorder(parts: Parts, x: number, y: number, reach: number): Found | null {
  let vertex: Found | null = null;
  let edge: Found | null = null;
  parts.forEach((rings, part) => {
    rings.forEach((points, ring) => {
      for (let i = 0; i < points.length; i += 2) {
        const j = (i + 2) % points.length;
        const [ax, ay, bx, by] = [points[i], points[i + 1], points[j], points[j + 1]] as [
          number,
          number,
          number,
          number,
        ];
        const toVertex = Math.hypot(ax - x, ay - y);
        if (toVertex <= (vertex?.distance ?? reach))
          vertex = { x: ax, y: ay, edge: i / 2, part, ring, distance: toVertex };
        const [ex, ey] = onEdge(x, y, ax, ay, bx, by);
        const toEdge = Math.hypot(ex - x, ey - y);
        if (toEdge <= (edge?.distance ?? reach)) edge = { x: ex, y: ey, edge: i / 2, part, ring, distance: toEdge };
      }
    });
  });
  return vertex ?? edge;
}

const STEP = 1024; // parts of a pixel

/** The place on an edge nearest to a point, rounded along the edge: on level, upright and diagonal edges between whole
 * pixels it lies to the last digit, so that a neighbour's edge that starts there fills the pixels that this one leaves. */
function onEdge(x: number, y: number, ax: number, ay: number, bx: number, by: number): [number, number] {
  const [ex, ey] = nearestOnSegment(x, y, ax, ay, bx, by);
  const [dx, dy] = [bx - ax, by - ay];
  const rounded = (value: number, a: number, b: number) =>
    Math.max(Math.min(a, b), Math.min(Math.max(a, b), Math.round(value * STEP) / STEP));
  if (Math.abs(dx) >= Math.abs(dy)) {
    const across = rounded(ex, ax, bx);
    return [across, dx === 0 ? ay : ay + (across - ax) * (dy / dx)];
  }
  const down = rounded(ey, ay, by);
  return [ax + (down - ay) * (dx / dy), down];
}

const along = (ring: Ring, at: OnRing): number =>
  Math.hypot(at.x - (ring[at.edge * 2] as number), at.y - (ring[at.edge * 2 + 1] as number));

/** Vertices strictly between two places in the order of the ring. */
function forward(ring: Ring, from: OnRing, to: OnRing): number[] {
  const count = ring.length / 2;
  let steps = (to.edge - from.edge + count) % count;
  if (steps === 0 && along(ring, to) < along(ring, from)) steps = count;
  const out: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const v = ((from.edge + step) % count) * 2;
    const [x, y] = [ring[v] as number, ring[v + 1] as number];
    const isEnd = (x === from.x && y === from.y) || (x === to.x && y === to.y);
    if (!isEnd) out.push(x, y);
  }
  return out;
}

const reversed = (points: Ring): number[] => {
  const out: number[] = [];
  for (let i = points.length - 2; i >= 0; i -= 2) out.push(points[i] as number, points[i + 1] as number);
  return out;
};

function lengthOf(from: OnRing, points: Ring, to: OnRing): number {
  const line = [from.x, from.y, ...points, to.x, to.y];
  let sum = 0;
  for (let i = 2; i < line.length; i += 2)
    sum += Math.hypot((line[i] as number) - (line[i - 2] as number), (line[i + 1] as number) - (line[i - 1] as number));
  return sum;
}

/** Both ways round from one place to another, the shorter first. */
function ways(ring: Ring, from: OnRing, to: OnRing): [number[], number[]] {
  const there = forward(ring, from, to);
  const round = reversed(forward(ring, to, from));
  return lengthOf(from, there, to) <= lengthOf(from, round, to) ? [there, round] : [round, there];
}

/** The vertices of a ring between two places on it, the shorter way round: what a neighbour copies to share the border. */
export const between = (ring: Ring, from: OnRing, to: OnRing): number[] => ways(ring, from, to)[0];

/** The ring with the shorter side between two of its places replaced by a path from the one to the other, which
 * includes both. The ring keeps its direction. */
export function editStretch(ring: Ring, from: OnRing, to: OnRing, path: Ring): number[] {
  const kept = reversed(ways(ring, from, to)[1]);
  const out = [...path, ...kept];
  return signedArea(out) < 0 === signedArea(ring) < 0 ? out : reversed(out);
}
