import { expect, test } from "vitest";
import { type Finding, mergeFindings } from "./notes";

const finding = (element: string | null, at = ""): Finding => ({
  rule: "missing_attribute",
  code: "missing_attribute",
  detail: `${at} is not answered`,
  severity: "error",
  element,
  other: null,
  at,
  x: null,
  y: null,
  blocks: true,
});
const there = () => true;

test("a question about the whole image is settled by its answer, not by a change of a region", () => {
  const open = [finding(null, "light"), finding(null, "sharp"), finding("r1", "handle")];
  expect(mergeFindings(open, [], ["r9"], there)).toEqual(open);
  expect(mergeFindings(open, [], ["light"], there).map(({ at }) => at)).toEqual(["sharp", "handle"]);
});

test("what was said about a region goes when it is judged again, and when it is gone", () => {
  const open = [finding("r1", "handle"), finding("r2", "handle")];
  expect(mergeFindings(open, [], ["r1"], there)).toEqual([open[1]]);
  expect(mergeFindings(open, [], [], (id) => id === "r1")).toEqual([open[0]]);
});

test("a finding that is said twice stands once", () => {
  expect(mergeFindings([finding("r1", "handle")], [finding("r1", "handle")], [], there)).toHaveLength(1);
});
