import { type Affine, apply, applyAxes } from "../geometry/affine";
import { fillParts } from "../geometry/bits";
import { normaliseAngle, rotateAbout } from "../geometry/points";
import type { GeometryOf } from "../types";
import { allFinite, type ShapeOps } from "./ops";
import { broughtInside, resizeTurned, turnedHandles, wholeWhereSeen } from "./rotated_box";

const OUTLINE_POINTS = 256; // of the polygon that stands for an ellipse, as on the server

function outlineOf(g: GeometryOf["ellipse"]): number[] {
  const r = (g.angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(r), Math.sin(r)];
  const ring: number[] = [];
  for (let i = 0; i < OUTLINE_POINTS; i++) {
    const turn = (2 * Math.PI * i) / OUTLINE_POINTS;
    const [u, v] = [g.rx * Math.cos(turn), g.ry * Math.sin(turn)];
    ring.push(g.cx + u * cos - v * sin, g.cy + u * sin + v * cos);
  }
  return ring;
}

/** A sheared ellipse is an ellipse with other axes: the singular values of the whole map. */
function shearedAxes([a, b, c, d]: Affine, { rx, ry, angle }: GeometryOf["ellipse"]) {
  const r = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(r), Math.sin(r)];
  const [ux, uy] = [(a * cos + c * sin) * rx, (b * cos + d * sin) * rx];
  const [vx, vy] = [(c * cos - a * sin) * ry, (d * cos - b * sin) * ry];
  const [e, f, g, h] = [(ux + vy) / 2, (ux - vy) / 2, (uy + vx) / 2, (uy - vx) / 2];
  const [q, p] = [Math.hypot(e, h), Math.hypot(f, g)];
  const turn = ((Math.atan2(h, e) + Math.atan2(g, f)) / 2) * (180 / Math.PI);
  return { u: q + p, v: Math.abs(q - p), angle: normaliseAngle(turn) };
}

export const ellipse: ShapeOps<"ellipse"> = {
  filled: true,
  bounds(g) {
    const r = (g.angle * Math.PI) / 180;
    const halfW = Math.hypot(g.rx * Math.cos(r), g.ry * Math.sin(r));
    const halfH = Math.hypot(g.rx * Math.sin(r), g.ry * Math.cos(r));
    return [g.cx - halfW, g.cy - halfH, g.cx + halfW, g.cy + halfH];
  },
  area: (g) => Math.PI * g.rx * g.ry,
  /** First-order distance (value over gradient): exact on the outline, close near it. */
  hitDistance(g, x, y) {
    const [lx, ly] = rotateAbout(x, y, g.cx, g.cy, -g.angle);
    const u = (lx - g.cx) / g.rx;
    const v = (ly - g.cy) / g.ry;
    const k = Math.hypot(u, v);
    const slope = Math.hypot(u / g.rx, v / g.ry);
    return slope === 0 ? -Math.min(g.rx, g.ry) : (k * (k - 1)) / slope;
  },
  translate: (g, dx, dy) => ({ ...g, cx: g.cx + dx, cy: g.cy + dy }),
  transform(g, by) {
    const [cx, cy] = apply(by, g.cx, g.cy);
    const { u, v, angle } = applyAxes(by, g.rx, g.ry, g.angle) ?? shearedAxes(by, g);
    return { cx, cy, rx: u, ry: v, angle };
  },
  outline: (g) => [[outlineOf(g)]],
  toBits: (g, image) => fillParts([[outlineOf(g)]], image),
  handles: (g) => turnedHandles(g, g.rx * 2, g.ry * 2),
  resize(g, handle, x, y, { square }) {
    const b = resizeTurned(g, g.rx * 2, g.ry * 2, handle, x, y, square);
    return { cx: b.cx, cy: b.cy, rx: b.w / 2, ry: b.h / 2, angle: b.angle };
  },
  path(g, sink) {
    const [x, y] = rotateAbout(g.cx + g.rx, g.cy, g.cx, g.cy, g.angle);
    sink.moveTo(x, y);
    sink.ellipse(g.cx, g.cy, g.rx, g.ry, (g.angle * Math.PI) / 180, 0, Math.PI * 2);
  },
  problem: (g) =>
    !allFinite(g.cx, g.cy, g.rx, g.ry, g.angle) ? "not_finite" : g.rx > 0 && g.ry > 0 ? null : "degenerate",
  clamp: (g, image) => wholeWhereSeen(g, ellipse.bounds(g), image),
  fit(g, image) {
    const { scale, dx, dy } = broughtInside(ellipse.bounds(g), image);
    return { ...g, cx: g.cx + dx, cy: g.cy + dy, rx: g.rx * scale, ry: g.ry * scale };
  },
};
