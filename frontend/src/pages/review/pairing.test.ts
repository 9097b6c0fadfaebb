import { expect, test } from "vitest";
import type { Region } from "@/engine/types";
import { differenceOf } from "./diff";
import { alignedTo } from "./pairing";

const box = (id: string, x: number, w = 20, cls = 1): Region =>
  ({ id, class: cls, shape: "box", geometry: { x, y: 0, w, h: 20 }, attributes: {} }) as unknown as Region;

test("regions of two people that lie on each other are compared, the others are missing or extra", () => {
  const mine = [box("a", 0), box("b", 100), box("c", 300)];
  const theirs = [box("x", 2), box("y", 100, 20, 2), box("z", 600)];
  const { changes, same } = differenceOf(alignedTo(mine, theirs), mine);
  expect(changes.map(({ kind, id }) => `${kind} ${id}`)).toEqual(["changed a", "changed b", "added c", "removed z"]);
  expect(changes[1]?.what).toEqual(["class"]);
  expect(same).toBe(0);
});

test("of two that lie on one the nearer is its pair, of the same class first", () => {
  const mine = [box("a", 0)];
  expect(alignedTo(mine, [box("x", 8), box("y", 1)]).map(({ id }) => id)).toEqual(["x", "a"]);
  expect(alignedTo(mine, [box("x", 8), box("y", 1, 20, 2)]).map(({ id }) => id)).toEqual(["a", "y"]);
});

test("what has the same id stays what it is", () => {
  const mine = [box("a", 0), box("b", 200)];
  expect(alignedTo(mine, [box("a", 200), box("x", 0)]).map(({ id }) => id)).toEqual(["a", "x"]);
});
