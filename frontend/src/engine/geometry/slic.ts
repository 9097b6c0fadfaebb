/** Simple linear iterative clustering (Achanta et al., 2012): k-means of colour and place in windows of two sides. */

const ROUNDS = 5;
const COMPACT = 12; // weight of place against colour: higher is squarer

/** One number a pixel, from 0; every piece hangs together and none is smaller than a quarter of a square. */
export function slic(rgba: Uint8ClampedArray, w: number, h: number, side: number): Int32Array {
  const across = Math.max(1, Math.round(w / side));
  const down = Math.max(1, Math.round(h / side));
  const centres = firstCentres(rgba, w, h, across, down);
  const labels = new Int32Array(w * h);
  const distances = new Float32Array(w * h);
  for (let round = 0; round < ROUNDS; round++) {
    assign(rgba, w, h, side, centres, labels, distances);
    move(rgba, w, h, centres, labels);
  }
  return connected(labels, w, h, (side * side) / 4);
}

const FIELDS = 5; // of a centre: red, green, blue, x, y

function firstCentres(rgba: Uint8ClampedArray, w: number, h: number, across: number, down: number): Float64Array {
  const centres = new Float64Array(across * down * FIELDS);
  for (let j = 0; j < down; j++)
    for (let i = 0; i < across; i++) {
      const x = Math.floor(((i + 0.5) * w) / across);
      const y = Math.floor(((j + 0.5) * h) / down);
      const at = (y * w + x) * 4;
      centres.set([...rgba.subarray(at, at + 3), x, y], (j * across + i) * FIELDS);
    }
  return centres;
}

function assign(
  rgba: Uint8ClampedArray,
  w: number,
  h: number,
  side: number,
  centres: Float64Array,
  labels: Int32Array,
  distances: Float32Array,
): void {
  distances.fill(Number.POSITIVE_INFINITY);
  const weight = (COMPACT / side) ** 2;
  for (let c = 0; c < centres.length; c += FIELDS) {
    const [r, g, b, cx, cy] = centres.subarray(c, c + FIELDS) as unknown as [number, number, number, number, number];
    const y1 = Math.min(h, Math.ceil(cy + side + 1));
    const x1 = Math.min(w, Math.ceil(cx + side + 1));
    for (let y = Math.max(0, Math.floor(cy - side)); y < y1; y++)
      for (let x = Math.max(0, Math.floor(cx - side)); x < x1; x++) {
        const at = y * w + x;
        const dr = (rgba[at * 4] as number) - r;
        const dg = (rgba[at * 4 + 1] as number) - g;
        const db = (rgba[at * 4 + 2] as number) - b;
        const d = dr * dr + dg * dg + db * db + ((x - cx) * (x - cx) + (y - cy) * (y - cy)) * weight;
        if (d < (distances[at] as number)) {
          distances[at] = d;
          labels[at] = c / FIELDS;
        }
      }
  }
}

function move(rgba: Uint8ClampedArray, w: number, h: number, centres: Float64Array, labels: Int32Array): void {
  const sums = new Float64Array(centres.length);
  const counts = new Int32Array(centres.length / FIELDS);
  for (let y = 0, at = 0; y < h; y++)
    for (let x = 0; x < w; x++, at++) {
      const label = labels[at] as number;
      const c = label * FIELDS;
      counts[label] = (counts[label] as number) + 1;
      sums[c] = (sums[c] as number) + (rgba[at * 4] as number);
      sums[c + 1] = (sums[c + 1] as number) + (rgba[at * 4 + 1] as number);
      sums[c + 2] = (sums[c + 2] as number) + (rgba[at * 4 + 2] as number);
      sums[c + 3] = (sums[c + 3] as number) + x;
      sums[c + 4] = (sums[c + 4] as number) + y;
    }
  for (let c = 0; c < centres.length; c++) {
    const count = counts[Math.floor(c / FIELDS)] as number;
    if (count) centres[c] = (sums[c] as number) / count;
  }
}

/** Pieces that hang together get numbers of their own; what is too small joins the piece before it. */
function connected(labels: Int32Array, w: number, h: number, smallest: number): Int32Array {
  const out = new Int32Array(labels.length).fill(-1);
  const stack: number[] = [];
  let next = 0;
  for (let start = 0; start < labels.length; start++) {
    if (out[start] !== -1) continue;
    const label = labels[start];
    const beside = start % w ? (out[start - 1] as number) : start >= w ? (out[start - w] as number) : -1;
    const members: number[] = [start];
    out[start] = next;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const x = at % w;
      for (const to of [x ? at - 1 : -1, x < w - 1 ? at + 1 : -1, at - w, at + w < w * h ? at + w : -1]) {
        if (to < 0 || out[to] !== -1 || labels[to] !== label) continue;
        out[to] = next;
        members.push(to);
        stack.push(to);
      }
    }
    if (members.length < smallest && beside >= 0) for (const at of members) out[at] = beside;
    else next++;
  }
  return out;
}
