import type { GeometryOf, SkeletonDef } from "../types";

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

type Joints = GeometryOf["skeleton"]["joints"];

/** Where the joints of a template lie in its frame, as shares of width and height. The template says so itself, or they
 * are laid out from its edges and pairs. The outermost joints touch the frame. */
export function placed(template: SkeletonDef, frame: Frame): Joints {
  const shares = stretched(template.positions ?? laidOut(template));
  return Object.fromEntries(
    template.joints.map((name, i) => {
      const [u, v] = shares[i] ?? [0.5, 0.5];
      return [name, [frame.x + u * frame.w, frame.y + v * frame.h, 2]];
    }),
  );
}

/** Scaled so that the outermost lie at 0 and 1; what has no extent lies in the middle. */
function stretched(places: readonly (readonly [number, number])[]): [number, number][] {
  const along = (axis: 0 | 1) => {
    const values = places.map((place) => place[axis]);
    const low = Math.min(...values);
    const size = Math.max(...values) - low;
    return (value: number) => (size > 0 ? (value - low) / size : 0.5);
  };
  const [x, y] = [along(0), along(1)];
  return places.map(([u, v]) => [x(u), y(v)]);
}

/** Rows by the number of edges from the first joint; in a row, the first of a mirror pair lies at the right, as the
 * left side of somebody who looks at us does. */
function laidOut({ joints, edges, mirror = [] }: SkeletonDef): [number, number][] {
  const row = rowsOf(joints.length, edges);
  const side = (joint: number) => {
    const pair = mirror.find((one) => one.includes(joint));
    return !pair ? 0 : pair[0] === joint ? 1 : -1;
  };
  return joints.map((_, joint) => {
    const beside = joints.flatMap((_, other) => (row[other] === row[joint] ? [other] : []));
    const ordered = beside.toSorted((a, b) => side(a) - side(b) || a - b);
    return [(ordered.indexOf(joint) + 1) / (ordered.length + 1), row[joint] as number];
  });
}

function rowsOf(count: number, edges: readonly (readonly [number, number])[]): number[] {
  const row = Array<number>(count).fill(-1);
  for (let start = 0; start < count; start++) {
    if (row[start] !== -1) continue;
    row[start] = 0;
    for (let reached = [start]; reached.length; ) {
      const next: number[] = [];
      for (const joint of reached)
        for (const [a, b] of edges) {
          const other = a === joint ? b : b === joint ? a : -1;
          if (other < 0 || row[other] !== -1) continue;
          row[other] = (row[joint] as number) + 1;
          next.push(other);
        }
      reached = next;
    }
  }
  return row;
}
