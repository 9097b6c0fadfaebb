import { expect, test } from "vitest";
import type { LabelSchema } from "@/engine/types";
import { answered, begun, columnsFor, currentQuestion, goneOn, ranged, ready, type Tile, toggled } from "./tiles";

const schema = {
  classes: [],
  item_attributes: [
    { name: "weather", kind: "select", options: ["clear", "rain"], required: true },
    { name: "drops", kind: "multiselect", options: ["lens", "road"], when: { attribute: "weather", in: ["rain"] } },
  ],
} as unknown as LabelSchema;
const [weather, drops] = schema.item_attributes!;
const tiles = [1, 2, 3, 4].map((id) => ({ assignment: id, token: 1, answers: {}, problem: null }) as unknown as Tile);
const chosen = (sheet: { chosen: ReadonlySet<number> }) => [...sheet.chosen];

test("a page begins with everything chosen, and after an answer the exceptions are", () => {
  const sheet = begun(tiles, schema);
  expect(chosen(sheet)).toEqual([1, 2, 3, 4]);
  const next = answered(toggled(toggled(sheet, 1), 2), schema, weather!, "clear");
  expect(next.tiles.map((one) => one.answers.weather)).toEqual(["clear", undefined, undefined, "clear"]);
  expect(chosen(next)).toEqual([2, 3]);
  expect(ready(next, schema).map((one) => one.assignment)).toEqual([1, 4]);
});

test("a question that follows from an answer is asked of those pictures before the others come", () => {
  const rain = answered(toggled(begun(tiles, schema), 0), schema, weather!, "rain");
  expect(chosen(rain)).toEqual([2, 3, 4]);
  expect(currentQuestion(rain, schema)).toBe(drops);
  const both = answered(answered(rain, schema, drops!, "lens"), schema, drops!, "road");
  expect(both.tiles[1]!.answers.drops).toEqual(["lens", "road"]);
  expect(answered(both, schema, drops!, "lens").tiles[1]!.answers.drops).toEqual(["road"]);
  expect(chosen(goneOn(both, schema))).toEqual([1]);
});

test("with Shift all up to a picture become what the last one is", () => {
  const sheet = ranged(toggled(begun(tiles, schema), 0), 2);
  expect(chosen(sheet)).toEqual([4]);
  expect(chosen(ranged(toggled(sheet, 0), 1))).toEqual([4, 1, 2]);
});

test("tiles are as large as the room lets them be, and never too small to see", () => {
  expect(columnsFor(24, 1100, 800, 8, 22, 96)).toBe(6);
  expect(columnsFor(6, 1100, 800, 8, 22, 96)).toBe(3);
  expect(columnsFor(48, 300, 300, 8, 22, 96)).toBe(2);
});
