/** Regions that go along with what they lie on. `bench/tracking.py` writes pairs of pictures, builds this and reads what it prints. */

import { readFileSync } from "node:fs";
import type { Bounds } from "../src/engine/geometry/boxes";
import { greyOf } from "../src/engine/tracking/grey";
import { track } from "../src/engine/tracking/track";

interface Item {
  readonly w: number;
  readonly h: number;
  readonly boxes: Bounds[];
}

const folder = process.argv[2] as string;
const items = JSON.parse(readFileSync(`${folder}/items.json`, "utf8")) as Item[];

items.forEach(({ w, h, boxes }, i) => {
  const [from, to] = ["before", "after"].map((name) => greyOf(readFileSync(`${folder}/${i}.${name}.rgba`), w, h));
  if (!from || !to) return;
  const begun = process.cpuUsage();
  const found = track(from, to, boxes);
  const { user, system } = process.cpuUsage(begun);
  process.stdout.write(`${JSON.stringify({ found, ms: (user + system) / 1000 })}\n`);
});
