import { at, type Grey } from "./grey";

export type Place = readonly [x: number, y: number];

const RADIUS = 5; // samples of the window to each side
const STEPS = 12; // at most, a level
const STILL = 0.02; // samples: a step as short is the last
const FLAT = 1; // least eigenvalue a sample of the window, in grey values squared: below, nothing holds on to the place

/** Where a place of one picture is in the other, from a first guess: optical flow by pyramids (Lucas and Kanade 1981; Bouguet
 * 2001), of differences to the window's mean, so that light may change. Null where the place has nothing to hold on to, or runs away.
 *
 * @param from, to: the levels of both pictures, the finest first. Places are in samples of the finest. */
export function flow(from: readonly Grey[], to: readonly Grey[], place: Place, guess: Place): Place | null {
  let found: Place = guess;
  const top = Math.min(from.length, to.length) - 1;
  for (let level = Math.min(top, COARSEST); level >= 0; level--) {
    const scale = 2 ** level;
    const step = onLevel(from[level] as Grey, to[level] as Grey, down(place, scale), down(found, scale));
    if (step) found = up(step, scale);
    else if (level === 0) return null;
  }
  return found;
}

const COARSEST = 2; // level where it starts: the guess is within some samples of it

// The middle of a sample of a coarse level lies between those of the samples that it is the mean of.
const down = ([x, y]: Place, scale: number): Place => [(x + 0.5) / scale - 0.5, (y + 0.5) / scale - 0.5];
const up = ([x, y]: Place, scale: number): Place => [(x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5];

const SIDE = 2 * RADIUS + 1;
const window = new Float32Array(SIDE * SIDE);
const dxs = new Float32Array(SIDE * SIDE);
const dys = new Float32Array(SIDE * SIDE);

function onLevel(from: Grey, to: Grey, [x, y]: Place, [guessX, guessY]: Place): Place | null {
  let [xx, xy, yy, mean] = [0, 0, 0, 0];
  for (let j = 0, i = 0; j < SIDE; j++)
    for (let k = 0; k < SIDE; k++, i++) {
      const [px, py] = [x + k - RADIUS, y + j - RADIUS];
      const dx = (at(from, px + 1, py) - at(from, px - 1, py)) / 2;
      const dy = (at(from, px, py + 1) - at(from, px, py - 1)) / 2;
      window[i] = at(from, px, py);
      dxs[i] = dx;
      dys[i] = dy;
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
      mean += window[i] as number;
    }
  const count = SIDE * SIDE;
  mean /= count;
  const least = (xx + yy - Math.hypot(xx - yy, 2 * xy)) / 2 / count;
  if (least < FLAT) return null;
  const determinant = xx * yy - xy * xy;
  let [u, v] = [guessX, guessY];
  for (let step = 0; step < STEPS; step++) {
    let there = 0;
    for (let j = 0; j < SIDE; j++) for (let k = 0; k < SIDE; k++) there += at(to, u + k - RADIUS, v + j - RADIUS);
    there /= count;
    let [bx, by] = [0, 0];
    for (let j = 0, i = 0; j < SIDE; j++)
      for (let k = 0; k < SIDE; k++, i++) {
        const off = (window[i] as number) - mean - (at(to, u + k - RADIUS, v + j - RADIUS) - there);
        bx += off * (dxs[i] as number);
        by += off * (dys[i] as number);
      }
    const mx = (yy * bx - xy * by) / determinant;
    const my = (xx * by - xy * bx) / determinant;
    u += mx;
    v += my;
    if (!(Math.abs(u - guessX) + Math.abs(v - guessY) < 4 * SIDE)) return null;
    if (mx * mx + my * my < STILL * STILL) break;
  }
  return u < 0 || v < 0 || u > to.w - 1 || v > to.h - 1 ? null : [u, v];
}
