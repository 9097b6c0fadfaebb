import { describe, expect, test } from "vitest";
import { boxRow, Hand } from "./testing";

const LOOKS = [[], ["turnRight"], ["turnLeft"], ["turnRight", "turnRight"], ["mirror"], ["turnRight", "mirror"]];

test.each(LOOKS.map((look) => [look]))("a box drawn in a view that was %o lies where the hand drew it", (look) => {
  const hand = new Hand();
  for (const id of look) hand.key(`view.${id}`);
  const a = hand.editor.toScreen({ x: 100, y: 80 });
  const b = hand.editor.toScreen({ x: 160, y: 120 });
  hand.key("tool.box");
  hand.drag(a.x, a.y, b.x, b.y);
  const box = hand.geometries()["new-1"] as Record<string, number>;
  for (const [name, value] of Object.entries({ x: 100, y: 80, w: 60, h: 40 })) expect(box[name]).toBeCloseTo(value, 6);
});

test("the view turns clockwise, mirrors left and right as seen, and a document never changes by it", () => {
  const hand = new Hand([boxRow("a", 0, 0, 40, 40)]);
  const before = hand.editor.regions();
  hand.key("view.turnRight");
  const origin = () => hand.editor.toScreen({ x: 0, y: 0 });
  const centre = hand.editor.stage.viewport.width / 2;
  expect(origin().x).toBeGreaterThan(centre);
  expect(origin().y).toBeCloseTo(0, 6);
  hand.key("view.mirror");
  expect(origin().x).toBeLessThan(centre);
  expect(origin().y).toBeCloseTo(0, 6);
  expect(hand.editor.regions()).toEqual(before);
  hand.key("view.reset");
  expect(hand.editor.camera).toMatchObject({ turns: 0, flipped: false });
});

test("arrows move a region the way they point on the screen", () => {
  for (const look of LOOKS) {
    const hand = new Hand([boxRow("a", 200, 100, 40, 40)]);
    for (const id of look) hand.key(`view.${id}`);
    const at = () => {
      const region = hand.editor.region("a")?.geometry as { x: number; y: number };
      return hand.editor.toScreen(region);
    };
    const before = at();
    hand.editor.select(["a"]);
    hand.key("move.right");
    expect(at().x - before.x).toBeCloseTo(hand.editor.camera.zoom, 6);
    expect(at().y).toBeCloseTo(before.y, 6);
  }
});

describe("the cursor of a handle", () => {
  const cursorAt = (look: string[], handle: { x: number; y: number }) => {
    const hand = new Hand([boxRow("a", 100, 80, 60, 40)]);
    for (const id of look) hand.key(`view.${id}`);
    hand.editor.select(["a"]);
    const at = hand.editor.toScreen(handle);
    hand.move(at.x, at.y);
    return { at, cursor: hand.editor.stage.cursor };
  };

  test.each(LOOKS.map((look) => [look]))("points the way it drags in a view that was %o", (look) => {
    const middle = cursorAt(look, { x: 130, y: 100 }).at;
    for (const handle of [
      { x: 100, y: 80 },
      { x: 160, y: 80 },
      { x: 130, y: 80 },
      { x: 160, y: 100 },
    ]) {
      const { at, cursor } = cursorAt(look, handle);
      const [dx, dy] = [Math.round(at.x - middle.x), Math.round(at.y - middle.y)];
      const seen = dx === 0 ? "ns" : dy === 0 ? "ew" : dx * dy > 0 ? "nwse" : "nesw";
      expect(cursor).toBe(`${seen}-resize`);
    }
  });
});

describe("how the picture is shown", () => {
  test("changes nothing of the document, is reset as one, and channels go round", () => {
    const hand = new Hand([boxRow("a", 0, 0, 40, 40)]);
    const before = hand.editor.regions();
    let changes = 0;
    hand.editor.on("change", () => changes++);
    hand.editor.setView({ gamma: 2, brightness: 1.4, contrast: 0.6 });
    hand.key("view.equalise");
    hand.key("view.loupe");
    const seen = [1, 2, 3, 4, 5].map(() => {
      hand.key("view.channel");
      return hand.editor.view.channel;
    });
    expect(seen).toEqual(["red", "green", "blue", "alpha", "all"]);
    expect(hand.editor.view).toMatchObject({ gamma: 2, equalise: true, loupe: true });
    hand.key("view.reset");
    expect(hand.editor.view).toMatchObject({ gamma: 1, brightness: 1, equalise: false, loupe: false });
    expect(hand.editor.regions()).toEqual(before);
    expect([changes, hand.editor.canUndo]).toEqual([0, false]);
  });
});
