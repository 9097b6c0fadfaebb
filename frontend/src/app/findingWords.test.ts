import { expect, test } from "vitest";
import { decimalsOf } from "./findingWords";

test("a limit is written with the decimals it has", () => {
  expect([5, 0.1, 0.98, 0.125, 1.00004, 12.5].map(decimalsOf)).toEqual([0, 1, 2, 3, 0, 1]);
});
