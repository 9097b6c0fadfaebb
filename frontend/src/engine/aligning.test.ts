import { describe, expect, test } from "vitest";
import { boxRow, Hand, polygonRow } from "./testing";

const three = () => new Hand([boxRow("a", 10, 20, 40, 30), boxRow("b", 100, 60, 20, 20), boxRow("c", 200, 40, 60, 60)]);
const boxes = (hand: Hand) => hand.geometries() as Record<string, { x: number; y: number; w: number; h: number }>;
const all = (hand: Hand) => hand.editor.select(["a", "b", "c"]);

describe("aligning", () => {
  test.each([
    ["alignLeft", "x", { a: 10, b: 10, c: 10 }],
    ["alignCentre", "x", { a: 115, b: 125, c: 105 }],
    ["alignRight", "x", { a: 220, b: 240, c: 200 }],
    ["alignTop", "y", { a: 20, b: 20, c: 20 }],
    ["alignMiddle", "y", { a: 45, b: 50, c: 30 }],
    ["alignBottom", "y", { a: 70, b: 80, c: 40 }],
  ] as const)("%s moves along one axis only and is one step of undo", (action, axis, wanted) => {
    const hand = three();
    const before = hand.geometries();
    all(hand);
    hand.key(`region.${action}`);
    const now = boxes(hand);
    for (const [id, place] of Object.entries(wanted)) expect(now[id]?.[axis]).toBeCloseTo(place, 9);
    const other = axis === "x" ? "y" : "x";
    for (const id of "abc") expect(now[id]?.[other]).toBe((before[id] as Record<string, number>)[other]);
    hand.key("edit.undo");
    expect(hand.geometries()).toEqual(before);
  });

  test("the left is the left of the screen in a turned and mirrored view", () => {
    const hand = three();
    hand.key("view.turnRight");
    hand.key("view.mirror");
    all(hand);
    hand.key("region.alignLeft");
    const lefts = Object.values(boxes(hand)).map(({ x, y, w, h }) => {
      const corners = [hand.editor.toScreen({ x, y }), hand.editor.toScreen({ x: x + w, y: y + h })];
      return Math.min(...corners.map((corner) => corner.x));
    });
    expect(Math.max(...lefts) - Math.min(...lefts)).toBeCloseTo(0, 6);
  });

  test("a group moves as one beside others, and its members alone among themselves", () => {
    const hand = three();
    hand.editor.select(["a", "b"]);
    hand.key("region.group");
    all(hand);
    hand.key("region.alignRight");
    expect(boxes(hand)).toMatchObject({ a: { x: 150 }, b: { x: 240 }, c: { x: 200 } });
    hand.editor.select(["a", "b"]);
    hand.key("region.alignLeft");
    expect(boxes(hand)).toMatchObject({ a: { x: 150 }, b: { x: 150 } });
  });

  test("what is locked stays, and one alone has nothing to be aligned with", () => {
    const hand = three();
    hand.editor.setLocked(["c"], true);
    all(hand);
    hand.key("region.alignLeft");
    expect(boxes(hand)).toMatchObject({ a: { x: 10 }, b: { x: 10 }, c: { x: 200 } });
    hand.editor.select(["a"]);
    expect(hand.key("region.alignRight")).toBe(false);
  });
});

describe("distributing", () => {
  test("leaves the outermost and gives the same room between all", () => {
    const hand = three();
    all(hand);
    hand.key("region.distributeAcross");
    expect(boxes(hand)).toMatchObject({ a: { x: 10 }, b: { x: 115 }, c: { x: 200 } });
    hand.key("edit.undo");
    expect(boxes(hand).b?.x).toBe(100);
  });

  test("needs three", () => {
    const hand = three();
    hand.editor.select(["a", "b"]);
    expect(hand.key("region.distributeDown")).toBe(false);
  });
});

describe("the same size", () => {
  test("is the first one's, about the middle of each, whatever the shape", () => {
    const hand = new Hand([
      boxRow("a", 10, 20, 40, 30),
      boxRow("b", 100, 60, 20, 20),
      polygonRow("p", [200, 40, 220, 40, 220, 100]),
    ]);
    hand.editor.select(["a", "b", "p"]);
    hand.key("region.sameSize");
    expect(boxes(hand).b).toEqual({ x: 90, y: 55, w: 40, h: 30 });
    const ring = (hand.geometries().p as { parts: number[][][] }).parts[0]?.[0];
    expect(ring).toEqual([190, 55, 230, 55, 230, 85]);
    hand.key("edit.undo");
    expect(boxes(hand).b?.w).toBe(20);
  });

  test("stays inside the image", () => {
    const hand = new Hand([boxRow("a", 10, 20, 100, 90), boxRow("b", 380, 0, 20, 20)]);
    hand.editor.select(["a", "b"]);
    hand.key("region.sameSize");
    expect(boxes(hand).b).toEqual({ x: 300, y: 0, w: 100, h: 90 });
  });
});

describe("flags", () => {
  test("are set on all by key, and taken from all once all have them", () => {
    const hand = three();
    hand.editor.select(["a"]);
    hand.key("region.crowd");
    hand.editor.select(["a", "b"]);
    hand.key("region.crowd");
    const flags = () => ["a", "b"].map((id) => hand.editor.region(id)?.flags);
    expect(flags()).toEqual([["crowd"], ["crowd"]]);
    hand.key("region.crowd");
    expect(flags()).toEqual([[], []]);
  });
});
