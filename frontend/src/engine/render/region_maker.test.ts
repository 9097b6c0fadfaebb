import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { knowBlob } from "../geometry/blobs";
import { Stage } from "../stage";
import type { Region } from "../types";
import { RegionMaker } from "./region_maker";
import { type PaintRequest, RegionMirror, type ToWorker } from "./region_mirror";

/** The worker's side without a thread: messages are copied as between threads, painting is noted only. */
class FakeWorker {
  static latest: FakeWorker;
  readonly mirror = new RegionMirror();
  readonly painted: PaintRequest[] = [];
  parts = 0;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    FakeWorker.latest = this;
  }
  postMessage(sent: ToWorker): void {
    const data = structuredClone(sent);
    if (data.kind === "document") {
      this.parts += 1;
      this.mirror.take(data);
    }
    if (data.kind === "paint") {
      this.mirror.show(data);
      this.painted.push(data);
    }
  }
  terminate(): void {}
}

beforeEach(() => {
  vi.stubGlobal("Worker", FakeWorker);
  vi.stubGlobal("OffscreenCanvas", class {});
});
afterEach(() => vi.unstubAllGlobals());

const SIGHT = { camera: new Stage().camera, viewport: { width: 800, height: 600 }, ratio: 1 };
const HELD = { lifted: new Set<string>(), marked: new Set<string>() };

const box = (id: string, x: number): Region =>
  Object.freeze({ id, class: 1, shape: "box", geometry: { x, y: 5, w: 10, h: 10 }, attributes: {} });

function open(stage: Stage, regions: readonly Region[]): void {
  stage.scene.clear();
  const changes = regions.map((after) => ({ kind: "region" as const, id: after.id, before: null, after }));
  stage.scene.apply({ label: "load", origin: "load", changes });
  stage.index.load(stage.scene.regions());
}

function edit(stage: Stage, write: Parameters<Stage["scene"]["transaction"]>[2]): void {
  stage.scene.transaction("edit", "user", write);
}

function maker(stage: Stage) {
  const ready = vi.fn();
  return { ready, made: new RegionMaker(stage, ready, () => {}) };
}

const placed = (stage: Stage) =>
  [...stage.scene.regions()].map((one) => [one.id, one.geometry, stage.index.boundsOf(one.id)]);
const inIndex = (stage: Stage) => stage.index.search([-1e6, -1e6, 1e6, 1e6]).sort();

test("a large document goes over in parts, and the request after them", () => {
  const stage = new Stage();
  const { made } = maker(stage);
  open(
    stage,
    Array.from({ length: 1_000 }, (_, i) => box(`r${i}`, i)),
  );
  made.ask(SIGHT, HELD);
  expect(made.feed(0)).toBe(true); // no time at all
  expect(FakeWorker.latest.painted).toEqual([]);
  expect(made.feed(Number.POSITIVE_INFINITY)).toBe(false);
  expect(FakeWorker.latest.parts).toBe(5);
  expect(FakeWorker.latest.painted).toHaveLength(1);
  expect(placed(FakeWorker.latest.mirror.stage).length).toBe(1_000);
});

test("nothing is sent before a bitmap is asked for, and only what changed after that", () => {
  const stage = new Stage();
  const { made } = maker(stage);
  open(stage, [box("a", 1), box("b", 2)]);
  edit(stage, (tx) => tx.put(box("c", 3)));
  expect(made.feed(Number.POSITIVE_INFINITY)).toBe(false);
  made.ask(SIGHT, HELD);
  made.feed(Number.POSITIVE_INFINITY);
  const { latest } = FakeWorker;
  const before = latest.parts;
  made.ask(SIGHT, HELD);
  made.feed(Number.POSITIVE_INFINITY);
  expect(latest.parts).toBe(before);
  edit(stage, (tx) => tx.put(box("a", 50)));
  made.ask(SIGHT, HELD);
  made.feed(Number.POSITIVE_INFINITY);
  expect(latest.parts).toBe(before + 1);
  expect(placed(latest.mirror.stage)).toEqual(placed(stage));
});

test("the worker's document is the page's after any edits, undone loads and half-sent parts", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("put" as const), id: fc.integer({ min: 0, max: 30 }), x: fc.integer({ max: 500 }) }),
    fc.record({ do: fc.constant("delete" as const), id: fc.integer({ min: 0, max: 30 }) }),
    fc.record({ do: fc.constant("load" as const), count: fc.integer({ min: 0, max: 700 }) }),
    fc.record({ do: fc.constant("feed" as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const stage = new Stage();
      const { made } = maker(stage);
      const name = (id: number) => `r${id}`;
      for (const one of steps) {
        if (one.do === "put") edit(stage, (tx) => tx.put(box(name(one.id), one.x)));
        if (one.do === "delete") edit(stage, (tx) => stage.scene.has(name(one.id)) && tx.delete(name(one.id)));
        if (one.do === "load")
          open(
            stage,
            Array.from({ length: one.count }, (_, i) => box(name(i), i)),
          );
        if (one.do !== "feed") continue;
        made.ask(SIGHT, HELD);
        let looks = 0; // time for one part only
        vi.spyOn(performance, "now").mockImplementation(() => looks++);
        made.feed(1);
        vi.restoreAllMocks();
      }
      made.ask(SIGHT, HELD);
      made.feed(Number.POSITIVE_INFINITY);
      const there = FakeWorker.latest.mirror.stage;
      const sorted = (rows: ReturnType<typeof placed>) => rows.sort((a, b) => String(a[0]).localeCompare(String(b[0])));
      expect(sorted(placed(there))).toEqual(sorted(placed(stage)));
      expect(inIndex(there)).toEqual(inIndex(stage));
    }),
    { numRuns: 150 },
  );
});

test("a bitmap that nobody waits for any more is dropped", () => {
  const stage = new Stage();
  const { made, ready } = maker(stage);
  open(stage, [box("a", 1)]);
  made.ask(SIGHT, HELD);
  made.feed(Number.POSITIVE_INFINITY);
  const { latest } = FakeWorker;
  const bitmap = { close: vi.fn() };
  made.ask(SIGHT, HELD);
  made.feed(Number.POSITIVE_INFINITY);
  latest.onmessage?.({ data: { id: latest.painted[0]?.id, bitmap } });
  expect(ready).not.toHaveBeenCalled();
  latest.onmessage?.({ data: { id: latest.painted[1]?.id, bitmap } });
  expect(ready).toHaveBeenCalledTimes(1);
  made.stop();
  latest.onmessage?.({ data: { id: latest.painted[1]?.id, bitmap } });
  expect(ready).toHaveBeenCalledTimes(1);
  expect(bitmap.close).toHaveBeenCalledTimes(3);
});

test("run lengths that arrive later follow their mask", () => {
  const stage = new Stage();
  const { made } = maker(stage);
  const mask = {
    id: "m",
    class: 1,
    shape: "mask",
    geometry: { x: 0, y: 0, size: [2, 2], blob: "later" },
    attributes: {},
  };
  open(stage, [Object.freeze(mask) as unknown as Region]);
  const sent = vi.spyOn(FakeWorker.prototype, "postMessage");
  const blobs = () => sent.mock.calls.flatMap(([part]) => (part.kind === "document" ? part.blobs : []));
  made.ask(SIGHT, HELD);
  made.feed(Number.POSITIVE_INFINITY);
  expect(blobs()).toEqual([]);
  knowBlob("later", "04");
  made.ask(SIGHT, HELD);
  made.feed(Number.POSITIVE_INFINITY);
  expect(blobs()).toEqual([["later", "04"]]);
});
