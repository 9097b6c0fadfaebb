import { expect, test } from "vitest";
import { askedName, mentionedIn, offered, withName } from "./mentions";

const PEOPLE = [
  { number: 1, name: "Ann" },
  { number: 2, name: "Ann Lee" },
  { number: 3, name: "Bo Anders" },
];

test("a name is asked for after an @ that begins a word, and not inside an address", () => {
  expect(askedName("ask @An", 7)).toEqual({ at: 4, name: "An" });
  expect(askedName("@", 1)).toEqual({ at: 0, name: "" });
  expect(askedName("a@b", 3)).toBeNull();
  expect(askedName("@Ann\nnext", 9)).toBeNull();
});

test("people are offered by the beginning of any word of their name", () => {
  expect(offered(PEOPLE, "an").map((one) => one.number)).toEqual([1, 2, 3]);
  expect(offered(PEOPLE, "ann l").map((one) => one.number)).toEqual([2]);
  expect(offered(PEOPLE, "zoe")).toEqual([]);
});

test("choosing a name replaces what was typed and puts the caret behind it", () => {
  expect(withName("ask @An please", 4, 7, "Ann Lee")).toEqual({ text: "ask @Ann Lee please", caret: 13 });
});

test("a longer name is not taken for the shorter one that it begins with", () => {
  expect(mentionedIn("@Ann Lee look", PEOPLE)).toEqual([2]);
  expect(mentionedIn("@Ann and @Ann Lee", PEOPLE).toSorted()).toEqual([1, 2]);
  expect(mentionedIn("nobody", PEOPLE)).toEqual([]);
});
