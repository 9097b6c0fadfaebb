import { expect, test } from "vitest";
import { DEFAULT_VIEW } from "@/engine/stage";
import { readView, samplesOf } from "./keptView";

test("a photo has colours and no alpha, another picture may have alpha, and raw samples say how many they are", () => {
  expect(samplesOf({ channels: 0, name: "a.JPG" })).toBe(3);
  expect(samplesOf({ channels: 0, name: "a.png" })).toBe(4);
  expect(samplesOf({ channels: 1, name: "a.tif" })).toBe(1);
});

test("a kept view is read back, without the window of an image", () => {
  const view = { ...DEFAULT_VIEW, gamma: 1.8, channel: "red" as const, loupe: true, levels: { low: 3, high: 90 } };
  expect(readView(JSON.parse(JSON.stringify(view)))).toEqual({ ...view, levels: null });
});

test("what is missing, unknown or of another kind is as delivered", () => {
  expect(readView(null)).toEqual(DEFAULT_VIEW);
  expect(readView({ gamma: "much", names: true, colour: 3 })).toEqual({ ...DEFAULT_VIEW, names: true });
});
