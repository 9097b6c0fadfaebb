import { distance, type ImagePoint, imagePoint, normaliseAngle } from "../geometry/points";
import { lineBetween, type Placing, placesTool } from "./places";
import type { Modifiers } from "./tool";

const STEP = 15; // degrees: Shift keeps the first edge on one of these

const degrees = (a: ImagePoint, b: ImagePoint): number => (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;

/** Where the second end of the first edge goes. */
export function onStep(before: readonly ImagePoint[], at: ImagePoint, held: Modifiers): ImagePoint {
  const [from] = before;
  if (!held.shift || !from || before.length !== 1) return at;
  const turned = (Math.round(degrees(from, at) / STEP) * STEP * Math.PI) / 180;
  const far = distance(from, at);
  return imagePoint(from.x + far * Math.cos(turned), from.y + far * Math.sin(turned));
}

/** An edge from `a` to `b` and how far `c` lies beside it: negative to its left. */
export function besideEdge(a: ImagePoint, b: ImagePoint, c: ImagePoint) {
  const length = distance(a, b);
  const [ux, uy] = length ? [(b.x - a.x) / length, (b.y - a.y) / length] : [1, 0];
  return {
    length,
    angle: normaliseAngle(degrees(a, b)),
    beside: (c.y - a.y) * ux - (c.x - a.x) * uy,
    normal: { x: -uy, y: ux },
    middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
  };
}

const PLACING: Placing = {
  count: 3,
  drags: true,
  place: onStep,
  shape([a, b, c]) {
    if (!a || !b) return null;
    if (!c) return lineBetween(a, b);
    const { length, angle, beside, normal, middle } = besideEdge(a, b, c);
    const cx = middle.x + (normal.x * beside) / 2;
    const cy = middle.y + (normal.y * beside) / 2;
    return { shape: "rotated_box", geometry: { cx, cy, w: length, h: Math.abs(beside), angle } };
  },
};

/** The first edge by a drag or two clicks, then the width by a third. */
export const rotatedBoxTool = placesTool("rotated_box", () => PLACING);
