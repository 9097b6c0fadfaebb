import { expect, test } from "vitest";
import type { SchemaClass } from "@/engine/types";
import { byNumber, searched } from "./classSearch";

const named = (...names: string[]): SchemaClass[] =>
  names.map((name, at) => ({ id: at + 1, name, color: "#ffffff", shapes: ["box"] }));
const found = (names: string[], typed: string) => searched(named(...names), typed).map(({ name }) => name);
const MANY = named(...Array.from({ length: 500 }, (_, at) => `thing ${String.fromCharCode(97 + (at % 26))}`));

test("a whole name comes first, then beginnings, initials, later words and any part", () => {
  const names = ["carpet", "scar", "c a r", "sports car", "car", "dog"];
  expect(found(names, "car")).toEqual(["car", "carpet", "c a r", "sports car", "scar"]);
});

test("initials find names of several words", () => {
  expect(found(["tulip", "traffic light", "tall-lamp"], "tl")).toEqual(["traffic light", "tall-lamp"]);
});

test("titles and aliases are searched like names", () => {
  const classes = [{ ...named("a")[0]!, title: "Van", aliases: ["lorry"] }];
  expect(searched(classes, "lor")).toEqual(classes);
  expect(searched(classes, "VAN")).toEqual(classes);
});

test.each([
  ["347", 347, true],
  ["34", 34, false],
  ["60", 60, true],
  ["007", 7, true],
  ["7", 7, false],
])("%s among 500 is class %i, certain: %s", (typed, id, certain) => {
  const numbered = byNumber(MANY, typed);
  expect([numbered?.found.id, numbered?.certain]).toEqual([id, certain]);
});

test("no number of a class, few classes, and names with digits are names", () => {
  expect(byNumber(MANY, "501")).toBeNull();
  expect(byNumber(named("a", "b"), "2")).toBeNull();
  expect(byNumber(named(...Array.from({ length: 20 }, (_, at) => `type ${at + 1}`)), "12")).toBeNull();
});
