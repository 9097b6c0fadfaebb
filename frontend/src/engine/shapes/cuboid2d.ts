import { applyRect, keepsUpright } from "../geometry/affine";
import { fillParts } from "../geometry/bits";
import { type Bounds, unionBounds } from "../geometry/boxes";
import { convexHull, inRing, lineDistance, signedArea } from "../geometry/polygons";
import type { GeometryOf } from "../types";
import { box, boxHandles, boxRing, resizeBox } from "./box";
import { allFinite, type PathSink, type ShapeOps } from "./ops";

type Face = GeometryOf["cuboid2d"]["front"];
const boundsOf = ([x, y, w, h]: Face): Bounds => [x, y, x + w, y + h];

/** Both faces and what lies between them: the outline of the solid. */
const silhouette = (g: GeometryOf["cuboid2d"]): number[] => convexHull([...boxRing(...g.front), ...boxRing(...g.back)]);

export const cuboid2d: ShapeOps<"cuboid2d"> = {
  filled: true,
  bounds: (g) => unionBounds(boundsOf(g.front), boundsOf(g.back)),
  area: (g) => Math.abs(signedArea(silhouette(g))),
  hitDistance(g, x, y) {
    const outline = silhouette(g);
    const edge = lineDistance(outline, x, y, true);
    return inRing(outline, x, y) ? -edge : edge;
  },
  translate(g, dx, dy) {
    const move = ([x, y, w, h]: Face): Face => [x + dx, y + dy, w, h];
    return { front: move(g.front), back: move(g.back) };
  },
  transform: (g, by) =>
    keepsUpright(by) ? { front: applyRect(by, ...g.front), back: applyRect(by, ...g.back) } : null,
  outline: (g) => [[silhouette(g)]],
  toBits: (g, image) => fillParts([[silhouette(g)]], image),
  handles: (g) =>
    (["front", "back"] as const).flatMap((face) =>
      boxHandles(...g[face])
        .filter((handle) => handle.id.length === 2)
        .map((handle) => ({ ...handle, id: `${face}.${handle.id}` })),
    ),
  resize(g, handle, x, y) {
    const [face, corner] = handle.split(".") as ["front" | "back", string];
    const [fx, fy, fw, fh] = g[face];
    const b = resizeBox({ x: fx, y: fy, w: fw, h: fh }, corner, x, y);
    return { ...g, [face]: [b.x, b.y, b.w, b.h] };
  },
  path(g, sink) {
    drawEdges(g, sink);
    sink.rect(...g.back);
    sink.rect(...g.front);
  },
  problem(g) {
    if (!allFinite(...g.front, ...g.back)) return "not_finite";
    return g.front[2] > 0 && g.front[3] > 0 && g.back[2] > 0 && g.back[3] > 0 ? null : "degenerate";
  },
  clamp(g, image) {
    const cut = ([x, y, w, h]: Face): Face | null => {
      const inside = box.clamp({ x, y, w, h }, image);
      return inside && [inside.x, inside.y, inside.w, inside.h];
    };
    const front = cut(g.front);
    if (!front) return null;
    return { front, back: cut(g.back) ?? front };
  },
};

function drawEdges({ front, back }: GeometryOf["cuboid2d"], sink: PathSink): void {
  for (const [sx, sy] of [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const) {
    sink.moveTo(front[0] + sx * front[2], front[1] + sy * front[3]);
    sink.lineTo(back[0] + sx * back[2], back[1] + sy * back[3]);
  }
}
