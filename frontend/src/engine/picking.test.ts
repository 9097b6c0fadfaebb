import { describe, expect, test } from "vitest";
import { boxRow, Hand } from "./testing";

/** A large box, one inside it and a small one inside that, all under the middle. */
const nested = () =>
  new Hand([boxRow("large", 100, 80, 160, 120), boxRow("middle", 140, 110, 80, 60), boxRow("small", 170, 130, 20, 20)]);

const ZOOMS = [0.1, 1, 32];
const LOOKS = [[], ["turnRight"], ["turnRight", "turnRight", "mirror"]];
const cases = ZOOMS.flatMap((zoom) => LOOKS.map((look) => [zoom, look] as const));

function lookedAt(zoom: number, look: readonly string[]): Hand {
  const hand = nested();
  for (const id of look) hand.key(`view.${id}`);
  hand.editor.zoom(zoom / hand.editor.camera.zoom);
  hand.editor.reveal({ x: 180, y: 140 });
  return hand;
}

const clickAt = (hand: Hand, x: number, y: number) => {
  const at = hand.editor.toScreen({ x, y });
  return hand.click(at.x, at.y);
};

describe.each(cases)("at a zoom of %d in a view that was %o", (zoom, look) => {
  test("a click takes the smallest, the next clicks what lies beneath, and then the smallest again", () => {
    const hand = lookedAt(zoom, look);
    expect(hand.editor.camera.zoom).toBeCloseTo(zoom, 6);
    for (const id of ["small", "middle", "large", "small"]) {
      clickAt(hand, 180, 140);
      expect(hand.editor.selection).toEqual([id]);
    }
  });

  test("the smallest under the pointer is the one that is lit, and it is no change", () => {
    const hand = lookedAt(zoom, look);
    const lit: (string | null)[] = [];
    hand.editor.on("hover", (id) => lit.push(id));
    const at = hand.editor.toScreen({ x: 180, y: 140 });
    hand.move(at.x, at.y);
    hand.editor.pointerLeft();
    expect(lit).toEqual(["small", null]);
    expect(hand.editor.canUndo).toBe(false);
  });

  test("a handle is taken within 8 px of the screen and not beyond, whatever the zoom", () => {
    const hand = lookedAt(zoom, look);
    hand.editor.select(["large"]);
    // Outwards from the corner, where no other region is.
    const corner = hand.editor.toScreen({ x: 100, y: 80 });
    const centre = hand.editor.toScreen({ x: 180, y: 140 });
    const away = (far: number) => {
      const d = Math.hypot(corner.x - centre.x, corner.y - centre.y);
      return [corner.x + ((corner.x - centre.x) / d) * far, corner.y + ((corner.y - centre.y) / d) * far] as const;
    };
    hand.move(...away(7));
    expect(hand.editor.stage.spot).toMatchObject({ kind: "handle", handle: "nw" });
    hand.move(...away(12));
    expect(hand.editor.stage.spot).toBeNull();
  });

  test("a corner dragged on the screen ends up where the pointer was let go", () => {
    const hand = lookedAt(zoom, look);
    hand.editor.select(["small"]);
    const from = hand.editor.toScreen({ x: 190, y: 150 });
    const to = hand.editor.toScreen({ x: 230, y: 190 });
    hand.drag(from.x, from.y, to.x, to.y);
    const box = hand.geometries().small as Record<string, number>;
    for (const [name, value] of Object.entries({ x: 170, y: 130, w: 60, h: 60 }))
      expect(box[name]).toBeCloseTo(value, 6);
  });
});
