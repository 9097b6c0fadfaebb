import { expect, test } from "vitest";
import { activeMembers, bodyOf, EMPTY, type Filter, queryOf, searchFrom, viewFrom } from "./filters";

const FULL: Filter = {
  ...EMPTY,
  class_id: [1, 4],
  shape: ["box"],
  min_area: "12.5",
  max_aspect: "3",
  author: "7",
  source: "person",
  flag: "uncertain",
  finding: "tiny",
  attribute: { colour: "red" },
  metadata: { site: "north" },
};

test("a view that went through the address is the same", () => {
  const view = { filter: FULL, sort: "largest" as const };
  expect(viewFrom(new URLSearchParams(searchFrom(view).toString()))).toEqual(view);
  expect(viewFrom(new URLSearchParams())).toEqual({ filter: EMPTY, sort: "newest" });
});

test("the list and a change of all that match are narrowed by the same members", () => {
  expect(queryOf(FULL)).toEqual({
    class_id: "1,4",
    shape: "box",
    min_area: "12.5",
    max_aspect: "3",
    author: "7",
    source: "person",
    flag: "uncertain",
    finding: "tiny",
    "attribute.colour": "red",
    "metadata.site": "north",
  });
  expect(bodyOf(FULL)).toEqual({
    class_id: [1, 4],
    shape: ["box"],
    min_area: 12.5,
    max_aspect: 3,
    author: 7,
    source: "person",
    flag: "uncertain",
    finding: "tiny",
    attribute: { colour: "red" },
    metadata: { site: "north" },
  });
  expect(queryOf(EMPTY)).toEqual({});
  expect(bodyOf(EMPTY)).toEqual({});
});

test("only what narrows is named", () => {
  expect(activeMembers(EMPTY)).toEqual([]);
  expect(activeMembers({ ...EMPTY, shape: ["mask"], metadata: { a: "b" } })).toEqual(["shape", "metadata"]);
});
