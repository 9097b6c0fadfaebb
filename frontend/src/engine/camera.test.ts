import { describe, expect, test } from "vitest";
import { Hand } from "./testing";

describe("the camera", () => {
  test("zoom keeps the place under the pointer", () => {
    const { editor } = new Hand();
    const at = editor.toScreen({ x: 123, y: 45 });
    editor.zoom(3.7, at);
    const after = editor.toScreen({ x: 123, y: 45 });
    expect(after.x).toBeCloseTo(at.x, 9);
    expect(after.y).toBeCloseTo(at.y, 9);
  });

  test("the image cannot be panned out of sight", () => {
    const { editor } = new Hand();
    editor.pan(1e6, -1e6);
    expect(editor.toScreen({ x: 0, y: 300 })).toMatchObject({ x: 325, y: 75 });
  });

  test("drawing is exact at any zoom", () => {
    const hand = new Hand();
    hand.editor.zoom(8, hand.editor.toScreen({ x: 200, y: 150 }));
    hand.key("tool.box");
    const a = hand.editor.toScreen({ x: 190.25, y: 145.5 });
    const b = hand.editor.toScreen({ x: 210.75, y: 155 });
    hand.drag(a.x, a.y, b.x, b.y);
    const { x, y, w, h } = hand.geometries()["new-1"] as { x: number; y: number; w: number; h: number };
    [190.25, 145.5, 20.5, 9.5].forEach((value, i) => {
      expect([x, y, w, h][i]).toBeCloseTo(value, 9);
    });
  });

  test("quarter turns and mirrors map there and back, and a picture moves with them", async () => {
    const { between, matrixOf, toImage, toScreen } = await import("./camera/camera");
    for (const turns of [0, 1, 2, 3] as const)
      for (const flipped of [false, true]) {
        const camera = { zoom: 1.7, x: 30, y: -12, turns, flipped };
        const back = toImage(camera, toScreen(camera, { x: 11, y: 23 }));
        expect([back.x, back.y]).toEqual([expect.closeTo(11, 9), expect.closeTo(23, 9)]);
        const other = { ...camera, zoom: 3, x: 1, y: 2 };
        const m = between(camera, other);
        const p = toScreen(camera, { x: 5, y: 6 });
        const q = toScreen(other, { x: 5, y: 6 });
        expect([m[0] * p.x + m[2] * p.y + m[4], m[1] * p.x + m[3] * p.y + m[5]]).toEqual([
          expect.closeTo(q.x, 9),
          expect.closeTo(q.y, 9),
        ]);
        expect(matrixOf(camera)).toHaveLength(6);
      }
  });
});
