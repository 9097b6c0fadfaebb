import { describe, expect, test } from "vitest";
import { Hand } from "../testing";
import type { GeometryOf } from "../types";

const taken = (tool: string) => {
  const hand = new Hand();
  hand.key(`tool.${tool}`);
  return hand;
};

const only = <S extends keyof GeometryOf>(hand: Hand) => hand.editor.region("new-1")?.geometry as GeometryOf[S];

function saidBy(hand: Hand): string[] {
  const said: string[] = [];
  hand.editor.on("say", ({ key }) => said.push(key));
  return said;
}

describe("box", () => {
  test("Alt draws it from its centre, with Shift as a square", () => {
    expect(only(taken("box").drag(100, 100, 130, 120, { alt: true }))).toEqual({ x: 70, y: 80, w: 60, h: 40 });
    const square = taken("box").drag(100, 100, 130, 120, { alt: true, shift: true });
    expect(only(square)).toEqual({ x: 70, y: 70, w: 60, h: 60 });
  });

  test("from the centre it stops at the nearer border on both sides", () => {
    expect(only(taken("box").drag(30, 100, 90, 120, { alt: true }))).toEqual({ x: 0, y: 80, w: 60, h: 40 });
  });

  test("four outermost points in any order make the box around them", () => {
    const hand = taken("box");
    hand.editor.setOption("boxBy", "extreme");
    hand.click(60, 10).click(20, 40).click(70, 90);
    expect(hand.editor.busy).toBe(true);
    expect(only(hand.click(110, 50))).toEqual({ x: 20, y: 10, w: 90, h: 80 });
  });

  test("of four points the last one set is taken back alone", () => {
    const hand = taken("box");
    hand.editor.setOption("boxBy", "extreme");
    hand.click(60, 10).click(20, 40).click(399, 299);
    hand.key("edit.undo");
    expect(only(hand.click(70, 90).click(110, 50))).toEqual({ x: 20, y: 10, w: 90, h: 80 });
  });

  test("two clicks on one place draw nothing and say so", () => {
    const hand = taken("box");
    const said = saidBy(hand);
    hand.click(40, 40).click(40, 40);
    expect(hand.geometries()).toEqual({});
    expect(said).toEqual(["tooSmall"]);
    expect(hand.editor.busy).toBe(false);
  });

  test("another way to draw it drops the box begun", () => {
    const hand = taken("box").click(40, 40);
    hand.editor.setOption("boxBy", "extreme");
    expect(hand.editor.busy).toBe(false);
  });
});

describe("rotated box", () => {
  test("the first edge by two clicks, the width by a third", () => {
    const g = only<"rotated_box">(taken("rotated_box").click(100, 100).click(160, 180).click(120, 195));
    // 60 right and 80 down is an edge of 100; (20, 95) lies 0.6 × 95 − 0.8 × 20 = 41 to its right.
    expect(g.w).toBeCloseTo(100, 9);
    expect(g.h).toBeCloseTo(41, 9);
    expect(g.angle).toBeCloseTo((Math.atan2(80, 60) * 180) / Math.PI, 9);
    expect(g.cx).toBeCloseTo(130 - 0.8 * 20.5, 9);
    expect(g.cy).toBeCloseTo(140 + 0.6 * 20.5, 9);
  });

  test("a drag sets the first edge too, and the width may lie on its other side", () => {
    const g = only<"rotated_box">(taken("rotated_box").drag(100, 100, 200, 100).click(150, 70));
    expect(g).toEqual({ cx: 150, cy: 85, w: 100, h: 30, angle: 0 });
  });

  test("Shift keeps the edge on steps of 15°", () => {
    const hand = taken("rotated_box");
    hand.click(100, 100).click(200, 110, { shift: true }).click(150, 150);
    expect(only<"rotated_box">(hand)).toMatchObject({ angle: 0, cy: 125, h: 50 });
  });

  test("its handle turns it, with Shift by 15°", () => {
    const hand = taken("rotated_box").drag(100, 100, 200, 100).click(150, 140);
    hand.key("tool.select");
    hand.editor.select(["new-1"]);
    // The handle lies 8 px above the middle of the upper edge at (150, 100).
    hand.down(150, 92).move(170, 100, { shift: true }).move(185, 121, { shift: true }).up(185, 121, { shift: true });
    expect(only<"rotated_box">(hand)).toMatchObject({ w: 100, h: 40, angle: 90 });
  });

  test("Escape after the first edge leaves nothing", () => {
    const hand = taken("rotated_box").click(100, 100).click(160, 180);
    hand.key("tool.cancel");
    hand.click(10, 10);
    expect(hand.geometries()).toEqual({});
  });
});

describe("ellipse", () => {
  test("a drag of its frame", () => {
    expect(only(taken("ellipse").drag(100, 100, 180, 140))).toEqual({ cx: 140, cy: 120, rx: 40, ry: 20, angle: 0 });
  });

  test("Shift makes a circle, Alt grows it from its centre", () => {
    const hand = taken("ellipse").drag(100, 100, 130, 110, { shift: true, alt: true });
    expect(only(hand)).toEqual({ cx: 100, cy: 100, rx: 30, ry: 30, angle: 0 });
  });

  test("three clicks make one that lies aslant", () => {
    const hand = taken("ellipse");
    hand.editor.setOption("ellipseBy", "axes");
    const g = only<"ellipse">(hand.click(100, 100).click(160, 180).click(114, 152));
    expect(g).toMatchObject({ cx: 130, cy: 140, rx: 50 });
    expect(g.ry).toBeCloseTo(Math.abs(0.6 * 52 - 0.8 * 14), 9);
    expect(g.angle).toBeCloseTo(53.13, 2);
  });
});

describe("polyline", () => {
  test("clicks until Enter; a double click ends it as well and sets its place once", () => {
    const hand = taken("polyline").click(10, 10).click(60, 20).click(90, 80);
    hand.key("tool.finish");
    hand.click(200, 10).double(250, 20);
    expect(hand.geometries()).toEqual({
      "new-1": { points: [10, 10, 60, 20, 90, 80] },
      "new-2": { points: [200, 10, 250, 20] },
    });
  });

  test("one point is no line: it says so and stays open", () => {
    const hand = taken("polyline").click(10, 10);
    const said = saidBy(hand);
    hand.key("tool.finish");
    expect(said).toEqual(["needs2"]);
    expect(hand.editor.busy).toBe(true);
  });

  test("Ctrl+Z takes back one vertex, redo sets it again", () => {
    const hand = taken("polyline").click(10, 10).click(60, 20).click(90, 80);
    hand.key("edit.undo");
    hand.key("edit.undo");
    hand.key("edit.redo");
    hand.key("tool.finish");
    expect(only(hand)).toEqual({ points: [10, 10, 60, 20] });
  });
});

describe("points", () => {
  test("clicks gather until Enter and are one region", () => {
    const hand = taken("points").click(10, 20).click(30, 40).click(50, 60);
    hand.key("edit.undo");
    hand.key("tool.finish");
    expect(hand.geometries()).toEqual({ "new-1": { points: [10, 20, 30, 40] } });
  });
});

describe("cuboid", () => {
  test("the front by a drag, then where its last corner lies at the back", () => {
    const hand = taken("cuboid2d").drag(100, 100, 160, 150).click(190, 130);
    expect(only(hand)).toEqual({ front: [100, 100, 60, 50], back: [130, 80, 60, 50] });
  });
});

describe("skeleton", () => {
  test("its template is drawn into a frame: rows by edges, the left side at the right", () => {
    const hand = taken("skeleton").drag(100, 100, 200, 260);
    expect(hand.editor.region("new-1")).toMatchObject({
      class: 4,
      geometry: { joints: { head: [150, 100, 2], "left hand": [200, 260, 2], "right hand": [100, 260, 2] } },
    });
  });

  test("joint by joint: Shift sets a hidden one, Alt leaves one absent", () => {
    const hand = taken("skeleton");
    hand.editor.setOption("skeletonBy", "joints");
    hand.click(150, 100).click(200, 250, { shift: true }).click(0, 0, { alt: true });
    expect(only(hand)).toEqual({
      joints: { head: [150, 100, 2], "left hand": [200, 250, 1], "right hand": [0, 0, 0] },
    });
  });

  test("each joint names the next, and Enter leaves the rest absent", () => {
    const hand = taken("skeleton");
    hand.editor.setOption("skeletonBy", "joints");
    const said: unknown[] = [];
    hand.editor.on("say", ({ values }) => said.push(values?.joint));
    hand.click(150, 100);
    hand.key("tool.finish");
    expect(said).toEqual(["left hand"]);
    expect(only(hand)).toEqual({ joints: { head: [150, 100, 2], "left hand": [0, 0, 0], "right hand": [0, 0, 0] } });
  });
});

describe("joints", () => {
  const person = () => {
    const hand = taken("skeleton").drag(100, 100, 200, 260);
    hand.key("tool.select");
    hand.editor.select(["new-1"]);
    return hand;
  };
  const joints = (hand: Hand) => only<"skeleton">(hand).joints;

  test("a click hides a joint and shows it again", () => {
    const hand = person().click(150, 100);
    expect(joints(hand).head).toEqual([150, 100, 1]);
    hand.click(150, 100);
    expect(joints(hand).head).toEqual([150, 100, 2]);
  });

  test("a drag moves one joint alone", () => {
    const hand = person().drag(200, 260, 220, 240);
    expect(joints(hand)).toMatchObject({
      head: [150, 100, 2],
      "left hand": [220, 240, 2],
      "right hand": [100, 260, 2],
    });
  });

  test("an Alt-click takes a joint away, and it is brought back as hidden", () => {
    const hand = person().click(200, 260, { alt: true });
    expect(joints(hand)["left hand"]).toEqual([0, 0, 0]);
    hand.key("skeleton.restore");
    expect(joints(hand)["left hand"]?.[2]).toBe(1);
    expect(hand.key("skeleton.restore")).toBe(false);
  });

  test("mirroring swaps the sides, and twice is nothing", () => {
    const hand = person();
    hand.key("skeleton.mirror");
    expect(joints(hand)).toEqual({ head: [150, 100, 2], "left hand": [100, 260, 2], "right hand": [200, 260, 2] });
    hand.key("skeleton.mirror");
    expect(joints(hand)["left hand"]).toEqual([200, 260, 2]);
  });
});

test("a tool for a shape that no class allows cannot be taken, by key or by call", () => {
  const hand = new Hand();
  hand.editor.setSchema({ classes: [{ id: 1, name: "roof", color: "#fff", shapes: ["polygon"] }] });
  expect(hand.key("tool.box")).toBe(false);
  expect(hand.editor.actions.find("B")).toBeUndefined();
  expect(hand.editor.actions.find("P")?.id).toBe("tool.polygon");
});

test("N takes the tool of the last shape again", () => {
  const hand = taken("ellipse").drag(100, 100, 180, 140);
  hand.key("tool.select");
  hand.key("tool.repeat");
  expect(hand.editor.tool).toBe("ellipse");
});
