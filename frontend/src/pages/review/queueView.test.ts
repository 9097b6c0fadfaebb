import { expect, test } from "vitest";
import { filtersOf, HANDED_OUT, isOwnWay, searchFrom, viewFrom } from "./queueView";

const at = (text: string) => viewFrom(new URLSearchParams(text));

test("a view survives the address, and what else stands there stays", () => {
  const view = { order: "risk", annotator: 7, class_id: 2, why: "finding" } as const;
  const search = searchFrom(view, new URLSearchParams("assignment=9&order=oldest"));
  expect(search.get("assignment")).toBe("9");
  expect(viewFrom(search)).toEqual(view);
});

test("the order of handing out without filters leaves no trace in the address", () => {
  expect(searchFrom(HANDED_OUT, new URLSearchParams("order=risk&why=empty")).toString()).toBe("");
});

test("what an address cannot mean is left out", () => {
  expect(at("order=size&annotator=me&class_id=&why=sample")).toEqual(HANDED_OUT);
});

test("one goes one's own way with another order or with any filter", () => {
  expect(isOwnWay(HANDED_OUT)).toBe(false);
  expect(isOwnWay(at("order=oldest"))).toBe(true);
  expect(isOwnWay(at("why=empty"))).toBe(true);
  expect(filtersOf(at("order=oldest&class_id=3"))).toEqual(["class_id"]);
});
