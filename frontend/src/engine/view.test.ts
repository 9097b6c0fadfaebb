import { expect, test } from "vitest";
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
