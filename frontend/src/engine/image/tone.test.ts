import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { channelMatrix, equalising, histogramOf, toneTable } from "./tone";

const pixels = (...rgba: number[]) => Uint8ClampedArray.from(rgba);

describe("how a picture is shown", () => {
  it("as it is leaves every value where it was", () => {
    expect(toneTable({ gamma: 1 }, null).map((value) => Math.round(value * 255))).toEqual(
      Array.from({ length: 256 }, (_, i) => i),
    );
  });

  it("gamma lifts the middle and keeps black and white", () => {
    const table = toneTable({ gamma: 2 }, null);
    expect([table[0], table[255]]).toEqual([0, 1]);
    expect(table[64]).toBeCloseTo(Math.sqrt(64 / 255), 9);
  });

  it("counts the values of one channel, or brightness, and nothing that is wholly transparent", () => {
    const rgba = pixels(10, 20, 30, 255, 10, 200, 30, 255, 99, 99, 99, 0);
    expect([...histogramOf(rgba, "red").entries()].filter(([, n]) => n)).toEqual([[10, 2]]);
    expect([...histogramOf(rgba, "green").entries()].filter(([, n]) => n)).toEqual([
      [20, 1],
      [200, 1],
    ]);
    expect(histogramOf(pixels(255, 255, 255, 255), "all")[255]).toBe(1);
    expect(histogramOf(rgba, "alpha")[0]).toBe(1);
  });

  it("equalised goes from black to white, never down, and spreads a narrow range", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 256, maxLength: 256 }), (counts) => {
        fc.pre(counts.filter((count) => count > 0).length > 1);
        const table = equalising(Uint32Array.from(counts));
        const seen = table.filter((_, value) => (counts[value] as number) > 0);
        expect([seen[0], seen.at(-1)]).toEqual([0, 1]);
        for (let i = 1; i < table.length; i++) expect(table[i]).toBeGreaterThanOrEqual(table[i - 1] as number);
      }),
    );
    const narrow = new Uint32Array(256);
    narrow.fill(10, 100, 103);
    expect(equalising(narrow).slice(100, 103)).toEqual([0, 0.5, 1]);
  });

  it("a picture of one value is left as it is", () => {
    const flat = new Uint32Array(256);
    flat[40] = 9;
    expect(equalising(flat)[40]).toBeCloseTo(40 / 255, 9);
  });

  it("one channel is grey, and alpha is shown where the picture hides it", () => {
    const apply = (matrix: number[], rgba: number[]) =>
      [0, 1, 2, 3].map((row) =>
        [...rgba, 1].reduce((sum, value, i) => sum + value * (matrix[row * 5 + i] as number), 0),
      );
    expect(apply(channelMatrix("green"), [0.1, 0.6, 0.3, 1])).toEqual([0.6, 0.6, 0.6, 1]);
    expect(apply(channelMatrix("alpha"), [0.1, 0.6, 0.3, 0.25])).toEqual([0.25, 0.25, 0.25, 1]);
  });
});
