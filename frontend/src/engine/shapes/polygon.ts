import { applyFlat } from "../geometry/affine";
import { fillParts } from "../geometry/bits";
import { boundsOfFlat, EMPTY, unionAll } from "../geometry/boxes";
import { nearestOnSegment } from "../geometry/points";
import { clipRing, inPart, lineDistance, nearestEdge, partArea, signedArea } from "../geometry/polygons";
import type { GeometryOf } from "../types";
import type { PathSink, ShapeOps } from "./ops";

type Polygon = GeometryOf["polygon"];

/** A vertex handle is "part.ring.vertex". */
const address = (handle: string): [number, number, number] => {
  const [p, r, v] = handle.split(".").map(Number);
  return [p ?? -1, r ?? -1, v ?? -1];
};

const mapRing = (g: Polygon, p: number, r: number, change: (ring: number[]) => number[]): Polygon => ({
  parts: g.parts.map((part, i) => (i === p ? part.map((ring, j) => (j === r ? change(ring) : ring)) : part)),
});

/** Line to each point, leaving out those closer than a screen pixel to the one before. */
export function traceLine(points: readonly number[], sink: PathSink, pixel: number, closed: boolean): void {
  if (points.length < 2) return;
  let lastX = points[0] as number;
  let lastY = points[1] as number;
  sink.moveTo(lastX, lastY);
  const end = points.length - 2;
  for (let i = 2; i <= end; i += 2) {
    const x = points[i] as number;
    const y = points[i + 1] as number;
    if (i < end && Math.abs(x - lastX) < pixel && Math.abs(y - lastY) < pixel) continue;
    sink.lineTo(x, y);
    lastX = x;
    lastY = y;
  }
  if (closed) sink.closePath();
}

function nearest(g: Polygon, x: number, y: number) {
  let best = { part: -1, ring: -1, index: -1, distance: Number.POSITIVE_INFINITY };
  g.parts.forEach((part, p) => {
    part.forEach((ring, r) => {
      const edge = nearestEdge(ring, x, y, true);
      if (edge.distance < best.distance) best = { part: p, ring: r, ...edge };
    });
  });
  return best;
}

function removeVertex(g: Polygon, handle: string): Polygon | null {
  const [p, r, v] = address(handle);
  const ring = g.parts[p]?.[r];
  if (!ring || v < 0 || v * 2 >= ring.length) return g;
  if (ring.length > 6) return mapRing(g, p, r, (points) => points.toSpliced(v * 2, 2));
  // A ring of three vertices goes as a whole: a hole alone, an outer ring with its part.
  const parts = g.parts.flatMap((part, i) => {
    if (i !== p) return [part];
    return r === 0 ? [] : [part.filter((_, j) => j !== r)];
  });
  return parts.length ? { parts } : null;
}

export const polygon: ShapeOps<"polygon"> = {
  filled: true,
  bounds(g) {
    const rings = g.parts.flatMap((part) => (part[0] && part[0].length >= 2 ? [boundsOfFlat(part[0])] : []));
    return rings.length ? unionAll(rings) : EMPTY;
  },
  area: (g) => g.parts.reduce((sum, part) => sum + partArea(part), 0),
  hitDistance(g, x, y) {
    const inside = g.parts.some((part) => inPart(part, x, y));
    let edge = Number.POSITIVE_INFINITY;
    for (const part of g.parts) for (const ring of part) edge = Math.min(edge, lineDistance(ring, x, y, true));
    return inside ? -edge : edge;
  },
  translate: (g, dx, dy) => ({
    parts: g.parts.map((part) => part.map((ring) => ring.map((value, i) => value + (i % 2 ? dy : dx)))),
  }),
  transform: (g, by) => ({ parts: g.parts.map((part) => part.map((ring) => applyFlat(by, ring))) }),
  outline: (g) => g.parts,
  toBits: (g, image) => fillParts(g.parts, image),
  handles: (g) =>
    g.parts.flatMap((part, p) =>
      part.flatMap((ring, r) =>
        Array.from({ length: ring.length / 2 }, (_, v) => ({
          id: `${p}.${r}.${v}`,
          x: ring[v * 2] as number,
          y: ring[v * 2 + 1] as number,
          cursor: "move",
          rank: 0,
        })),
      ),
    ),
  resize(g, handle, x, y) {
    const [p, r, v] = address(handle);
    return mapRing(g, p, r, (ring) => ring.with(v * 2, x).with(v * 2 + 1, y));
  },
  path(g, sink, { pixel }) {
    for (const part of g.parts) for (const ring of part) traceLine(ring, sink, pixel, true);
  },
  problem(g) {
    const rings = g.parts.flat();
    if (rings.some((ring) => ring.length % 2)) return "odd_coordinates";
    if (!rings.length || rings.some((ring) => ring.length < 6)) return "too_few_points";
    if (!rings.every((ring) => ring.every(Number.isFinite))) return "not_finite";
    return rings.every((ring) => signedArea(ring) !== 0) ? null : "degenerate";
  },
  clamp(g, { width, height }) {
    const [x0, y0, x1, y1] = polygon.bounds(g);
    if (x0 >= 0 && y0 >= 0 && x1 <= width && y1 <= height) return g;
    const parts = g.parts.flatMap((part) => {
      const cut = part.map((ring) => clipRing(ring, 0, 0, width, height));
      const [outer, ...holes] = cut;
      if (!outer || outer.length < 6 || signedArea(outer) === 0) return [];
      return [[outer, ...holes.filter((hole) => hole.length >= 6 && signedArea(hole) !== 0)]];
    });
    return parts.length ? { parts } : null;
  },
  edgeAt(g, x, y) {
    const { part, ring, index, distance } = nearest(g, x, y);
    const points = g.parts[part]?.[ring];
    if (!points) return null;
    const a = index * 2;
    const b = (a + 2) % points.length;
    const [px, py] = nearestOnSegment(
      x,
      y,
      points[a] as number,
      points[a + 1] as number,
      points[b] as number,
      points[b + 1] as number,
    );
    return { x: px, y: py, distance };
  },
  insertVertex(g, x, y) {
    const { part, ring, index } = nearest(g, x, y);
    if (index < 0) return null;
    return {
      geometry: mapRing(g, part, ring, (points) => points.toSpliced((index + 1) * 2, 0, x, y)),
      handle: `${part}.${ring}.${index + 1}`,
    };
  },
  removeVertex,
  vertexCount: (g) => g.parts.reduce((sum, part) => sum + part.reduce((n, ring) => n + ring.length / 2, 0), 0),
};
