import { describe, expect, it } from "vitest";
import {
  addClass,
  closestClass,
  indentClass,
  moveClass,
  PALETTE,
  removeClass,
  type SchemaBody,
  type SchemaClass,
  sameBody,
  stepClass,
  TOO_CLOSE,
  tree,
} from "./draft";

function made(id: number, parent: number | null = null, more: Partial<SchemaClass> = {}): SchemaClass {
  return { id, name: `c${id}`, color: PALETTE[id % PALETTE.length]!, shapes: ["box"], parent, order: id, ...more };
}
const body: SchemaBody = { classes: [made(1), made(2, 1), made(3, 1), made(4)], item_attributes: [] };
const shown = (one: SchemaBody) => tree(one.classes).map((row) => `${"-".repeat(row.level - 1)}${row.found.id}`);

describe("the tree of classes", () => {
  it("stands children under their parents in their order", () => {
    expect(shown(body)).toEqual(["1", "-2", "-3", "4"]);
  });

  it("leaves archived classes out and keeps their children", () => {
    expect(shown({ ...body, classes: body.classes.map((one) => ({ ...one, archived: one.id === 1 })) })).toEqual([
      "2",
      "3",
      "4",
    ]);
  });

  it("moves a class before another one, also into another branch", () => {
    expect(shown(moveClass(body, 4, "before", 3)!)).toEqual(["1", "-2", "-4", "-3"]);
  });

  it("moves a class with what hangs below it", () => {
    expect(shown(moveClass(body, 1, "after", 4)!)).toEqual(["4", "1", "-2", "-3"]);
  });

  it("never makes a class its own ancestor", () => {
    expect(moveClass(body, 1, "into", 3)).toBeNull();
  });

  it("steps among siblings by keyboard and stays at the ends", () => {
    expect(shown(stepClass(body, 3, -1))).toEqual(["1", "-3", "-2", "4"]);
    expect(shown(stepClass(body, 3, 1))).toEqual(shown(body));
  });

  it("goes under the sibling above and back out", () => {
    const inside = indentClass(body, 4, 1);
    expect(shown(inside)).toEqual(["1", "-4", "-2", "-3"]);
    expect(shown(indentClass(inside, 4, -1))).toContain("4");
  });
});

describe("adding and removing classes", () => {
  it("gives a new class an id above all others, a free colour and the next key", () => {
    const [next, id] = addClass({ ...body, classes: [made(1, null, { key: "1" }), made(9)] }, "cable");
    expect(next.classes.at(-1)).toMatchObject({ id: 10, name: "cable", key: "2" });
    expect(id).toBe(10);
  });

  it("does not give the same name twice", () => {
    expect(addClass(body, "c1")[0].classes.at(-1)?.name).toBe("c1 2");
  });

  it("archives what was published and deletes what was not", () => {
    expect(removeClass(body, 1, true).classes[0]?.archived).toBe(true);
    expect(shown(removeClass(body, 1, false))).toEqual(["2", "3", "4"]);
  });
});

describe("colours of classes", () => {
  it("names the class that looks most alike", () => {
    const near = [made(1, null, { color: "#ffa31f" }), made(2, null, { color: "#ffa523" }), made(3)];
    const found = closestClass(near, near[0]!);
    expect(found?.other.id).toBe(2);
    expect(found!.distance).toBeLessThan(TOO_CLOSE);
  });

  it("finds no two colours of the palette too close", () => {
    const all = PALETTE.map((color, index) => made(index + 1, null, { color }));
    expect(Math.min(...all.map((one) => closestClass(all, one)!.distance))).toBeGreaterThan(TOO_CLOSE);
  });
});

describe("whether a draft differs", () => {
  it("does not care for members that say the default", () => {
    const spelled = { ...body, classes: body.classes.map((one) => ({ ...one, aliases: [], title: null })) };
    expect(sameBody(body, spelled)).toBe(true);
    expect(sameBody(body, { ...body, classes: body.classes.slice(1) })).toBe(false);
  });
});
