import type { Schemas } from "@/api/types";
import { placed } from "@/engine/geometry/template";

export type Template = Schemas["SkeletonTemplate"];
export type Place = [number, number];
/** Lists of joints by index that go in pairs. */
export type Pairs = "edges" | "mirror";

const EMPTY: Template = { joints: [], edges: [], mirror: [], positions: [] };

const inFrame = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;

/** Where each joint is shown: as the template says, or as the canvas lays it out. */
export function placesOf(template: Template): Place[] {
  if (template.positions) return template.positions as Place[];
  const { joints, edges = [], mirror = [] } = template;
  const laid = placed({ joints, edges, mirror } as never, { x: 0, y: 0, w: 1, h: 1 });
  return joints.map((name) => [inFrame(laid[name]?.[0] ?? 0.5), inFrame(laid[name]?.[1] ?? 0.5)]);
}

/** A new joint at a place, hanging on the one it grew from. */
export function withJoint(template: Template | null | undefined, name: string, at: Place, from?: number): Template {
  const { joints, edges = [], mirror = [] } = template ?? EMPTY;
  let free = name;
  for (let count = 2; joints.includes(free); count += 1) free = `${name} ${count}`;
  const edge: Place[] = from === undefined ? [] : [[from, joints.length]];
  return {
    joints: [...joints, free],
    edges: [...edges, ...edge],
    mirror,
    positions: [...(template ? placesOf(template) : []), [inFrame(at[0]), inFrame(at[1])]],
  };
}

export const renamed = (template: Template, joint: number, name: string): Template => ({
  ...template,
  joints: template.joints.map((one, i) => (i === joint ? name : one)),
});

/** The joint with its edges and its pair; null when it was the last. */
export function withoutJoint(template: Template, joint: number): Template | null {
  if (template.joints.length <= 1) return null;
  const kept = (pairs: readonly (readonly number[])[] = []): Place[] =>
    pairs
      .filter((pair) => !pair.includes(joint))
      .map(([a = 0, b = 0]) => [a - (a > joint ? 1 : 0), b - (b > joint ? 1 : 0)]);
  return {
    joints: template.joints.filter((_, i) => i !== joint),
    edges: kept(template.edges),
    mirror: kept(template.mirror),
    positions: placesOf(template).filter((_, i) => i !== joint),
  };
}

export const movedTo = (template: Template, joint: number, [x, y]: Place): Template => ({
  ...template,
  positions: placesOf(template).map((place, i) => (i === joint ? [inFrame(x), inFrame(y)] : place)),
});

const isPair = (pair: readonly number[], a: number, b: number) => pair.includes(a) && pair.includes(b);

/** Join two joints, or part them where they are joined. A joint has one counterpart at most. */
export function toggled(template: Template, pairs: Pairs, a: number, b: number): Template {
  if (a === b) return template;
  const all = (template[pairs] ?? []) as Place[];
  const without = all.filter((pair) => !isPair(pair, a, b));
  if (without.length < all.length) return { ...template, [pairs]: without };
  const single = pairs === "mirror" ? all.filter((pair) => !pair.includes(a) && !pair.includes(b)) : all;
  return { ...template, [pairs]: [...single, [a, b]] };
}

/** Half of the joints lie as their counterparts do, seen in the middle of the frame. */
export function symmetric(template: Template): Template {
  const places = placesOf(template).map((place): Place => [...place]);
  for (const [a = 0, b = 0] of template.mirror ?? []) {
    const [x, y] = places[a] as Place;
    places[b] = [inFrame(1 - x), y];
  }
  const paired = new Set((template.mirror ?? []).flat());
  return {
    ...template,
    positions: places.map(([x, y], i) => (paired.has(i) ? [x, y] : [Math.abs(x - 0.5) < 0.1 ? 0.5 : x, y])),
  };
}

/** A standing person as keypoint sets name the joints; left is the person's own. */
export const PERSON: Template = {
  joints: [
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
  ],
  edges: [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 4],
    [5, 6],
    [5, 7],
    [7, 9],
    [6, 8],
    [8, 10],
    [5, 11],
    [6, 12],
    [11, 12],
    [11, 13],
    [13, 15],
    [12, 14],
    [14, 16],
  ],
  mirror: [1, 3, 5, 7, 9, 11, 13, 15].map((left) => [left, left + 1]),
  positions: [
    [0.5, 0.06],
    [0.56, 0.03],
    [0.44, 0.03],
    [0.63, 0.05],
    [0.37, 0.05],
    [0.73, 0.2],
    [0.27, 0.2],
    [0.88, 0.36],
    [0.12, 0.36],
    [0.96, 0.51],
    [0.04, 0.51],
    [0.65, 0.53],
    [0.35, 0.53],
    [0.66, 0.75],
    [0.34, 0.75],
    [0.66, 0.97],
    [0.34, 0.97],
  ],
};
