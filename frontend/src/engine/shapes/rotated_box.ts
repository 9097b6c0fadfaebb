import { apply, applyAxes } from "../geometry/affine";
import { fillParts } from "../geometry/bits";
import type { Bounds } from "../geometry/boxes";
import { clamp, normaliseAngle, rotateAbout } from "../geometry/points";
import type { GeometryOf, ImageSize } from "../types";
import { boxHandles, rectDistance, resizeBox } from "./box";
import { allFinite, type Handle, type ShapeOps } from "./ops";

interface Turned {
  cx: number;
  cy: number;
  angle: number;
}

/** Handles of an upright box of w × h about the centre, turned with it, and one above to turn by. */
export function turnedHandles(g: Turned, w: number, h: number): Handle[] {
  const upright = boxHandles(g.cx - w / 2, g.cy - h / 2, w, h);
  const turn: Handle = { id: "turn", x: g.cx, y: g.cy - h / 2 - Math.max(h * 0.15, 8), cursor: "grab", rank: 2 };
  return [...upright, turn].map((handle) => {
    const [x, y] = rotateAbout(handle.x, handle.y, g.cx, g.cy, g.angle);
    return { ...handle, x, y, cursor: turnedCursor(handle.cursor, g.angle) };
  });
}

const CURSORS = ["ew-resize", "nwse-resize", "ns-resize", "nesw-resize"]; // each an eighth of a turn further

function turnedCursor(cursor: string, angle: number): string {
  const at = CURSORS.indexOf(cursor);
  return at < 0 ? cursor : (CURSORS[(((at + Math.round(angle / 45)) % 4) + 4) % 4] as string);
}

/** Resize in the box's own frame, keeping the opposite side where it is on screen. */
export function resizeTurned(g: Turned, w: number, h: number, handle: string, x: number, y: number, square: boolean) {
  if (handle === "turn") {
    const angle = (Math.atan2(y - g.cy, x - g.cx) * 180) / Math.PI + 90;
    return { cx: g.cx, cy: g.cy, w, h, angle: normaliseAngle(square ? Math.round(angle / 15) * 15 : angle) };
  }
  const [lx, ly] = rotateAbout(x, y, g.cx, g.cy, -g.angle);
  const local = resizeBox({ x: g.cx - w / 2, y: g.cy - h / 2, w, h }, handle, lx, ly, square);
  const [cx, cy] = rotateAbout(local.x + local.w / 2, local.y + local.h / 2, g.cx, g.cy, g.angle);
  return { cx, cy, w: local.w, h: local.h, angle: g.angle };
}

/** A turned shape cannot be cut at the border and stay what it is: it is kept whole, as the server does. */
export function wholeWhereSeen<G>(g: G, [x0, y0, x1, y1]: Bounds, { width, height }: ImageSize): G | null {
  return x1 <= 0 || y1 <= 0 || x0 >= width || y0 >= height ? null : g;
}

/** Moved into the image; what is larger than the image is made smaller first. */
export function broughtInside(bounds: Bounds, { width, height }: ImageSize): { scale: number; dx: number; dy: number } {
  const [x0, y0, x1, y1] = bounds;
  const scale = Math.min(1, width / (x1 - x0), height / (y1 - y0));
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [halfW, halfH] = [((x1 - x0) * scale) / 2, ((y1 - y0) * scale) / 2];
  return { scale, dx: clamp(cx, halfW, width - halfW) - cx, dy: clamp(cy, halfH, height - halfH) - cy };
}

const SIGNS = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
] as const;

/** Top left, top right, bottom right, bottom left before the turn: the same arithmetic as the server's. */
function corners({ cx, cy, w, h, angle }: GeometryOf["rotated_box"]): number[] {
  const r = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(r), Math.sin(r)];
  return SIGNS.flatMap(([sx, sy]) => {
    const [dx, dy] = [(sx * w) / 2, (sy * h) / 2];
    return [cx + dx * cos - dy * sin, cy + dx * sin + dy * cos];
  });
}

export const rotatedBox: ShapeOps<"rotated_box"> = {
  filled: true,
  bounds(g) {
    const r = (g.angle * Math.PI) / 180;
    const halfW = (Math.abs(g.w * Math.cos(r)) + Math.abs(g.h * Math.sin(r))) / 2;
    const halfH = (Math.abs(g.w * Math.sin(r)) + Math.abs(g.h * Math.cos(r))) / 2;
    return [g.cx - halfW, g.cy - halfH, g.cx + halfW, g.cy + halfH];
  },
  area: (g) => g.w * g.h,
  hitDistance(g, x, y) {
    const [lx, ly] = rotateAbout(x, y, g.cx, g.cy, -g.angle);
    return rectDistance(g.cx - g.w / 2, g.cy - g.h / 2, g.cx + g.w / 2, g.cy + g.h / 2, lx, ly);
  },
  translate: (g, dx, dy) => ({ ...g, cx: g.cx + dx, cy: g.cy + dy }),
  transform(g, by) {
    const axes = applyAxes(by, g.w, g.h, g.angle);
    if (!axes) return null;
    const [cx, cy] = apply(by, g.cx, g.cy);
    return { cx, cy, w: axes.u, h: axes.v, angle: axes.angle };
  },
  outline: (g) => [[corners(g)]],
  toBits: (g, image) => fillParts([[corners(g)]], image),
  handles: (g) => turnedHandles(g, g.w, g.h),
  resize: (g, handle, x, y, { square }) => resizeTurned(g, g.w, g.h, handle, x, y, square),
  path(g, sink) {
    const [x, y, ...rest] = corners(g) as [number, number, ...number[]];
    sink.moveTo(x, y);
    for (let i = 0; i < rest.length; i += 2) sink.lineTo(rest[i] as number, rest[i + 1] as number);
    sink.closePath();
  },
  problem: (g) => (!allFinite(g.cx, g.cy, g.w, g.h, g.angle) ? "not_finite" : g.w > 0 && g.h > 0 ? null : "degenerate"),
  clamp: (g, image) => wholeWhereSeen(g, rotatedBox.bounds(g), image),
  fit(g, image) {
    const { scale, dx, dy } = broughtInside(rotatedBox.bounds(g), image);
    return { ...g, cx: g.cx + dx, cy: g.cy + dy, w: g.w * scale, h: g.h * scale };
  },
};
