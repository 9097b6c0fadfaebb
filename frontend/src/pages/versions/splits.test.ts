import { expect, test } from "vitest";
import { sharesOf, splitNames } from "./splits";

test("what val and test leave is for training, and a split of nothing is none", () => {
  expect(sharesOf("train", { val: 10, test: 20 })).toEqual({ train: 0.7, val: 0.1, test: 0.2 });
  expect(sharesOf("train", { val: 20, test: 0 })).toEqual({ train: 0.8, val: 0.2 });
});

test("train comes before val, val before test, and others follow by name", () => {
  const shares = { shares: { val: 1, test: 1, night: 1, train: 1, day: 1 } };
  expect(splitNames({ shares })).toEqual(["train", "val", "test", "day", "night"]);
});
