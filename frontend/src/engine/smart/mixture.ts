/** Gaussian mixtures of colours, fitted by weighted k-means with one covariance each, as GrabCut does (Rother et al., 2004). */

export interface Mixture {
  /** Fourteen numbers a part: weight and norm as a logarithm, mean (3), inverse covariance (6: ll, lu, lv, uu, uv, vv). */
  readonly parts: readonly Float64Array[];
}

const ROUNDS = 4;
const LEAST_SPREAD = 12; // ΔE² added to each variance: a single colour is no needle

/** Mixture of the colours `lab` (three numbers each) with their weights; null when all weights are nothing. */
export function mixtureOf(lab: Float32Array, weights: Float32Array, parts: number): Mixture | null {
  const members: number[] = [];
  for (let i = 0; i < weights.length; i++) if ((weights[i] as number) > 0) members.push(i);
  if (!members.length) return null;
  const centres = spreadCentres(lab, weights, members, parts);
  const owner = new Int32Array(members.length);
  for (let round = 0; round < ROUNDS; round++) {
    for (let m = 0; m < members.length; m++) owner[m] = nearest(lab, members[m] as number, centres);
    recentre(lab, weights, members, owner, centres);
  }
  let total = 0;
  for (const i of members) total += weights[i] as number;
  const made = centres.flatMap((centre, k) => gaussian(lab, weights, members, owner, k, centre, total) ?? []);
  return made.length ? { parts: made } : null;
}

/** Each next centre is the weighted colour farthest from those before it: the same every time. */
function spreadCentres(
  lab: Float32Array,
  weights: Float32Array,
  members: readonly number[],
  parts: number,
): number[][] {
  const mean = [0, 0, 0];
  let sum = 0;
  for (const i of members) {
    const weight = weights[i] as number;
    sum += weight;
    for (let c = 0; c < 3; c++) mean[c] = (mean[c] as number) + weight * (lab[i * 3 + c] as number);
  }
  const centres = [mean.map((v) => v / sum)];
  while (centres.length < Math.min(parts, members.length)) {
    let best = members[0] as number;
    let most = -1;
    for (const i of members) {
      const far = distanceTo(lab, i, centres[nearest(lab, i, centres)] as number[]) * Math.sqrt(weights[i] as number);
      if (far > most) [most, best] = [far, i];
    }
    if (most <= 0) break;
    centres.push([...lab.subarray(best * 3, best * 3 + 3)]);
  }
  return centres;
}

function distanceTo(lab: Float32Array, i: number, centre: readonly number[]): number {
  const l = (lab[i * 3] as number) - (centre[0] as number);
  const u = (lab[i * 3 + 1] as number) - (centre[1] as number);
  const v = (lab[i * 3 + 2] as number) - (centre[2] as number);
  return l * l + u * u + v * v;
}

function nearest(lab: Float32Array, i: number, centres: readonly number[][]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < centres.length; k++) {
    const far = distanceTo(lab, i, centres[k] as number[]);
    if (far < least) [least, best] = [far, k];
  }
  return best;
}

function recentre(
  lab: Float32Array,
  weights: Float32Array,
  members: readonly number[],
  owner: Int32Array,
  centres: number[][],
): void {
  const sums = centres.map(() => [0, 0, 0, 0]);
  members.forEach((i, m) => {
    const sum = sums[owner[m] as number] as number[];
    const weight = weights[i] as number;
    for (let c = 0; c < 3; c++) sum[c] = (sum[c] as number) + weight * (lab[i * 3 + c] as number);
    sum[3] = (sum[3] as number) + weight;
  });
  sums.forEach((sum, k) => {
    const total = sum[3] as number;
    if (total > 0) centres[k] = [(sum[0] as number) / total, (sum[1] as number) / total, (sum[2] as number) / total];
  });
}

function gaussian(
  lab: Float32Array,
  weights: Float32Array,
  members: readonly number[],
  owner: Int32Array,
  k: number,
  centre: readonly number[],
  total: number,
): Float64Array | null {
  let sum = 0;
  const s = [0, 0, 0, 0, 0, 0];
  members.forEach((i, m) => {
    if (owner[m] !== k) return;
    const weight = weights[i] as number;
    const l = (lab[i * 3] as number) - (centre[0] as number);
    const u = (lab[i * 3 + 1] as number) - (centre[1] as number);
    const v = (lab[i * 3 + 2] as number) - (centre[2] as number);
    sum += weight;
    [l * l, l * u, l * v, u * u, u * v, v * v].forEach((value, j) => {
      s[j] = (s[j] as number) + weight * value;
    });
  });
  if (sum <= 0) return null;
  const [ll, lu, lv, uu, uv, vv] = s.map((value) => value / sum) as [number, number, number, number, number, number];
  const [a, b, c, d, e, f] = [ll + LEAST_SPREAD, lu, lv, uu + LEAST_SPREAD, uv, vv + LEAST_SPREAD];
  const det = a * (d * f - e * e) - b * (b * f - c * e) + c * (b * e - c * d);
  return Float64Array.of(
    Math.log(sum / total) - 0.5 * Math.log(det),
    ...centre,
    (d * f - e * e) / det,
    (c * e - b * f) / det,
    (b * e - c * d) / det,
    (a * f - c * c) / det,
    (b * c - a * e) / det,
    (a * d - b * b) / det,
  );
}

/** Minus the logarithm of the density of colour `i` of a list, but for a constant that all mixtures share. */
export function costOf({ parts }: Mixture, lab: Float32Array, i: number): number {
  let best = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const p of parts) {
    const l = (lab[i * 3] as number) - (p[1] as number);
    const u = (lab[i * 3 + 1] as number) - (p[2] as number);
    const v = (lab[i * 3 + 2] as number) - (p[3] as number);
    const square =
      (p[4] as number) * l * l +
      (p[7] as number) * u * u +
      (p[9] as number) * v * v +
      2 * ((p[5] as number) * l * u + (p[6] as number) * l * v + (p[8] as number) * u * v);
    const log = (p[0] as number) - 0.5 * square;
    if (log > best) {
      sum = sum * Math.exp(best - log) + 1;
      best = log;
    } else sum += Math.exp(log - best);
  }
  return -(best + Math.log(sum));
}
