import type { Pieces } from "./pieces";

/** Neighbours of each piece: those of piece p stand from `first[p]` to before `first[p + 1]`, `pair` numbers the border. */
export interface Links {
  readonly first: Int32Array;
  readonly to: Int32Array;
  readonly pair: Int32Array;
}

export function linksOf({ count, pairs }: Pick<Pieces, "count" | "pairs">): Links {
  const first = new Int32Array(count + 1);
  for (const piece of pairs) first[piece + 1] = (first[piece + 1] as number) + 1;
  for (let i = 0; i < count; i++) first[i + 1] = (first[i + 1] as number) + (first[i] as number);
  const free = first.slice();
  const to = new Int32Array(pairs.length);
  const pair = new Int32Array(pairs.length);
  for (let i = 0; i < pairs.length; i++) {
    const here = pairs[i] as number;
    const at = free[here] as number;
    free[here] = at + 1;
    to[at] = pairs[i ^ 1] as number;
    pair[at] = i >> 1;
  }
  return { first, to, pair };
}

/** Nodes with the nearest on top: a binary heap. */
export class Heap {
  private readonly nodes: number[] = [];
  private readonly keys: number[] = [];

  push(node: number, key: number): void {
    const { nodes, keys } = this;
    let at = nodes.length;
    for (; at > 0; ) {
      const above = (at - 1) >> 1;
      if ((keys[above] as number) <= key) break;
      [keys[at], nodes[at]] = [keys[above] as number, nodes[above] as number];
      at = above;
    }
    [keys[at], nodes[at]] = [key, node];
  }

  pop(): { node: number; key: number } | null {
    const { nodes, keys } = this;
    const [node, key] = [nodes[0], keys[0]];
    const [last, lastKey] = [nodes.pop(), keys.pop()];
    if (node === undefined || key === undefined || last === undefined || lastKey === undefined) return null;
    const { length } = nodes;
    let at = 0;
    for (let below = 1; below < length; below = 2 * at + 1) {
      if (below + 1 < length && (keys[below + 1] as number) < (keys[below] as number)) below++;
      if ((keys[below] as number) >= lastKey) break;
      [keys[at], nodes[at]] = [keys[below] as number, nodes[below] as number];
      at = below;
    }
    if (length) [keys[at], nodes[at]] = [lastKey, last];
    return { node, key };
  }
}

/** How far each piece is from the nearest of some, by the shortest way over borders of cost `costs[pair]`. */
export function distancesFrom(
  seeds: readonly number[],
  links: Links,
  costs: Float32Array,
  count: number,
): Float32Array {
  const far = new Float32Array(count).fill(Number.POSITIVE_INFINITY);
  const heap = new Heap();
  for (const seed of seeds) {
    far[seed] = 0;
    heap.push(seed, 0);
  }
  for (let top = heap.pop(); top; top = heap.pop()) {
    if (top.key > (far[top.node] as number)) continue;
    for (let k = links.first[top.node] as number; k < (links.first[top.node + 1] as number); k++) {
      const to = links.to[k] as number;
      const next = Math.fround(top.key + (costs[links.pair[k] as number] as number));
      if (next >= (far[to] as number)) continue;
      far[to] = next;
      heap.push(to, next);
    }
  }
  return far;
}

/** Pieces of the set that hang together with one of the seeds. */
export function joinedTo(inside: Uint8Array, seeds: readonly number[], links: Links): Uint8Array {
  const out = new Uint8Array(inside.length);
  const stack = seeds.filter((seed) => inside[seed]);
  for (const seed of stack) out[seed] = 1;
  for (let at = stack.pop(); at !== undefined; at = stack.pop())
    for (let k = links.first[at] as number; k < (links.first[at + 1] as number); k++) {
      const to = links.to[k] as number;
      if (!inside[to] || out[to]) continue;
      out[to] = 1;
      stack.push(to);
    }
  return out;
}
