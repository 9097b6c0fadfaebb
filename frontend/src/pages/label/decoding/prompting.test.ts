import { describe, expect, it } from "vitest";
import { decodeMask } from "@/engine/geometry/rle";
import { bestOf, feedsOf, LOW_SIDE, maskOfLogits } from "./prompting";
import { single, unpacked } from "./tensors";

const LARGE = { width: 2048, height: 1024 };
const logits = (inside: (x: number, y: number) => boolean) =>
  Float32Array.from({ length: LOW_SIDE ** 2 }, (_, i) => (inside(i % LOW_SIDE, Math.floor(i / LOW_SIDE)) ? 4 : -4));
const numbers = (feeds: ReturnType<typeof feedsOf>, name: string) => [...(feeds.get(name)?.data ?? [])];

describe("what a decoder is asked", () => {
  const points = [
    { x: 1024, y: 512 },
    { x: 0, y: 100, inside: false },
  ];

  it("of SAM: the longer side is 1024, and a point of padding stands where there is no box", () => {
    const feeds = feedsOf("sam", new Map(), { points }, null, LARGE);
    expect(numbers(feeds, "point_coords")).toEqual([512, 256, 0, 50, 0, 0]);
    expect(numbers(feeds, "point_labels")).toEqual([1, 0, -1]);
    expect(numbers(feeds, "has_mask_input")).toEqual([0]);
    expect(numbers(feeds, "orig_im_size")).toEqual([LOW_SIDE, LOW_SIDE]);
  });

  it("of SAM 2: both sides are 1024, and a box is two more points", () => {
    const feeds = feedsOf("sam2", new Map(), { points: [], box: [2, 1, 4, 2] }, new Float32Array(LOW_SIDE ** 2), LARGE);
    expect(numbers(feeds, "point_coords")).toEqual([1, 1, 2, 2]);
    expect(numbers(feeds, "point_labels")).toEqual([2, 3]);
    expect(numbers(feeds, "has_mask_input")).toEqual([1]);
    expect(feeds.has("orig_im_size")).toBe(false);
  });

  it("of EfficientSAM: in samples of the low mask, of more than six points the first and the newest, and no mask", () => {
    const clicks = Array.from({ length: 9 }, (_, i) => ({ x: 80 * i, y: 512, inside: i !== 7 }));
    const feeds = feedsOf("efficientsam", new Map(), { points: clicks, box: [0, 0, 2048, 1024] }, null, LARGE);
    expect(numbers(feeds, "batched_point_labels")).toEqual([1, 1, 0, 1, 2, 3]);
    expect(numbers(feeds, "batched_point_coords")).toEqual([0, 128, 60, 128, 70, 128, 80, 128, 0, 0, 256, 256]);
    expect(numbers(feeds, "orig_im_size")).toEqual([256n, 256n]);
    expect(feeds.has("mask_input")).toBe(false);
  });
});

describe("what a decoder answers", () => {
  it("is the mask it holds for best", () => {
    const data = new Float32Array(2 * LOW_SIDE ** 2).fill(1, LOW_SIDE ** 2);
    const masks = { shape: [1, 2, LOW_SIDE, LOW_SIDE], data };
    expect(bestOf(masks, { shape: [1, 2], data: Float32Array.of(0.2, 0.9) })[0]).toBe(1);
    expect(() => bestOf(masks, { shape: [1, 1], data: Float32Array.of(0.2) })).toThrow("masks are");
    data.fill(Number.NaN);
    expect(() => bestOf(masks, { shape: [1, 2], data: Float32Array.of(0.2, 0.9) })).toThrow("numbers that are none");
  });

  it("lies in image pixels, in the tightest crop", () => {
    // Samples 64 to 127 across and 32 to 63 down; SAM's samples are 8 pixels here.
    const low = logits((x, y) => x >= 64 && x < 128 && y >= 32 && y < 64);
    const mask = maskOfLogits(low, "sam", LARGE);
    expect(mask).toMatchObject({ x: 512, y: 256, size: [256, 512] });
    const bits = decodeMask(mask?.counts ?? "", 256, 512);
    expect(bits.reduce((a, b) => a + b, 0)).toBeGreaterThan(0.99 * 256 * 512); // its corners are round
    // In SAM 2 a sample is 4 pixels high: the same samples are half as far down.
    expect(maskOfLogits(low, "sam2", LARGE)).toMatchObject({ x: 512, y: 128, size: [128, 512] });
  });

  it("is nothing where nothing is above 0, keeps holes, and ends at the image", () => {
    expect(
      maskOfLogits(
        logits(() => false),
        "sam",
        LARGE,
      ),
    ).toBeNull();
    const all = maskOfLogits(
      logits(() => true),
      "sam",
      LARGE,
    );
    expect(all).toMatchObject({ x: 0, y: 0, size: [1024, 2048] });
    const ring = maskOfLogits(
      logits((x, y) => Math.hypot(x - 100, y - 60) < 40 && Math.hypot(x - 100, y - 60) > 20),
      "sam",
      LARGE,
    );
    const [h, w] = ring?.size ?? [0, 0];
    const bits = decodeMask(ring?.counts ?? "", h, w);
    expect(bits[Math.floor(h / 2) * w + Math.floor(w / 2)]).toBe(0);
    expect(bits[Math.floor(h / 2) * w + 60]).toBe(1);
  });

  it("of an image smaller than the mask is a mean of samples", () => {
    const small = { width: 64, height: 64 };
    expect(
      maskOfLogits(
        logits((x, y) => x >= 64 && x < 128 && y < 128),
        "sam",
        small,
      ),
    ).toMatchObject({ x: 16, y: 0, size: [32, 16] });
  });
});

describe("an embedding", () => {
  it("is read in half and in single precision, wherever its numbers begin", () => {
    const head =
      '{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"b":{"dtype":"F32","shape":[1],"data_offsets":[6,10]}}';
    const bytes = new Uint8Array(8 + head.length + 10);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
    bytes.set(new TextEncoder().encode(head), 8);
    bytes.set(new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001).buffer), 8 + head.length);
    bytes.set(new Uint8Array(Float32Array.of(1.5).buffer), 8 + head.length + 6);
    const found = unpacked(bytes.buffer);
    expect([...(found.get("a")?.data ?? [])]).toEqual([1, -2, Math.fround(2 ** -24)]);
    expect([...(found.get("b")?.data ?? [])]).toEqual([1.5]);
    expect([single(0x7c00), single(0xfbff), single(0x7e00)]).toEqual([Number.POSITIVE_INFINITY, -65504, Number.NaN]);
  });
});
