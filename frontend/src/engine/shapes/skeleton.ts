import { apply } from "../geometry/affine";
import { boundsOfFlat } from "../geometry/boxes";
import { clamp, segmentDistance } from "../geometry/points";
import type { GeometryOf, SkeletonDef } from "../types";
import type { ShapeOps } from "./ops";

type Skeleton = GeometryOf["skeleton"];
type Joint = [number, number, number];

const present = (g: Skeleton): [string, Joint][] => Object.entries(g.joints).filter(([, joint]) => joint[2] > 0);
const flat = (g: Skeleton): number[] => present(g).flatMap(([, [x, y]]) => [x, y]);
const mapJoints = (g: Skeleton, change: (joint: Joint, name: string) => Joint): Skeleton => ({
  joints: Object.fromEntries(
    Object.entries(g.joints).map(([name, joint]) => [name, joint[2] > 0 ? change(joint, name) : joint]),
  ),
});

export const skeleton: ShapeOps<"skeleton"> = {
  filled: false,
  bounds: (g) => boundsOfFlat(flat(g)),
  area: () => 0,
  /** To the nearest joint, or to the frame of all, so that a person can be picked between the joints. */
  hitDistance(g, x, y) {
    const [x0, y0, x1, y1] = skeleton.bounds(g);
    const frame = Math.min(
      segmentDistance(x, y, x0, y0, x1, y0),
      segmentDistance(x, y, x1, y0, x1, y1),
      segmentDistance(x, y, x1, y1, x0, y1),
      segmentDistance(x, y, x0, y1, x0, y0),
    );
    return present(g).reduce((best, [, [jx, jy]]) => Math.min(best, Math.hypot(x - jx, y - jy)), frame);
  },
  translate: (g, dx, dy) => mapJoints(g, ([x, y, v]) => [x + dx, y + dy, v]),
  transform: (g, by) => mapJoints(g, ([x, y, v]) => [...apply(by, x, y), v]),
  outline: () => null,
  toBits: () => null,
  handles: (g) => present(g).map(([name, [x, y]]) => ({ id: name, x, y, cursor: "move", rank: 0 })),
  resize: (g, handle, x, y) => mapJoints(g, (joint, name) => (name === handle ? [x, y, joint[2]] : joint)),
  path(g, sink, { pixel, skeleton: definition }) {
    for (const [from, to] of definition?.edges ?? []) {
      const a = g.joints[definition?.joints[from] ?? ""];
      const b = g.joints[definition?.joints[to] ?? ""];
      if (!a?.[2] || !b?.[2]) continue;
      sink.moveTo(a[0], a[1]);
      sink.lineTo(b[0], b[1]);
    }
    // A hidden joint is drawn as a small cross, a visible one as a ring.
    for (const [, [x, y, v]] of present(g)) {
      const r = 3 * pixel;
      sink.moveTo(x + r, y);
      if (v === 2) sink.arc(x, y, r, 0, Math.PI * 2);
      else {
        sink.lineTo(x - r, y);
        sink.moveTo(x, y - r);
        sink.lineTo(x, y + r);
      }
    }
  },
  problem(g) {
    if (!Object.values(g.joints).every((joint) => joint.every(Number.isFinite))) return "not_finite";
    return present(g).length ? null : "too_few_points";
  },
  clamp(g, { width, height }) {
    const [x0, y0, x1, y1] = skeleton.bounds(g);
    if (x1 < 0 || y1 < 0 || x0 > width || y0 > height) return null;
    if (x0 >= 0 && y0 >= 0 && x1 <= width && y1 <= height) return g;
    return mapJoints(g, ([x, y, v]) => [clamp(x, 0, width), clamp(y, 0, height), v]);
  },
  /** A joint taken away is absent; the last one takes the skeleton with it. */
  removeVertex: (g, handle) =>
    present(g).length > 1 ? mapJoints(g, (joint, name) => (name === handle ? [0, 0, 0] : joint)) : null,
  /** Visible and hidden by turns. */
  clickVertex: (g, handle) => mapJoints(g, ([x, y, v], name) => [x, y, name === handle ? (v === 2 ? 1 : 2) : v]),
  vertexCount: (g) => present(g).length,
};

/** Left and right change places: the joints of each pair of the template swap their names. */
export function mirrored(g: Skeleton, template: SkeletonDef): Skeleton {
  const joints = { ...g.joints };
  for (const [a, b] of template.mirror ?? []) {
    const [left, right] = [template.joints[a] ?? "", template.joints[b] ?? ""];
    const [inLeft, inRight] = [g.joints[left], g.joints[right]];
    if (inLeft && inRight) Object.assign(joints, { [left]: inRight, [right]: inLeft });
  }
  return { joints };
}
