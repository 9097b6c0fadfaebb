import { expect, test } from "vitest";
import type { Region, SchemaAttribute } from "@/engine/types";
import { choicesOf, questionOf } from "./useAsking";

const asks = (name: string, more: Partial<SchemaAttribute> = {}): SchemaAttribute => ({
  name,
  kind: "select",
  options: ["a", "b"],
  required: true,
  ...more,
});
const region = (attributes: Region["attributes"]): Region => ({
  id: "r",
  class: 1,
  shape: "box",
  geometry: { x: 0, y: 0, w: 1, h: 1 },
  attributes,
});

test("the first required answer that is missing is asked, and nothing else", () => {
  const asked = [asks("free", { required: false }), asks("one"), asks("two")];
  expect(questionOf(asked, region({}))?.name).toBe("one");
  expect(questionOf(asked, region({ one: "a" }))?.name).toBe("two");
  expect(questionOf(asked, region({ one: "a", two: "b" }))).toBeUndefined();
});

test("no is an answer", () => {
  const asked = [asks("broken", { kind: "boolean", options: undefined })];
  expect(choicesOf(asked[0]!)).toEqual([true, false]);
  expect(questionOf(asked, region({ broken: false }))).toBeUndefined();
});

test("what a digit cannot answer is left to its field", () => {
  const many = Array.from({ length: 10 }, (_, at) => `option ${at}`);
  const asked = [
    asks("note", { kind: "text" }),
    asks("many", { options: many }),
    asks("tags", { kind: "multiselect" }),
  ];
  expect(questionOf(asked, region({}))).toBeUndefined();
});
