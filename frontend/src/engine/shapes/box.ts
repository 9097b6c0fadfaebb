import { applyRect, keepsUpright } from "../geometry/affine";
import { fillParts } from "../geometry/bits";
import { clamp } from "../geometry/points";
import { allFinite, type Handle, type ShapeOps } from "./ops";

const CURSORS: Record<string, string> = {
  nw: "nwse-resize",
  n: "ns-resize",
  ne: "nesw-resize",
  e: "ew-resize",
  se: "nwse-resize",
  s: "ns-resize",
  sw: "nesw-resize",
  w: "ew-resize",
};

/** Eight handles of an upright box: corners rank before edges. */
export function boxHandles(x: number, y: number, w: number, h: number): Handle[] {
  return Object.entries(CURSORS).map(([id, cursor]) => ({
    id,
    x: id.includes("w") ? x : id.includes("e") ? x + w : x + w / 2,
    y: id.includes("n") ? y : id.includes("s") ? y + h : y + h / 2,
    cursor,
    rank: id.length === 2 ? 0 : 1,
  }));
}

/** Drag one side or corner; crossing the opposite side turns the box inside out, as people expect. */
export function resizeBox(
  g: { x: number; y: number; w: number; h: number },
  handle: string,
  x: number,
  y: number,
  square = false,
) {
  let [x0, y0, x1, y1] = [g.x, g.y, g.x + g.w, g.y + g.h];
  if (handle.includes("w")) x0 = x;
  if (handle.includes("e")) x1 = x;
  if (handle.includes("n")) y0 = y;
  if (handle.includes("s")) y1 = y;
  if (square && handle.length === 2 && g.w > 0 && g.h > 0) {
    const scale = Math.max(Math.abs(x1 - x0) / g.w, Math.abs(y1 - y0) / g.h);
    const w = g.w * scale * Math.sign(x1 - x0 || 1);
    const h = g.h * scale * Math.sign(y1 - y0 || 1);
    if (handle.includes("w")) x0 = x1 - w;
    else x1 = x0 + w;
    if (handle.includes("n")) y0 = y1 - h;
    else y1 = y0 + h;
  }
  return { x: Math.min(x0, x1), y: Math.min(y0, y1), w: Math.abs(x1 - x0), h: Math.abs(y1 - y0) };
}

/** Distance to the outline, negative inside. */
export function rectDistance(x0: number, y0: number, x1: number, y1: number, x: number, y: number): number {
  const dx = Math.max(x0 - x, x - x1);
  const dy = Math.max(y0 - y, y - y1);
  return dx > 0 && dy > 0 ? Math.hypot(dx, dy) : Math.max(dx, dy);
}

/** The corners of an upright box as a ring. */
export const boxRing = (x: number, y: number, w: number, h: number): number[] => [
  x,
  y,
  x + w,
  y,
  x + w,
  y + h,
  x,
  y + h,
];

export const box: ShapeOps<"box"> = {
  filled: true,
  bounds: (g) => [g.x, g.y, g.x + g.w, g.y + g.h],
  area: (g) => g.w * g.h,
  hitDistance: (g, x, y) => rectDistance(g.x, g.y, g.x + g.w, g.y + g.h, x, y),
  translate: (g, dx, dy) => ({ x: g.x + dx, y: g.y + dy, w: g.w, h: g.h }),
  transform(g, by) {
    if (!keepsUpright(by)) return null;
    const [x, y, w, h] = applyRect(by, g.x, g.y, g.w, g.h);
    return { x, y, w, h };
  },
  outline: (g) => [[boxRing(g.x, g.y, g.w, g.h)]],
  toBits: (g, image) => fillParts([[boxRing(g.x, g.y, g.w, g.h)]], image),
  handles: (g) => boxHandles(g.x, g.y, g.w, g.h),
  resize: (g, handle, x, y, { square }) => resizeBox(g, handle, x, y, square),
  path: (g, sink) => sink.rect(g.x, g.y, g.w, g.h),
  problem: (g) => (!allFinite(g.x, g.y, g.w, g.h) ? "not_finite" : g.w > 0 && g.h > 0 ? null : "degenerate"),
  clamp(g, { width, height }) {
    const x0 = clamp(g.x, 0, width);
    const y0 = clamp(g.y, 0, height);
    const x1 = clamp(g.x + g.w, 0, width);
    const y1 = clamp(g.y + g.h, 0, height);
    if (x1 <= x0 || y1 <= y0) return null;
    const inside = x0 === g.x && y0 === g.y && x1 === g.x + g.w && y1 === g.y + g.h;
    return inside ? g : { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
  },
};
