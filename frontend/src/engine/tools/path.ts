import { distance, type ImagePoint, imagePoint, segmentDistance } from "../geometry/points";
import type { Hold, Modifiers, ToolEvent, ToolView } from "./tool";

/** A line under the hand: vertices by clicks, or by moving while Shift is held. */
export interface Path {
  /** Flat vertices set so far; empty is idle. */
  readonly points: readonly number[];
  /** Vertices taken back, last first: redo while drawing. */
  readonly taken: readonly number[];
  /** Where the hand went since the last vertex while it draws freely. */
  readonly trail: readonly number[];
  readonly pointer: ImagePoint | null;
  /** The border that the last vertex lies on. */
  readonly hold: Hold | null;
  /** The border that the line began on. */
  readonly start: Hold | null;
  /** The button went down for a free line and is still down. */
  readonly pulling: boolean;
}

export const NO_PATH: Path = {
  points: [],
  taken: [],
  trail: [],
  pointer: null,
  hold: null,
  start: null,
  pulling: false,
};

const FREE_TOLERANCE = 0.25; // image pixels: a free line keeps no vertex that moves it less
const LONGEST_TRAIL = 400; // numbers: a vertex is set at the latest then, so that a move stays cheap

export const firstOf = (path: Pick<Path, "points">): ImagePoint =>
  imagePoint(path.points[0] as number, path.points[1] as number);

/** The border in reach of the hand, unless Ctrl or Alt lets go of it. */
export const holdAt = (at: ImagePoint, held: Modifiers, view: ToolView): Hold | null =>
  view.options.snap && !held.mod && !held.alt ? view.hold(at) : null;

const sameBorder = (a: Hold | null, b: Hold | null): boolean =>
  a !== null && b !== null && a.region === b.region && a.part === b.part && a.ring === b.ring;

/** The free line so far becomes vertices up to its end. */
export function settled(path: Path): Path {
  if (!path.trail.length) return path;
  return { ...path, points: path.points.concat(path.trail.slice(-2)), trail: [] };
}

/** A vertex where the hand clicks; between two places on one border the border itself is copied. */
export function withVertex(path: Path, at: ImagePoint, held: Modifiers, view: ToolView): Path {
  const before = settled(path);
  const hold = holdAt(at, held, view);
  const along = hold && before.hold && sameBorder(before.hold, hold) ? view.between(before.hold, hold) : [];
  const to = hold ? imagePoint(hold.x, hold.y) : at;
  const start = before.points.length ? before.start : hold;
  return { ...before, start, points: before.points.concat(along, to.x, to.y), taken: [], pointer: to, hold };
}

/** Does a straight line from the last vertex to (x, y) stay this close to all of the trail? */
function straight(path: Path, x: number, y: number): boolean {
  const ax = path.points.at(-2) as number;
  const ay = path.points.at(-1) as number;
  const { trail } = path;
  for (let i = 0; i < trail.length; i += 2)
    if (segmentDistance(trail[i] as number, trail[i + 1] as number, ax, ay, x, y) > FREE_TOLERANCE) return false;
  return true;
}

/** One more place of a free line: it becomes a vertex only where the line bends. */
export function drawnFreely(path: Path, at: ImagePoint): Path {
  const bends = path.trail.length > 0 && (path.trail.length > LONGEST_TRAIL || !straight(path, at.x, at.y));
  const points = bends ? path.points.concat(path.trail.slice(-2)) : path.points;
  return {
    ...path,
    points,
    trail: bends ? [at.x, at.y] : [...path.trail, at.x, at.y],
    taken: [],
    pointer: at,
    hold: null,
  };
}

export function moved(path: Path, event: Extract<ToolEvent, { at: ImagePoint }>, view: ToolView): Path {
  if (event.modifiers.shift || path.pulling) return drawnFreely(path, event.at);
  const hold = holdAt(event.at, event.modifiers, view);
  return { ...settled(path), pointer: hold ? imagePoint(hold.x, hold.y) : event.at };
}

export function takenBack(path: Path): Path {
  if (path.trail.length) return { ...path, trail: [], pulling: false };
  return {
    ...path,
    points: path.points.slice(0, -2),
    taken: [...path.taken, ...path.points.slice(-2)],
    hold: null,
    pulling: false,
  };
}

export const setAgain = (path: Path): Path => ({
  ...path,
  points: [...path.points, ...path.taken.slice(-2)],
  taken: path.taken.slice(0, -2),
});

/** All vertices, the one under the pointer among them. */
export const withPointer = (path: Path): number[] =>
  path.points.concat(path.pointer ? [path.pointer.x, path.pointer.y] : path.trail.slice(-2));

/** A double click sets its place twice: vertices closer than a screen pixel to the one before are left out. */
export function tidy(points: readonly number[], near: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    const [px, py] = [out.at(-2), out.at(-1)];
    if (px === undefined || py === undefined || Math.hypot(x - px, y - py) >= near) out.push(x, y);
  }
  return out;
}

export const nearFirst = (path: Pick<Path, "points">, at: ImagePoint, reach: number): boolean =>
  path.points.length >= 6 && distance(firstOf(path), at) <= reach;
