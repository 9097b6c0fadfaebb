import type { Ring } from "./polygons";

type Edge = readonly [low: number, high: number, ax: number, ay: number, bx: number, by: number, index: number];

/** A point where two edges of a ring cross, or null; edges that only touch do not count. The server's check of the same
 * name asks the same: edges by their left end, those compared whose x ranges overlap. */
export function crossing(ring: Ring): [number, number] | null {
  const count = ring.length / 2;
  const edges: Edge[] = [];
  for (let i = 0; i < count; i++) {
    const j = (i + 1) % count;
    const [ax, ay, bx, by] = [ring[2 * i], ring[2 * i + 1], ring[2 * j], ring[2 * j + 1]] as [
      number,
      number,
      number,
      number,
    ];
    edges.push([Math.min(ax, bx), Math.max(ax, bx), ax, ay, bx, by, i]);
  }
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let active: Edge[] = [];
  for (const edge of edges) {
    active = active.filter((other) => other[1] >= edge[0]);
    for (const other of active) {
      const gap = Math.abs(edge[6] - other[6]);
      const point = gap === 1 || gap === count - 1 ? null : meeting(edge, other);
      if (point) return point;
    }
    active.push(edge);
  }
  return null;
}

/** Where two segments cross properly. */
function meeting(a: Edge, b: Edge): [number, number] | null {
  const [, , ax, ay, bx, by] = a;
  const [, , cx, cy, dx, dy] = b;
  if (Math.max(ay, by) < Math.min(cy, dy) || Math.max(cy, dy) < Math.min(ay, by)) return null;
  const d1 = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  const d2 = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax);
  const d3 = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx);
  const d4 = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx);
  if (!(d1 * d2 < 0 && d3 * d4 < 0)) return null;
  const t = d3 / (d3 - d4);
  return [ax + t * (bx - ax), ay + t * (by - ay)];
}
