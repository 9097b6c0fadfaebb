import type { Affine } from "../geometry/affine";
import type { Place } from "./flow";

export interface Pair {
  readonly from: Place;
  readonly to: Place;
}

/** The turn, scale and shift that bring places onto others with the least squares (Umeyama 1991, in the plane). */
export function similarityOf(pairs: readonly Pair[]): Affine {
  const n = pairs.length;
  const mean = (of: (pair: Pair) => number) => pairs.reduce((sum, pair) => sum + of(pair), 0) / n;
  const [fx, fy] = [mean(({ from }) => from[0]), mean(({ from }) => from[1])];
  const [tx, ty] = [mean(({ to }) => to[0]), mean(({ to }) => to[1])];
  let [along, across, size] = [0, 0, 0];
  for (const { from, to } of pairs) {
    const [x, y, u, v] = [from[0] - fx, from[1] - fy, to[0] - tx, to[1] - ty];
    along += x * u + y * v;
    across += x * v - y * u;
    size += x * x + y * y;
  }
  const [c, s] = size > 0 ? [along / size, across / size] : [1, 0];
  return [c, s, -s, c, tx - c * fx + s * fy, ty - s * fx - c * fy];
}

export const shiftOf = (pairs: readonly Pair[]): Affine => {
  const middle = (of: (pair: Pair) => number) => median(pairs.map(of));
  return [1, 0, 0, 1, middle(({ from, to }) => to[0] - from[0]), middle(({ from, to }) => to[1] - from[1])];
};

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length % 2) return sorted[half] as number;
  return ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

export const missBy = ([a, b, c, d, e, f]: Affine, { from: [x, y], to }: Pair): number =>
  Math.hypot(a * x + c * y + e - to[0], b * x + d * y + f - to[1]);

const TRIES = 60;

/** The similarity that most pairs agree with, fitted to all of these (RANSAC; the draws are always the same). */
export function agreed(pairs: readonly Pair[], within: number): { by: Affine; inliers: Pair[] } {
  let inliers: Pair[] = [];
  let seed = 1;
  const draw = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >> 8) % pairs.length;
  };
  for (let tries = 0; tries < TRIES && pairs.length >= 2; tries++) {
    const two = [pairs[draw()] as Pair, pairs[draw()] as Pair];
    const by = two[0] === two[1] ? shiftOf(two) : similarityOf(two);
    const held = pairs.filter((pair) => missBy(by, pair) <= within);
    if (held.length > inliers.length) inliers = held;
  }
  if (inliers.length < 3) inliers = pairs.slice(0, 0);
  return { by: inliers.length ? similarityOf(inliers) : [1, 0, 0, 1, 0, 0], inliers };
}
