import { type Affine, applyFlat } from "../geometry/affine";
import { boundsOfFlat } from "../geometry/boxes";
import { clamp, nearestOnSegment } from "../geometry/points";
import { lineDistance, nearestEdge } from "../geometry/polygons";
import type { GeometryOf } from "../types";
import type { ShapeOps } from "./ops";
import { traceLine } from "./polygon";

type Line = GeometryOf["polyline"];

/** What a line and a set of points have in common: vertices by number. */
const shared = {
  filled: false,
  bounds: (g: Line) => boundsOfFlat(g.points),
  area: () => 0,
  translate: (g: Line, dx: number, dy: number): Line => ({
    points: g.points.map((value, i) => value + (i % 2 ? dy : dx)),
  }),
  transform: (g: Line, by: Affine): Line => ({ points: applyFlat(by, g.points) }),
  outline: () => null,
  toBits: () => null,
  handles: (g: Line) =>
    Array.from({ length: g.points.length / 2 }, (_, v) => ({
      id: String(v),
      x: g.points[v * 2] as number,
      y: g.points[v * 2 + 1] as number,
      cursor: "move",
      rank: 0,
    })),
  resize(g: Line, handle: string, x: number, y: number): Line {
    const v = Number(handle);
    return { points: g.points.with(v * 2, x).with(v * 2 + 1, y) };
  },
  clamp(g: Line, { width, height }: { width: number; height: number }): Line | null {
    const [x0, y0, x1, y1] = boundsOfFlat(g.points);
    if (x0 >= 0 && y0 >= 0 && x1 <= width && y1 <= height) return g;
    if (x1 < 0 || y1 < 0 || x0 > width || y0 > height) return null;
    return { points: g.points.map((value, i) => clamp(value, 0, i % 2 ? height : width)) };
  },
  vertexCount: (g: Line) => g.points.length / 2,
};

const problemWithFewest = (fewest: number) => (g: Line) => {
  if (g.points.length % 2) return "odd_coordinates";
  if (g.points.length < fewest * 2) return "too_few_points";
  return g.points.every(Number.isFinite) ? null : "not_finite";
};

const removeWithFewest = (fewest: number) => (g: Line, handle: string) => {
  const v = Number(handle);
  if (g.points.length <= fewest * 2) return null;
  return { points: g.points.toSpliced(v * 2, 2) };
};

export const polyline: ShapeOps<"polyline"> = {
  ...shared,
  hitDistance: (g, x, y) => lineDistance(g.points, x, y, false),
  path: (g, sink, { pixel }) => traceLine(g.points, sink, pixel, false),
  problem: problemWithFewest(2),
  removeVertex: removeWithFewest(2),
  edgeAt(g, x, y) {
    const { index, distance } = nearestEdge(g.points, x, y, false);
    if (index < 0) return null;
    const [ax, ay, bx, by] = g.points.slice(index * 2, index * 2 + 4) as [number, number, number, number];
    const [px, py] = nearestOnSegment(x, y, ax, ay, bx, by);
    return { x: px, y: py, distance };
  },
  insertVertex(g, x, y) {
    const { index } = nearestEdge(g.points, x, y, false);
    if (index < 0) return null;
    return { geometry: { points: g.points.toSpliced((index + 1) * 2, 0, x, y) }, handle: String(index + 1) };
  },
};

const DOT = 3.5; // screen pixels: radius of one point

export const points: ShapeOps<"points"> = {
  ...shared,
  hitDistance(g, x, y) {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < g.points.length; i += 2)
      best = Math.min(best, Math.hypot(x - (g.points[i] as number), y - (g.points[i + 1] as number)));
    return best;
  },
  path(g, sink, { pixel }) {
    for (let i = 0; i < g.points.length; i += 2) {
      const x = g.points[i] as number;
      const y = g.points[i + 1] as number;
      sink.moveTo(x + DOT * pixel, y);
      sink.arc(x, y, DOT * pixel, 0, Math.PI * 2);
    }
  },
  problem: problemWithFewest(1),
  removeVertex: removeWithFewest(1),
};
