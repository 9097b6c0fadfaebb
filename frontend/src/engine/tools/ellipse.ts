import { frameOf } from "./box";
import { lineBetween, type Placing, placesTool } from "./places";
import { besideEdge, onStep } from "./rotated_box";

const BY_FRAME: Placing = {
  count: 2,
  drags: true,
  shape([from, at], held, view) {
    if (!from || !at) return null;
    const { x, y, w, h } = frameOf(from, at, held, view);
    return { shape: "ellipse", geometry: { cx: x + w / 2, cy: y + h / 2, rx: w / 2, ry: h / 2, angle: 0 } };
  },
};

/** Both ends of one axis, then how far it reaches beside it. */
const BY_AXES: Placing = {
  count: 3,
  drags: true,
  place: onStep,
  shape([a, b, c]) {
    if (!a || !b) return null;
    if (!c) return lineBetween(a, b);
    const { length, angle, beside, middle } = besideEdge(a, b, c);
    return {
      shape: "ellipse",
      geometry: { cx: middle.x, cy: middle.y, rx: length / 2, ry: Math.abs(beside), angle },
    };
  },
};

/** Drag its frame (Shift a circle, Alt from the centre), or three clicks for one that lies aslant. */
export const ellipseTool = placesTool("ellipse", ({ options }) => (options.ellipseBy === "axes" ? BY_AXES : BY_FRAME));
