import { rotateAbout } from "../geometry/points";
import { allFinite, type ShapeOps } from "./ops";
import { centreInside, resizeTurned, turnedHandles } from "./rotated_box";

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
  clamp: (g, image) => centreInside(g, ellipse.bounds(g), image),
};
