import { type Affine, apply } from "../geometry/affine";
import type { Bounds } from "../geometry/boxes";
import { flow, type Place } from "./flow";
import { at, correlation, type Grey, levelsOf } from "./grey";
import { agreed, type Pair, shiftOf } from "./similarity";
import { search } from "./template";

/** What became of a part of a picture in the next one. */
export interface Tracked {
  readonly by: Affine;
  /** Enough of it was found again, and it looks the same there. */
  readonly sure: boolean;
}

const STILL: Affine = [1, 0, 0, 1, 0, 0];
const COARSE = 112; // samples of the longer side of the level where templates are searched
const REACH = 0.25; // of its longer side: nothing is looked for farther away
const GRID = 7; // places a side of a part that are followed
const CAMERA_GRID = 12; // of the whole picture
const BACK = 1; // samples: a place that is not found back to is not believed
const AGREE = 1.5; // samples between where a place went and where the others say
const FEWEST = 6; // places that agree
const TURNED = 8; // places from which a turn and a scale are believed, not a shift alone
const LEAST_SIDE = 16; // samples, the same
const ALIKE = 0.8; // correlation of the part and of what lies there now
const VERY_ALIKE = 0.9; // the same, where only the template says so
const SAME = 8; // grey values: what differs by no more looks the same, grain included
const GUESSED = 0.5; // the same, of what is offered as uncertain
const PLACES = 6; // that a template is tried at in full
const CLEARER = 0.04; // by so much the best of them has to be better than the second
const CLEAR = 0.1; // by so much a place of its own has to be more alike than where the camera's movement leads
const SMALL = 8; // samples of the coarse level: of smaller parts what lies around is searched, too
const BIGGEST = 1.6; // scale from one picture to the next

/** Where parts of a picture are in the next: found by template, followed by optical flow there and back, and fitted by what
 * most places agree on. What is not found goes with the picture as a whole, and is not sure. In a picture of something else
 * all stay where they are.
 *
 * @param boxes in samples of `from`; the answers lead from there to samples of `to`. */
export function track(from: Grey, to: Grey, boxes: readonly Bounds[]): Tracked[] {
  const [before, after] = [levelsOf(from), levelsOf(to)];
  const camera = cameraOf(before, after);
  const found = boxes.map((box) => one(before, after, box, camera));
  return camera.sure || found.some((part) => part.sure) ? found : boxes.map(() => ({ by: STILL, sure: false }));
}

function cameraOf(before: readonly Grey[], after: readonly Grey[]): Tracked {
  const [from] = before as [Grey];
  const inset = 0.15;
  const whole: Bounds = [from.w * inset, from.h * inset, from.w * (1 - inset), from.h * (1 - inset)];
  const [shift] = shiftsOf(before, after, whole, 1);
  const { pairs, placed } = followed(before, after, whole, shift?.by ?? STILL, CAMERA_GRID);
  const { by, inliers } = agreed(pairs, 2 * AGREE);
  const sure = inliers.length >= placed / 5 && isModest(by);
  return sure ? { by, sure } : { by: STILL, sure: false };
}

function one(before: readonly Grey[], after: readonly Grey[], given: Bounds, camera: Tracked): Tracked {
  const [from, to] = [before[0] as Grey, after[0] as Grey];
  const box = atLeast(given, LEAST_SIDE / 2);
  const looks = (by: Affine) => likenessOf(from, to, box, by);
  const along = fitted(before, after, box, camera.by);
  const still = { ...along, ...looks(along.by) };
  if (still.held && still.alike >= ALIKE) return { by: still.by, sure: true };
  const [own, other] = shiftsOf(before, after, box, PLACES);
  if (own) {
    const away = fitted(before, after, box, own.by);
    const moved = { ...away, ...looks(away.by) };
    // A place of its own has to be clearly more alike than where the camera's movement leads, and than any other.
    const clear = moved.alike > still.alike + CLEAR && own.alike > (other?.alike ?? -1) + CLEARER;
    if (clear && moved.held && moved.alike >= ALIKE) return { by: moved.by, sure: true };
    if (clear && own.alike >= VERY_ALIKE) return { by: own.by, sure: true };
    // What has nothing to hold on to, like a wall, goes with the picture: it looks the same there.
    if (camera.sure && looks(camera.by).off <= SAME) return { by: camera.by, sure: true };
    if (clear && moved.alike > GUESSED) return { by: moved.by, sure: false };
  }
  return { by: still.held && still.alike > GUESSED ? still.by : camera.by, sure: false };
}

function fitted(
  before: readonly Grey[],
  after: readonly Grey[],
  box: Bounds,
  guess: Affine,
): { by: Affine; held: boolean } {
  const { pairs, placed } = followed(before, after, box, guess, GRID);
  const { by, inliers } = agreed(pairs, AGREE);
  const side = Math.min(box[2] - box[0], box[3] - box[1]);
  const held = inliers.length >= FEWEST && inliers.length >= pairs.length / 2 && inliers.length >= placed / 5;
  if (!held) return { by: guess, held };
  if (inliers.length >= TURNED && side >= LEAST_SIDE && isModest(by)) return { by, held };
  return { by: shiftOf(inliers), held };
}

/** Places of a grid that were followed there and back, and how many there were. */
function followed(
  before: readonly Grey[],
  after: readonly Grey[],
  [x0, y0, x1, y1]: Bounds,
  guess: Affine,
  grid: number,
) {
  const pairs: Pair[] = [];
  const { w, h } = before[0] as Grey;
  let placed = 0;
  for (let j = 0; j < grid; j++)
    for (let i = 0; i < grid; i++) {
      const from: Place = [x0 + ((i + 0.5) / grid) * (x1 - x0), y0 + ((j + 0.5) / grid) * (y1 - y0)];
      if (from[0] < 0 || from[1] < 0 || from[0] >= w || from[1] >= h) continue;
      placed += 1;
      const expected = apply(guess, ...from);
      const to = flow(before, after, from, expected);
      if (!to) continue;
      const back = flow(after, before, to, [from[0] + to[0] - expected[0], from[1] + to[1] - expected[1]]);
      if (back && Math.hypot(back[0] - from[0], back[1] - from[1]) <= BACK) pairs.push({ from, to });
    }
  return { pairs, placed };
}

/** Shifts of a part by its template, the most alike first: searched in a coarse level and made finer from level to level. */
function shiftsOf(
  before: readonly Grey[],
  after: readonly Grey[],
  box: Bounds,
  most: number,
): { by: Affine; alike: number }[] {
  const level = before.findIndex(({ w, h }) => Math.max(w, h) <= COARSE);
  const coarse = Math.min(level < 0 ? before.length - 1 : level, after.length - 1);
  const on = (number: number, reach: number, shift: Place, count: number) => {
    const patch = atLeast(box.map((side) => side / 2 ** number) as unknown as Bounds, SMALL);
    return search(before[number] as Grey, patch, after[number] as Grey, reach, shift, count);
  };
  const { w, h } = before[coarse] as Grey;
  const shifts = on(coarse, Math.round(REACH * Math.max(w, h)), [0, 0], most).map((found) => {
    let { dx, dy } = found;
    for (let number = coarse - 1; number >= 0; number--)
      for (const finer of on(number, 1, [2 * dx, 2 * dy], 1)) ({ dx, dy } = finer);
    const by: Affine = [1, 0, 0, 1, dx, dy];
    return { by, alike: likenessOf(before[0] as Grey, after[0] as Grey, box, by).alike };
  });
  return shifts.toSorted((a, b) => b.alike - a.alike);
}

function atLeast([x0, y0, x1, y1]: Bounds, side: number): Bounds {
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [w, h] = [Math.max(side, x1 - x0) / 2, Math.max(side, y1 - y0) / 2];
  return [mx - w, my - h, mx + w, my + h];
}

const isModest = ([a, b]: Affine): boolean => {
  const scale = Math.hypot(a, b);
  return scale > 1 / BIGGEST && scale < BIGGEST && Math.abs(Math.atan2(b, a)) < Math.PI / 4;
};

const LOOKS = 20; // samples a side that are compared

/** Of a part and of where it went: their normalised cross-correlation (0 where most of it left the picture), and the root mean
 * square of what differs when the light is made the same, in grey values. */
function likenessOf(from: Grey, to: Grey, [x0, y0, x1, y1]: Bounds, by: Affine): { alike: number; off: number } {
  let [n, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let j = 0; j < LOOKS; j++)
    for (let i = 0; i < LOOKS; i++) {
      const [x, y] = [x0 + ((i + 0.5) / LOOKS) * (x1 - x0), y0 + ((j + 0.5) / LOOKS) * (y1 - y0)];
      const [u, v] = apply(by, x, y);
      if (Math.min(x, y, u, v) < 0 || x >= from.w || y >= from.h || u >= to.w || v >= to.h) continue;
      const [p, q] = [at(from, x, y), at(to, u, v)];
      n += 1;
      a += p;
      b += q;
      aa += p * p;
      bb += q * q;
      ab += p * q;
    }
  if (n < (LOOKS * LOOKS) / 2) return { alike: 0, off: Number.POSITIVE_INFINITY };
  const [va, vb, cov] = [aa - (a * a) / n, bb - (b * b) / n, ab - (a * b) / n];
  const off = Math.sqrt(Math.max(0, va + vb - 2 * cov) / n);
  return { alike: correlation(n, a, b, aa, bb, ab), off };
}
