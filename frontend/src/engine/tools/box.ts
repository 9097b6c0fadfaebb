import { boundsOfFlat, boxBetween } from "../geometry/boxes";
import { type ImagePoint, imagePoint } from "../geometry/points";
import type { GeometryOf } from "../types";
import { type Placing, placesTool } from "./places";
import type { Modifiers, ToolView } from "./tool";

/** The frame between two places. Shift keeps it square, Alt has it grow from its centre; at the image's border it
 * shrinks and is not distorted. */
export function frameOf(from: ImagePoint, at: ImagePoint, held: Modifiers, view: ToolView): GeometryOf["box"] {
  const { width, height } = view.image;
  const room = (p: number, to: number, size: number) => {
    if (view.outsideAllowed) return Number.POSITIVE_INFINITY;
    return held.alt ? Math.min(p, size - p) : to < p ? p : size - p;
  };
  let w = Math.min(Math.abs(at.x - from.x), room(from.x, at.x, width));
  let h = Math.min(Math.abs(at.y - from.y), room(from.y, at.y, height));
  if (held.shift) {
    const side = Math.max(Math.abs(at.x - from.x), Math.abs(at.y - from.y));
    w = h = Math.min(side, room(from.x, at.x, width), room(from.y, at.y, height));
  }
  if (held.alt) return { x: from.x - w, y: from.y - h, w: 2 * w, h: 2 * h };
  if (!held.shift) return boxBetween(from, at);
  return boxBetween(from, imagePoint(from.x + (at.x < from.x ? -w : w), from.y + (at.y < from.y ? -h : h)));
}

const BY_CORNERS: Placing = {
  count: 2,
  drags: true,
  shape: ([from, at], held, view) => (from && at ? { shape: "box", geometry: frameOf(from, at, held, view) } : null),
};

/** Top, left, bottom and right in any order: the box around four points. */
const BY_EXTREMES: Placing = {
  count: 4,
  drags: false,
  shape(places) {
    const [x0, y0, x1, y1] = boundsOfFlat(places.flatMap(({ x, y }) => [x, y]));
    return { shape: "box", geometry: { x: x0, y: y0, w: x1 - x0, h: y1 - y0 } };
  },
};

/** Drag from corner to corner, click the one and then the other, or click the four outermost points. */
export const boxTool = placesTool("box", ({ options }) => (options.boxBy === "extreme" ? BY_EXTREMES : BY_CORNERS));
