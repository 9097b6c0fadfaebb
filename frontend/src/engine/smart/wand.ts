import { clamp } from "../geometry/points";
import type { Hints } from "./prompts";

/** Pixels that hang together with a place and whose colour is within `tolerance` (ΔE) of it; around places outside
 * they are taken away again. A byte a sample. */
export function grown(lab: Float32Array, w: number, h: number, hints: Hints, tolerance: number): Uint8Array {
  const out = new Uint8Array(w * h);
  const { box } = hints;
  const mayBe = (at: number) => {
    if (!box) return true;
    const [x, y] = [(at % w) + 0.5, Math.floor(at / w) + 0.5];
    return x >= box[0] && y >= box[1] && x <= box[2] && y <= box[3];
  };
  eachPlace(hints.inside, w, h, (at) => flood(lab, w, h, at, tolerance, mayBe, (found) => (out[found] = 1)));
  eachPlace(hints.outside, w, h, (at) => flood(lab, w, h, at, tolerance, mayBe, (found) => (out[found] = 0)));
  return out;
}

function eachPlace(flat: readonly number[], w: number, h: number, each: (at: number) => void): void {
  for (let i = 0; i < flat.length; i += 2)
    each(clamp(Math.floor(flat[i + 1] as number), 0, h - 1) * w + clamp(Math.floor(flat[i] as number), 0, w - 1));
}

function flood(
  lab: Float32Array,
  w: number,
  h: number,
  start: number,
  tolerance: number,
  mayBe: (at: number) => boolean,
  take: (at: number) => void,
): void {
  const [l, u, v] = meanAround(lab, w, h, start);
  const most = tolerance * tolerance;
  const like = (at: number) =>
    ((lab[at * 3] as number) - l) ** 2 +
      ((lab[at * 3 + 1] as number) - u) ** 2 +
      ((lab[at * 3 + 2] as number) - v) ** 2 <=
    most;
  const seen = new Uint8Array(w * h);
  const stack = [start];
  seen[start] = 1;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    take(at);
    const x = at % w;
    for (const to of [x > 0 ? at - 1 : -1, x < w - 1 ? at + 1 : -1, at - w, at + w < w * h ? at + w : -1]) {
      if (to < 0 || seen[to]) continue;
      seen[to] = 1;
      if (mayBe(to) && like(to)) stack.push(to);
    }
  }
}

/** Mean colour of the nine samples around a place: one odd sample does not decide. */
function meanAround(lab: Float32Array, w: number, h: number, at: number): [number, number, number] {
  const [x, y] = [at % w, Math.floor(at / w)];
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let row = Math.max(0, y - 1); row <= Math.min(h - 1, y + 1); row++)
    for (let column = Math.max(0, x - 1); column <= Math.min(w - 1, x + 1); column++, count++)
      for (let c = 0; c < 3; c++) sum[c as 0] += lab[(row * w + column) * 3 + c] as number;
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}
