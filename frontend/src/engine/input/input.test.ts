import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Editor } from "../editor";
import { boxRow, Hand } from "../testing";
import { attachInput, attachKeys } from "./input";

let host: HTMLElement;
let editor: Editor;
let stop: (() => void)[] = [];

beforeEach(() => {
  document.body.innerHTML =
    '<div id="canvas" role="application" tabindex="0"></div><input id="name"><button id="go">Go</button>';
  host = document.querySelector("#canvas") as HTMLElement;
  host.setPointerCapture = () => {};
  editor = new Hand([boxRow("a", 100, 100, 50, 50)]).editor;
  stop = [attachInput(host, editor).dispose, attachKeys(editor, window)];
});

afterEach(() => {
  for (const end of stop) end();
  vi.restoreAllMocks();
});

const point = (type: string, x: number, y: number, more: PointerEventInit = {}) =>
  host.dispatchEvent(
    new PointerEvent(type, { clientX: x, clientY: y, pointerId: 1, bubbles: true, cancelable: true, ...more }),
  );

const press = (target: Element, key: string, code = key, more: KeyboardEventInit = {}) =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...more }));

test("a press, a move and a release draw with the tool in hand", () => {
  press(host, "b", "KeyB");
  point("pointerdown", 10, 20);
  point("pointermove", 60, 70);
  point("pointerup", 60, 70);
  expect(editor.region("new-1")?.geometry).toEqual({ x: 10, y: 20, w: 50, h: 50 });
});

test("the space bar and the middle button move the view with any tool", () => {
  press(host, "b", "KeyB");
  const { x, y } = editor.camera;
  press(host, " ", "Space");
  point("pointerdown", 10, 10);
  point("pointermove", 40, 30);
  point("pointerup", 40, 30);
  host.dispatchEvent(new KeyboardEvent("keyup", { code: "Space", bubbles: true }));
  point("pointerdown", 10, 10, { button: 1 });
  point("pointermove", 15, 10);
  point("pointerup", 15, 10);
  expect(editor.camera).toMatchObject({ x: x + 35, y: y + 20 });
  expect(editor.regions()).toHaveLength(1);
  expect(editor.tool).toBe("box");
});

test("the wheel zooms at the pointer", () => {
  const before = editor.toImage({ x: 120, y: 80 });
  host.dispatchEvent(new WheelEvent("wheel", { deltaY: -240, clientX: 120, clientY: 80, cancelable: true }));
  const after = editor.toImage({ x: 120, y: 80 });
  expect(editor.camera.zoom).toBeCloseTo(2, 9);
  expect([after.x, after.y]).toEqual([expect.closeTo(before.x, 9), expect.closeTo(before.y, 9)]);
});

test("a pointer that is taken away leaves no half-drawn box and no moved region", () => {
  point("pointerdown", 120, 120);
  point("pointermove", 180, 180);
  point("pointercancel", 180, 180);
  point("pointermove", 200, 200);
  expect(editor.region("a")?.geometry).toMatchObject({ x: 100, y: 100 });
});

test("nothing runs while someone types, and a focused button keeps its own keys", () => {
  editor.select(["a"]);
  press(document.querySelector("#name") as Element, "Delete");
  press(document.querySelector("#go") as Element, "Tab");
  press(document.querySelector("#go") as Element, "ArrowRight");
  expect(editor.region("a")?.geometry).toMatchObject({ x: 100 });
  press(document.querySelector("#go") as Element, "Delete");
  expect(editor.regions()).toEqual([]);
});

test("holding a key repeats nudges and nothing else", () => {
  editor.select(["a"]);
  for (const repeat of [false, true, true]) press(host, "ArrowRight", "ArrowRight", { repeat });
  for (const repeat of [false, true]) press(host, "q", "KeyQ", { repeat });
  expect(editor.region("a")).toMatchObject({ geometry: { x: 103 }, occluded: true });
});

test("two fingers move and zoom, and draw nothing", () => {
  const finger = (type: string, pointerId: number, x: number, y: number) =>
    point(type, x, y, { pointerId, pointerType: "touch" });
  press(host, "b", "KeyB");
  finger("pointerdown", 1, 100, 100);
  finger("pointerdown", 2, 200, 100);
  finger("pointermove", 2, 300, 100);
  finger("pointerup", 1, 100, 100);
  finger("pointerup", 2, 300, 100);
  expect(editor.camera.zoom).toBeCloseTo(2, 9);
  expect(editor.regions()).toHaveLength(1);
});

const drag = (pointerType: string, pointerId: number, to: [number, number] = [60, 70]) => {
  point("pointerdown", 10, 20, { pointerId, pointerType });
  point("pointermove", ...to, { pointerId, pointerType });
  point("pointerup", ...to, { pointerId, pointerType });
};

test("one finger draws until a pen was seen, then it moves the view", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1000);
  press(host, "b", "KeyB");
  drag("touch", 1);
  expect(editor.region("new-1")?.geometry).toEqual({ x: 10, y: 20, w: 50, h: 50 });
  drag("pen", 2, [40, 60]);
  expect(editor.region("new-2")?.geometry).toEqual({ x: 10, y: 20, w: 30, h: 40 });
  const { x, y } = editor.camera;
  now.mockReturnValue(2000);
  drag("touch", 3);
  expect(editor.camera).toMatchObject({ x: x + 50, y: y + 50 });
  expect(editor.regions()).toHaveLength(3);
});

test("a hand that rests on the glass does nothing while a pen is near", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1000);
  press(host, "b", "KeyB");
  point("pointermove", 10, 20, { pointerId: 2, pointerType: "pen" });
  const { x, y } = editor.camera;
  now.mockReturnValue(1499);
  drag("touch", 1);
  expect(editor.camera).toMatchObject({ x, y });
  expect(editor.regions()).toHaveLength(1);
});

test("a pen takes over from a hand that came down before it", () => {
  press(host, "b", "KeyB");
  point("pointerdown", 200, 200, { pointerId: 1, pointerType: "touch" });
  drag("pen", 2);
  point("pointermove", 220, 220, { pointerId: 1, pointerType: "touch" });
  point("pointerup", 220, 220, { pointerId: 1, pointerType: "touch" });
  expect(editor.regions()).toHaveLength(2);
  expect(editor.region("new-1")?.geometry).toEqual({ x: 10, y: 20, w: 50, h: 50 });
});
