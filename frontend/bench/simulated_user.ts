/** A user who clicks where the answer is wrong most, until it is right: clicks to reach 85 % and 90 % IoU with masks that
 * people drew. `bench/interactive.py` writes the pictures, builds this and reads what it prints. */

import { readFileSync } from "node:fs";
import { type Bits, bitsOf, cropTo, EMPTY, fillParts, tightest } from "../src/engine/geometry/bits";
import { type Bounds, grow } from "../src/engine/geometry/boxes";
import { bitsToParts } from "../src/engine/geometry/contours";
import { signedArea } from "../src/engine/geometry/polygons";
import { simplifyRing } from "../src/engine/geometry/simplify";
import type { Crop } from "../src/engine/smart/pieces";
import type { Prompt } from "../src/engine/smart/prompts";
import { type Found, type Question, Segmenter } from "../src/engine/smart/segmenter";
import { wayTo } from "../src/engine/smart/wire";
import { farthestError, iouOf } from "./errors";

interface Item {
  readonly name: string;
  readonly group: string;
  readonly w: number;
  readonly h: number;
}

const MOST = 20; // clicks: whoever needs more has given up, and counts as twenty
const GOAL = 0.9;
const COUNTS = [4, 6, 8, 10, 13, 16, MOST]; // places of an outline that are tried
const AROUND = 16; // pixels around an object that whoever follows its edge has in view
const folder = process.argv[2] as string;
const items = JSON.parse(readFileSync(`${folder}/items.json`, "utf8")) as Item[];

/** The whole picture, as a browser hands it over. */
function cropOf(i: number, { w, h }: Item): Crop {
  return { x: 0, y: 0, scale: 1, w, h, rgba: new Uint8ClampedArray(readFileSync(`${folder}/${i}.rgba`)) };
}

/** A byte for each pixel of the picture. */
const bytesOf = (bits: Bits, { w, h }: Item): Uint8Array => cropTo(bits, [0, 0, w, h]).data;
const bitsFound = ({ mask }: Found): Bits => (mask ? bitsOf(mask) : EMPTY);

interface Trial {
  /** IoU after each prompt. */
  readonly ious: number[];
  readonly clicks: (readonly [number, number])[];
  readonly ms: number[];
}

/** Prompts one after the other, each in the middle of the largest error. */
function byClicks(
  segmenter: Segmenter,
  item: Item,
  truth: Uint8Array,
  how: Omit<Question, "prompts">,
  boxed: boolean,
): Trial {
  const prompts: Prompt[] = [];
  const trial: Trial = { ious: [], clicks: [], ms: [] };
  let found: Uint8Array = new Uint8Array(truth.length);
  if (boxed) prompts.push({ kind: "box", box: looseBox(truth, item) });
  while (trial.ious.length < MOST) {
    if (!boxed || trial.ious.length > 0) {
      const click = farthestError(truth, found, item.w, item.h);
      if (!click) break;
      prompts.push({ kind: "click", at: [click.x, click.y], inside: click.missing });
      trial.clicks.push([click.x, click.y]);
    }
    const start = performance.now();
    found = bytesOf(bitsFound(segmenter.first({ ...how, prompts }).found), item);
    trial.ms.push(performance.now() - start);
    trial.ious.push(iouOf(truth, found));
    if ((trial.ious.at(-1) as number) >= GOAL) break;
  }
  return trial;
}

/** A box as a hand pulls it: two pixels beyond the object. */
const looseBox = (truth: Uint8Array, { w, h }: Item): Bounds =>
  grow(tightest({ x: 0, y: 0, w, h, data: truth }) as Bounds, 2);

/** The outer ring of the largest part of a mask. */
function outlineOf(truth: Uint8Array, { w, h }: Item): number[] {
  const rings = bitsToParts({ x: 0, y: 0, w, h, data: truth }).map((part) => part[0] as number[]);
  return rings.toSorted((a, b) => Math.abs(signedArea(b)) - Math.abs(signedArea(a)))[0] as number[];
}

const filled = (ring: number[], item: Item): Uint8Array =>
  bytesOf(fillParts([[ring]], { width: item.w, height: item.h }), item);

/** An outline along edges through as few places of the true one as it takes. */
function byOutline(i: number, item: Item, truth: Uint8Array): Trial {
  const trial: Trial = { ious: [], clicks: [], ms: [] };
  const segmenter = new Segmenter(cut(cropOf(i, item), looseBox(truth, item)), { width: item.w, height: item.h });
  const ring = outlineOf(truth, item);
  const places = placesOf(ring);
  for (const count of COUNTS) {
    const held = Array.from({ length: count }, (_, k) => places[Math.floor((k * places.length) / count)] as Place);
    const drawn = held.flatMap((at, k) => {
      const to = held[(k + 1) % count] as Place;
      return wayTo(segmenter.wire(at), { x: to[0], y: to[1] });
    });
    while (trial.ious.length < count - 1) trial.ious.push(trial.ious.at(-1) ?? 0);
    trial.ious.push(drawn.length >= 6 ? iouOf(truth, filled(drawn, item)) : 0);
    trial.clicks.splice(0, trial.clicks.length, ...held);
    if ((trial.ious.at(-1) as number) >= GOAL) break;
  }
  return trial;
}

type Place = readonly [number, number];

/** A place every two pixels along a ring. */
function placesOf(ring: number[]): Place[] {
  const out: Place[] = [];
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[j], ring[j + 1]] as [number, number, number, number];
    const steps = Math.max(1, Math.round(Math.hypot(bx - ax, by - ay) / 2));
    for (let k = 0; k < steps; k++) out.push([ax + ((bx - ax) * k) / steps, ay + ((by - ay) * k) / steps]);
  }
  return out;
}

/** Corners that a careful hand sets: as few as keep the outline within a pixel and a half. */
const corners = (item: Item, truth: Uint8Array): Place[] => {
  const ring = simplifyRing(outlineOf(truth, item), 1.5);
  return Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i] as number, ring[2 * i + 1] as number]);
};

/** The part of a crop around an object. */
function cut({ w, h, rgba }: Crop, [x0, y0, x1, y1]: Bounds): Crop {
  const [x, y] = [Math.max(0, x0 - AROUND), Math.max(0, y0 - AROUND)];
  const [width, height] = [Math.min(w, x1 + AROUND) - x, Math.min(h, y1 + AROUND) - y];
  const out = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++)
    out.set(rgba.subarray(((y + row) * w + x) * 4, ((y + row) * w + x + width) * 4), row * width * 4);
  return { x, y, scale: 1, w: width, h: height, rgba: out };
}

const byCut = { method: "cut", tolerance: 0 } as const;
const wand = { method: "wand", tolerance: 14 } as const;
const segmenters = new Map<string, Segmenter>();

for (const [i, item] of items.entries()) {
  const picture = item.name.split(":")[0] as string;
  const segmenter = segmenters.get(picture) ?? new Segmenter(cropOf(i, item), { width: item.w, height: item.h });
  segmenters.set(picture, segmenter);
  const truth = new Uint8Array(readFileSync(`${folder}/${i}.mask`));
  const start = performance.now();
  segmenter.prepare();
  const prepared = performance.now() - start;
  const trials = {
    cut: byClicks(segmenter, item, truth, byCut, false),
    "box, then cut": byClicks(segmenter, item, truth, byCut, true),
    wand: byClicks(segmenter, item, truth, wand, false),
    "live-wire": byOutline(i, item, truth),
  };
  const box = looseBox(truth, item);
  process.stdout.write(`${JSON.stringify({ ...item, prepared, trials, corners: corners(item, truth), box })}\n`);
}
