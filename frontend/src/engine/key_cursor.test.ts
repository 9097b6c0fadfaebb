import { expect, test } from "vitest";
import { screenPoint } from "./geometry/points";
import { boxRow, Hand, polygonRow } from "./testing";

/** A hand without a mouse: chords as the registry knows them. */
class Keys extends Hand {
  press(...chords: string[]): this {
    for (const chord of chords) this.editor.actions.find(chord)?.run();
    return this;
  }

  times(count: number, chord: string): this {
    for (let i = 0; i < count; i++) this.press(chord);
    return this;
  }

  /** From the middle of the image, where the cursor begins, by whole tens and ones. */
  to(x: number, y: number): this {
    for (const [axis, goal, less, more] of [
      ["x", x, "ArrowLeft", "ArrowRight"],
      ["y", y, "ArrowUp", "ArrowDown"],
    ] as const) {
      const way = goal - (this.editor.cursor.at?.[axis] ?? 0);
      const chord = way < 0 ? less : more;
      this.times(Math.floor(Math.abs(way) / 10), `Shift+${chord}`).times(Math.abs(way) % 10, chord);
    }
    return this;
  }
}

test("a box is drawn from corner to corner by arrows and space, to the pixel", () => {
  const keys = new Keys().press("B", "Shift+K").to(37, 52).press("Space").to(180, 91).press("Space");
  expect(keys.geometries()).toEqual({ "new-1": { x: 37, y: 52, w: 143, h: 39 } });
  expect(keys.editor.tool).toBe("box");
});

test("Enter presses too, and the preview follows the cursor before the second corner is set", () => {
  const keys = new Keys().press("B", "F2").to(10, 20).press("Enter").to(30, 25);
  expect(keys.editor.stage.preview).toMatchObject({ shaped: { geometry: { x: 10, y: 20, w: 20, h: 5 } } });
  keys.press("Enter");
  expect(keys.geometries()).toEqual({ "new-1": { x: 10, y: 20, w: 20, h: 5 } });
});

test("a rotated box, an ellipse and points are made of the same presses", () => {
  const keys = new Keys().press("R", "Shift+K").to(100, 100).press("Space").to(160, 100).press("Space");
  keys.to(160, 120).press("Space");
  keys.press("E").to(200, 50).press("Space").to(240, 70).press("Space");
  keys.press("K").to(20, 30).press("Space").to(25, 40).press("Space", "Enter");
  expect(keys.editor.regions().map(({ shape, geometry }) => [shape, geometry])).toEqual([
    ["rotated_box", { cx: 130, cy: 110, w: 60, h: 20, angle: 0 }],
    ["ellipse", { cx: 220, cy: 60, rx: 20, ry: 10, angle: 0 }],
    ["points", { points: [20, 30, 25, 40] }],
  ]);
});

test("corners of a polygon by space, the end by Enter, one taken back by backspace", () => {
  const keys = new Keys().press("P", "Shift+K").to(100, 100).press("Space").to(150, 100).press("Space");
  keys.to(200, 200).press("Space", "Backspace").to(150, 160).press("Space", "Enter");
  expect(keys.geometries()).toEqual({ "new-1": { parts: [[[100, 100, 150, 100, 150, 160]]] } });
  keys.press("L").to(10, 10).press("Enter").to(60, 10).press("Space");
  expect(keys.editor.busy).toBe(true);
  keys.press("Enter");
  expect(keys.editor.region("new-2")?.geometry).toEqual({ points: [10, 10, 60, 10] });
});

test("a skeleton is placed into a frame", () => {
  const keys = new Keys().press("J", "Shift+K").to(100, 100).press("Space").to(140, 180).press("Space");
  expect(keys.editor.regions()[0]?.shape).toBe("skeleton");
});

test("right after a press Enter is left to what was drawn, and presses again once the cursor has moved", () => {
  const keys = new Keys().press("B", "Shift+K").to(10, 10).press("Space").to(50, 50).press("Space");
  expect(keys.editor.actions.find("Enter")).toBeUndefined();
  keys.press("ArrowRight");
  expect(keys.editor.actions.find("Enter")?.id).toBe("tool.finish");
});

test("held down, it drags: a region is picked up and put down elsewhere", () => {
  const keys = new Keys([boxRow("a", 100, 100, 50, 50)]).press("Shift+K").to(120, 120).press("Space");
  expect(keys.editor.selection).toEqual(["a"]);
  keys.press("Shift+Space").to(145, 133).press("Shift+Space");
  expect(keys.geometries()).toEqual({ a: { x: 125, y: 113, w: 50, h: 50 } });
});

test("pressed again at the same place it takes what lies beneath, and a frame takes all inside", () => {
  const keys = new Keys([boxRow("a", 100, 100, 50, 50), boxRow("b", 110, 110, 10, 10)]).press("Shift+K").to(115, 115);
  keys.press("Space");
  expect(keys.editor.selection).toEqual(["b"]);
  keys.press("Space");
  expect(keys.editor.selection).toEqual(["a"]);
  keys.to(90, 90).press("Shift+Space").to(160, 160).press("Shift+Space");
  expect([...keys.editor.selection].sort()).toEqual(["a", "b"]);
});

test("where only questions are asked there is no cursor", () => {
  const keys = new Keys();
  keys.editor.load({ image: { width: 400, height: 300 }, elements: [], schema: { classes: [] } });
  keys.press("Shift+K");
  expect(keys.editor.cursor.on).toBe(false);
});

test("Escape lets go of what is held and leaves it where it was; last it puts the cursor away", () => {
  const keys = new Keys([boxRow("a", 100, 100, 50, 50)]).press("Shift+K").to(120, 120).press("Space", "Shift+Space");
  keys.to(150, 150).press("Escape");
  expect(keys.geometries()).toEqual({ a: { x: 100, y: 100, w: 50, h: 50 } });
  keys.press("Escape");
  expect(keys.editor.selection).toEqual([]);
  expect(keys.editor.cursor.on).toBe(true);
  keys.press("Escape");
  expect(keys.editor.cursor.on).toBe(false);
});

test("the cursor stays inside the image, and the view follows it there", () => {
  const keys = new Keys().press("Shift+K").to(0, 0).press("ArrowLeft", "Shift+ArrowUp");
  expect(keys.editor.cursor.at).toEqual({ x: 0, y: 0 });
  keys.editor.zoom(8, screenPoint(200, 150));
  keys.press("ArrowRight");
  const { x, y } = keys.editor.toScreen({ x: 1, y: 0 });
  expect(x).toBeGreaterThanOrEqual(0);
  expect(y).toBeGreaterThanOrEqual(0);
  expect(x).toBeLessThan(100);
});

test("with Ctrl a step is as long on the screen at every zoom", () => {
  const keys = new Keys().press("Shift+K").to(200, 150).press("Mod+ArrowRight");
  expect(keys.editor.cursor.at?.x).toBe(225);
  keys.editor.zoom(5);
  keys.press("Mod+ArrowLeft");
  expect(keys.editor.cursor.at?.x).toBe(220);
});

test("in a turned view the arrows go where they point on the screen", () => {
  const keys = new Keys().press("Shift+K").to(200, 150).press("Alt+R", "ArrowRight", "ArrowDown", "ArrowDown");
  expect(keys.editor.cursor.at).toEqual({ x: 202, y: 149 });
});

test("the cursor stays on for the next task", () => {
  const keys = new Keys().press("Shift+K").to(390, 290);
  const { schema } = keys.editor;
  keys.editor.load({ image: { width: 100, height: 80 }, elements: [], schema });
  expect(keys.editor.cursor.at).toEqual({ x: 100, y: 80 });
});

test("without a cursor arrows nudge what is selected and otherwise move the view", () => {
  const keys = new Keys([boxRow("a", 100, 100, 50, 50)]);
  keys.editor.select(["a"]);
  keys.press("ArrowRight", "Shift+ArrowDown", "Mod+ArrowLeft");
  expect(keys.geometries()).toEqual({ a: { x: 101, y: 110, w: 50, h: 50 } });
});

test("a corner of the selected polygon is walked to, moved by 1 and 10 pixels, and taken away", () => {
  const keys = new Keys([polygonRow("p", [100, 100, 160, 100, 160, 160, 100, 160])]);
  keys.editor.select(["p"]);
  keys.press("Shift+V", "Shift+V", "ArrowRight", "Shift+ArrowUp");
  expect(keys.geometries()).toEqual({ p: { parts: [[[100, 100, 161, 90, 160, 160, 100, 160]]] } });
  keys.press("Delete");
  expect(keys.geometries()).toEqual({ p: { parts: [[[100, 100, 160, 160, 100, 160]]] } });
  keys.press("Mod+Z", "Mod+Z", "Mod+Z");
  expect(keys.geometries()).toEqual({ p: { parts: [[[100, 100, 160, 100, 160, 160, 100, 160]]] } });
});

test("the last handle comes before the first, and Escape puts it down before it deselects", () => {
  const keys = new Keys([boxRow("a", 100, 100, 50, 50)]);
  keys.editor.select(["a"]);
  keys.press("Mod+Shift+V");
  const last = keys.editor.stage.keyHandle;
  keys.press("Shift+V", "Mod+Shift+V");
  expect(keys.editor.stage.keyHandle).toBe(last);
  keys.press("Escape");
  expect(keys.editor.stage.keyHandle).toBeNull();
  expect(keys.editor.selection).toEqual(["a"]);
  keys.press("ArrowRight");
  expect(keys.geometries()).toEqual({ a: { x: 101, y: 100, w: 50, h: 50 } });
});

test("a side pulled past the opposite one goes on as that one", () => {
  const keys = new Keys([boxRow("a", 100, 100, 12, 50)]);
  keys.editor.select(["a"]);
  for (const _ of keys.editor.handles.some ? Array(8) : []) {
    keys.press("Shift+V");
    if (keys.editor.stage.keyHandle === "w") break;
  }
  expect(keys.editor.stage.keyHandle).toBe("w");
  keys.press("Shift+ArrowRight", "Shift+ArrowRight", "ArrowRight");
  expect(keys.geometries()).toEqual({ a: { x: 112, y: 100, w: 9, h: 50 } });
});

test("where one may only look there are no handles to take", () => {
  const keys = new Keys([boxRow("a", 100, 100, 50, 50)], { readOnly: true });
  keys.editor.select(["a"]);
  keys.press("Shift+V", "ArrowRight");
  expect(keys.geometries()).toEqual({ a: { x: 100, y: 100, w: 50, h: 50 } });
});

test("the menu of a place selects what lies there, and keeps a selection that is there already", () => {
  const keys = new Keys([boxRow("a", 100, 100, 50, 50), boxRow("b", 110, 110, 10, 10)]);
  const asked: (string | null)[] = [];
  keys.editor.on("menu", ({ element }) => asked.push(element));
  keys.editor.openMenu(screenPoint(140, 140));
  expect(keys.editor.selection).toEqual(["a"]);
  keys.editor.openMenu(screenPoint(112, 112));
  expect(keys.editor.selection).toEqual(["a"]);
  keys.editor.openMenu(screenPoint(300, 30));
  expect(asked).toEqual(["a", "b", null]);
});
