import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { TileStore } from "./tile_store";
import { levelFor, levelSize, parentOf, scaleOf, type TileSet, tileBounds, tilesIn } from "./tiles";

const set = (width: number, height: number, levels = 8, size = 512): TileSet => ({
  width,
  height,
  size,
  levels,
  url: ({ level, column, row }) => `${level}/${column}_${row}`,
});
const slide = set(40_000, 40_000);

describe("tiles of a large image", () => {
  it("the last level has every pixel and each level below half of them, rounded up", () => {
    expect(levelSize(slide, 7)).toEqual({ width: 40_000, height: 40_000 });
    expect(levelSize(slide, 0)).toEqual({ width: 313, height: 313 });
    expect(scaleOf(slide, 0)).toBe(128);
  });

  it("the level shown has a pixel for each device pixel and no more than twice as many a side", () => {
    fc.assert(
      fc.property(fc.double({ min: 1 / 128, max: 64, noNaN: true }), (zoom) => {
        const shown = zoom * scaleOf(slide, levelFor(slide, zoom));
        expect(shown).toBeLessThanOrEqual(Math.max(zoom, 1.0001));
        if (zoom <= 1) expect(shown).toBeGreaterThan(0.5);
      }),
    );
  });

  it("the tiles of a view cover it without holes and lie within the image", () => {
    const side = fc.integer({ min: 1, max: 40_000 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 0, max: 7 }), fc.tuple(side, side, side, side), (w, h, level, v) => {
        const image = set(w, h);
        const seen = [Math.min(v[0], v[2]), Math.min(v[1], v[3]), Math.max(v[0], v[2]), Math.max(v[1], v[3])] as const;
        fc.pre(seen[2] - seen[0] < 20 * 512 && seen[3] - seen[1] < 20 * 512 && seen[0] < w && seen[1] < h);
        const tiles = tilesIn(image, level, [...seen]);
        const x = Math.min(seen[2], w) - 0.01;
        const y = Math.min(seen[3], h) - 0.01;
        const holds = (px: number, py: number) =>
          tiles.some((t) => {
            const b = tileBounds(image, t);
            return b[0] <= px && px <= b[2] && b[1] <= py && py <= b[3];
          });
        expect(holds(Math.max(seen[0], 0), Math.max(seen[1], 0))).toBe(true);
        if (x > seen[0] && y > seen[1]) expect(holds(x, y)).toBe(true);
        for (const t of tiles) expect(tileBounds(image, t)[0]).toBeLessThan(w);
      }),
    );
  });

  it("a tile's edges are whole image pixels at every level: nothing is ever rounded", () => {
    for (let level = 0; level < 8; level++)
      for (const tile of tilesIn(slide, level, [39_000, 39_000, 40_000, 40_000]))
        for (const edge of tileBounds(slide, tile)) expect(Number.isInteger(edge)).toBe(true);
  });

  it("a tile lies inside its parent", () => {
    for (const tile of tilesIn(slide, 5, [10_000, 10_000, 20_000, 20_000])) {
      const up = parentOf(tile);
      if (!up) throw new Error("level 5 has parents");
      const [inner, outer] = [tileBounds(slide, tile), tileBounds(slide, up)];
      expect(outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]).toBe(true);
    }
  });
});

describe("the store of tiles", () => {
  const tile = (column: number) => ({ level: 3, column, row: 0 });
  const bitmap = () => ({ close: vi.fn() }) as unknown as ImageBitmap;

  it("asks for at most six at once, in the order of importance", async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const load = (url: string) => {
      asked.push(url);
      return new Promise<ImageBitmap>((resolve) => answers.push(() => resolve(bitmap())));
    };
    const store = new TileStore(slide, () => {}, load);
    store.want(Array.from({ length: 9 }, (_, n) => tile(n)));
    expect(asked).toEqual([0, 1, 2, 3, 4, 5].map((n) => `3/${n}_0`));
    answers[0]?.();
    await vi.waitFor(() => expect(asked).toHaveLength(7));
    expect(store.get(tile(0))).toBeDefined();
  });

  it("calls off what is no longer on the screen", () => {
    const signals: AbortSignal[] = [];
    const load = (_: string, signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<ImageBitmap>(() => {});
    };
    const store = new TileStore(slide, () => {}, load);
    store.want([tile(0), tile(1)]);
    store.want([tile(1)]);
    expect(signals.map((s) => s.aborted)).toEqual([true, false]);
  });

  it("asks again for a tile that failed, later and not at once", async () => {
    vi.useFakeTimers();
    try {
      let fail = true;
      const load = vi.fn(() => (fail ? Promise.reject(new Error("cut")) : Promise.resolve(bitmap())));
      const store = new TileStore(
        slide,
        () => {},
        load,
        () => Date.now(),
      );
      store.want([tile(0)]);
      await vi.advanceTimersByTimeAsync(500);
      expect(load).toHaveBeenCalledTimes(1);
      fail = false;
      await vi.advanceTimersByTimeAsync(1_000);
      expect(load).toHaveBeenCalledTimes(2);
      expect(store.get(tile(0))).toBeDefined();
    } finally {
      vi.useRealTimers();
    }
  });
});
