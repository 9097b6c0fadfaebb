/** Minimum cut of a graph with two terminals by the search trees of Boykov and Kolmogorov (PAMI 2004). */

const NONE = -1;
const TERMINAL = -2;
const ORPHAN = -3;
const FREE = 0;
const SOURCE = 1;
const SINK = 2;

/** Nodes from 0; arcs come in pairs, `arc ^ 1` is the way back. */
export class FlowGraph {
  private readonly first: Int32Array;
  private readonly next: Int32Array;
  private readonly head: Int32Array;
  private readonly rest: Float64Array;
  /** What is left to the source (positive) or to the sink (negative). */
  private readonly terminal: Float64Array;
  private arcs = 0;

  private readonly tree: Uint8Array;
  private readonly parent: Int32Array;
  private readonly stamp: Int32Array;
  private readonly distance: Int32Array;
  private readonly queued: Uint8Array;
  private queue: number[] = [];
  private orphans: number[] = [];
  private time = 0;

  constructor(
    private readonly nodes: number,
    edges: number,
  ) {
    this.first = new Int32Array(nodes).fill(NONE);
    this.next = new Int32Array(2 * edges);
    this.head = new Int32Array(2 * edges);
    this.rest = new Float64Array(2 * edges);
    this.terminal = new Float64Array(nodes);
    this.tree = new Uint8Array(nodes);
    this.parent = new Int32Array(nodes).fill(NONE);
    this.stamp = new Int32Array(nodes);
    this.distance = new Int32Array(nodes);
    this.queued = new Uint8Array(nodes);
  }

  /** Cutting `node` from the source costs `source`, from the sink `sink`. */
  addTerminal(node: number, source: number, sink: number): void {
    this.terminal[node] = (this.terminal[node] as number) + source - sink;
  }

  /** Cutting between the two costs the same both ways. */
  addEdge(a: number, b: number, cost: number): void {
    this.arc(a, b, cost);
    this.arc(b, a, cost);
  }

  private arc(from: number, to: number, cost: number): void {
    const at = this.arcs++;
    this.head[at] = to;
    this.rest[at] = cost;
    this.next[at] = this.first[from] as number;
    this.first[from] = at;
  }

  /** 1 for each node that stays with the source. */
  cut(): Uint8Array {
    for (let node = 0; node < this.nodes; node++) {
      const left = this.terminal[node] as number;
      if (left === 0) continue;
      this.tree[node] = left > 0 ? SOURCE : SINK;
      this.parent[node] = TERMINAL;
      this.distance[node] = 1;
      this.activate(node);
    }
    for (let at = 0; at < this.queue.length; at++) {
      const node = this.queue[at] as number;
      this.queued[node] = 0;
      for (let bridge = this.grow(node); bridge !== NONE; bridge = this.grow(node)) {
        this.time++;
        this.augment(bridge);
        this.adopt();
      }
      if (at > 65536) {
        this.queue = this.queue.slice(at + 1);
        at = -1;
      }
    }
    const out = new Uint8Array(this.nodes);
    for (let node = 0; node < this.nodes; node++) if (this.tree[node] === SOURCE) out[node] = 1;
    return out;
  }

  private activate(node: number): void {
    if (this.queued[node]) return;
    this.queued[node] = 1;
    this.queue.push(node);
  }

  /** The tree takes in free neighbours of a node; the arc (from the source's side) where it meets the other tree. */
  private grow(node: number): number {
    const { tree, rest, head, next } = this;
    const mine = tree[node];
    if (mine === FREE) return NONE;
    for (let arc = this.first[node] as number; arc !== NONE; arc = next[arc] as number) {
      const open = mine === SOURCE ? rest[arc] : rest[arc ^ 1];
      if (!open) continue;
      const to = head[arc] as number;
      if (tree[to] === FREE) {
        tree[to] = mine as number;
        this.parent[to] = arc ^ 1;
        this.stamp[to] = this.stamp[node] as number;
        this.distance[to] = (this.distance[node] as number) + 1;
        this.activate(to);
      } else if (tree[to] !== mine) return mine === SOURCE ? arc : arc ^ 1;
      else if (
        (this.stamp[to] as number) <= (this.stamp[node] as number) &&
        (this.distance[to] as number) > (this.distance[node] as number)
      ) {
        this.parent[to] = arc ^ 1; // a shorter way to the terminal
        this.stamp[to] = this.stamp[node] as number;
        this.distance[to] = (this.distance[node] as number) + 1;
      }
    }
    return NONE;
  }

  private augment(bridge: number): void {
    const { rest, head, parent, terminal } = this;
    let most = rest[bridge] as number;
    let node = head[bridge ^ 1] as number;
    for (; parent[node] !== TERMINAL; node = head[parent[node] as number] as number)
      most = Math.min(most, rest[(parent[node] as number) ^ 1] as number);
    most = Math.min(most, terminal[node] as number);
    node = head[bridge] as number;
    for (; parent[node] !== TERMINAL; node = head[parent[node] as number] as number)
      most = Math.min(most, rest[parent[node] as number] as number);
    most = Math.min(most, -(terminal[node] as number));

    rest[bridge] = (rest[bridge] as number) - most;
    rest[bridge ^ 1] = (rest[bridge ^ 1] as number) + most;
    for (node = head[bridge ^ 1] as number; parent[node] !== TERMINAL; ) {
      const arc = parent[node] as number;
      rest[arc] = (rest[arc] as number) + most;
      rest[arc ^ 1] = (rest[arc ^ 1] as number) - most;
      if (!rest[arc ^ 1]) this.leave(node);
      node = head[arc] as number;
    }
    terminal[node] = (terminal[node] as number) - most;
    if (!terminal[node]) this.leave(node);
    for (node = head[bridge] as number; parent[node] !== TERMINAL; ) {
      const arc = parent[node] as number;
      rest[arc ^ 1] = (rest[arc ^ 1] as number) + most;
      rest[arc] = (rest[arc] as number) - most;
      if (!rest[arc]) this.leave(node);
      node = head[arc] as number;
    }
    terminal[node] = (terminal[node] as number) + most;
    if (!terminal[node]) this.leave(node);
  }

  private leave(node: number): void {
    this.parent[node] = ORPHAN;
    this.orphans.push(node);
  }

  private adopt(): void {
    for (let node = this.orphans.pop(); node !== undefined; node = this.orphans.pop()) {
      const arc = this.newParent(node);
      if (arc !== NONE) this.parent[node] = arc;
      else this.setFree(node);
    }
  }

  private newParent(node: number): number {
    const { tree, rest, head, next } = this;
    const mine = tree[node];
    let best = NONE;
    let nearest = Number.POSITIVE_INFINITY;
    for (let arc = this.first[node] as number; arc !== NONE; arc = next[arc] as number) {
      const open = mine === SOURCE ? rest[arc ^ 1] : rest[arc];
      const to = head[arc] as number;
      if (!open || tree[to] !== mine || this.parent[to] === NONE) continue;
      const far = this.toTerminal(to);
      if (far < nearest) [nearest, best] = [far, arc];
    }
    if (best === NONE) return NONE;
    this.stamp[node] = this.time;
    this.distance[node] = nearest + 1;
    return best;
  }

  /** Steps to the terminal, infinite when an orphan lies on the way; the way is remembered. */
  private toTerminal(from: number): number {
    let steps = 0;
    for (let node = from; ; ) {
      if (this.stamp[node] === this.time) {
        steps += this.distance[node] as number;
        break;
      }
      const arc = this.parent[node] as number;
      if (arc === TERMINAL) {
        this.stamp[node] = this.time;
        this.distance[node] = 1;
        steps += 1;
        break;
      }
      if (arc < 0) return Number.POSITIVE_INFINITY;
      steps++;
      node = this.head[arc] as number;
    }
    let far = steps;
    for (let node = from; this.stamp[node] !== this.time; node = this.head[this.parent[node] as number] as number) {
      this.stamp[node] = this.time;
      this.distance[node] = far--;
    }
    return steps;
  }

  private setFree(node: number): void {
    const { tree, rest, head, next, parent } = this;
    const mine = tree[node];
    for (let arc = this.first[node] as number; arc !== NONE; arc = next[arc] as number) {
      const to = head[arc] as number;
      if (tree[to] !== mine) continue;
      const open = mine === SOURCE ? rest[arc ^ 1] : rest[arc];
      if (open && parent[to] !== NONE) this.activate(to);
      const above = parent[to] as number;
      if (above >= 0 && head[above] === node) this.leave(to);
    }
    tree[node] = FREE;
    parent[node] = NONE;
  }
}
