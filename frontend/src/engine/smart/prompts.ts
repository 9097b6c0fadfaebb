import { type Bounds, boundsOfFlat } from "../geometry/boxes";

/** One thing that a person said about the object; places are flat and in image pixels. */
export type Prompt =
  | { readonly kind: "click"; readonly at: readonly [number, number]; readonly inside: boolean }
  | { readonly kind: "scribble"; readonly points: readonly number[]; readonly inside: boolean }
  | { readonly kind: "box"; readonly box: Bounds };

/** All prompts together, in samples of a crop. */
export interface Hints {
  /** Flat places on the object, and beside it. */
  readonly inside: readonly number[];
  readonly outside: readonly number[];
  /** The object lies in here. */
  readonly box: Bounds | null;
}

interface Place {
  readonly x: number;
  readonly y: number;
  /** Image pixels a sample. */
  readonly scale: number;
}

/** Prompts as hints for a crop: a scribble is a place every sample, the last box counts. */
export function hintsOf(prompts: readonly Prompt[], { x, y, scale }: Place): Hints {
  const inside: number[] = [];
  const outside: number[] = [];
  let box: Bounds | null = null;
  for (const prompt of prompts) {
    if (prompt.kind === "box") {
      const [x0, y0, x1, y1] = prompt.box;
      box = [(x0 - x) / scale, (y0 - y) / scale, (x1 - x) / scale, (y1 - y) / scale];
      continue;
    }
    const flat = prompt.kind === "click" ? prompt.at : alongLine(prompt.points, scale);
    const into = prompt.inside ? inside : outside;
    for (let i = 0; i < flat.length; i += 2)
      into.push(((flat[i] as number) - x) / scale, ((flat[i + 1] as number) - y) / scale);
  }
  return { inside, outside, box };
}

/** A place every `step` along a line, its ends among them. */
function alongLine(points: readonly number[], step: number): number[] {
  const out = [points[0] as number, points[1] as number];
  for (let i = 2; i < points.length; i += 2) {
    const [ax, ay, bx, by] = points.slice(i - 2, i + 2) as [number, number, number, number];
    const steps = Math.max(1, Math.ceil(Math.hypot(bx - ax, by - ay) / step));
    for (let k = 1; k <= steps; k++) out.push(ax + ((bx - ax) * k) / steps, ay + ((by - ay) * k) / steps);
  }
  return out;
}

/** Everything that the prompts speak of, in image pixels. */
export function boundsOfPrompts(prompts: readonly Prompt[]): Bounds | null {
  const places = prompts.flatMap((p) => (p.kind === "click" ? p.at : p.kind === "box" ? p.box : p.points));
  return places.length ? boundsOfFlat(places) : null;
}
