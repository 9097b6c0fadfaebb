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
  press(host, "b", "KeyB");
  finger("pointerdown", 1, 100, 100);
  finger("pointerdown", 2, 200, 100);
  finger("pointermove", 2, 300, 100);
  finger("pointerup", 1, 100, 100);
  finger("pointerup", 2, 300, 100);
  expect(editor.camera.zoom).toBeCloseTo(2, 9);
  expect(editor.regions()).toHaveLength(1);
});

const finger = (type: string, pointerId: number, x: number, y: number) =>
  point(type, x, y, { pointerId, pointerType: "touch" });

test("a second finger moves the view and leaves a half-drawn polygon as it was", () => {
  press(host, "p", "KeyP");
  for (const [x, y] of [
    [100, 50],
    [200, 50],
  ] as const) {
    finger("pointerdown", 1, x, y);
    finger("pointerup", 1, x, y);
  }
  const { zoom } = editor.camera;
  // At once, and after the first finger has begun to draw.
  for (const wander of [0, 40]) {
    finger("pointerdown", 1, 150, 150);
    if (wander) finger("pointermove", 1, 150 + wander, 150);
    finger("pointerdown", 2, 250, 150);
    finger("pointermove", 2, 350, 150);
    finger("pointerup", 2, 350, 150);
    finger("pointerup", 1, 150 + wander, 150);
  }
  expect(editor.camera.zoom).toBeGreaterThan(zoom);
  expect(editor.busy).toBe(true);
  editor.fit();
  press(host, "z", "KeyZ");
  const third = editor.toScreen({ x: 200, y: 200 });
  finger("pointerdown", 1, third.x, third.y);
  finger("pointerup", 1, third.x, third.y);
  press(host, "Enter");
  expect(editor.regions().find(({ shape }) => shape === "polygon")?.geometry).toEqual({
    parts: [[[100, 50, 200, 50, expect.closeTo(200, 6), expect.closeTo(200, 6)]]],
  });
});

test("a finger whose end was never told does not turn the next one into the second of two", () => {
  press(host, "b", "KeyB");
  finger("pointerdown", 1, 300, 250); // and no more of it
  for (const [type, x, y] of [
    ["pointerdown", 10, 20],
    ["pointermove", 60, 70],
    ["pointerup", 60, 70],
  ] as const)
    point(type, x, y, { pointerId: 2, pointerType: "touch", isPrimary: true });
  expect(editor.region("new-1")?.geometry).toEqual({ x: 10, y: 20, w: 50, h: 50 });
});

test("a finger that lies still opens the menu and draws nothing", () => {
  vi.useFakeTimers();
  const asked: unknown[] = [];
  editor.on("menu", ({ element, screen }) => asked.push([element, screen]));
  press(host, "b", "KeyB");
  finger("pointerdown", 1, 120, 120);
  finger("pointermove", 1, 123, 122); // a finger trembles
  vi.advanceTimersByTime(600);
  finger("pointermove", 1, 200, 200);
  finger("pointerup", 1, 200, 200);
  vi.useRealTimers();
  expect(asked).toEqual([["a", { x: 120, y: 120 }]]);
  expect(editor.selection).toEqual(["a"]);
  expect(editor.regions()).toHaveLength(1);
});

test("a finger that moves on in time draws from where it came down", () => {
  vi.useFakeTimers();
  press(host, "b", "KeyB");
  finger("pointerdown", 1, 10, 20);
  finger("pointermove", 1, 30, 40);
  vi.advanceTimersByTime(600);
  finger("pointermove", 1, 60, 70);
  finger("pointerup", 1, 60, 70);
  vi.useRealTimers();
  expect(editor.region("new-1")?.geometry).toEqual({ x: 10, y: 20, w: 50, h: 50 });
});

test("the right button asks for the menu where it was pressed, the menu key where the selection is", () => {
  const asked: unknown[] = [];
  editor.on("menu", ({ screen }) => asked.push(screen));
  host.dispatchEvent(new MouseEvent("contextmenu", { clientX: 300, clientY: 30, button: 2, cancelable: true }));
  editor.select(["a"]);
  host.dispatchEvent(new MouseEvent("contextmenu", { clientX: 0, clientY: 0, button: 0, cancelable: true }));
  expect(asked).toEqual([
    { x: 300, y: 30 },
    { x: 125, y: 125 },
  ]);
});

test("a finger always draws, or always moves the view, where the person says so", () => {
  press(host, "b", "KeyB");
  editor.setOption("finger", "pan");
  const { x } = editor.camera;
  drag("touch", 1);
  expect(editor.camera.x).toBe(x + 50);
  expect(editor.regions()).toHaveLength(1);
  editor.setOption("finger", "draw");
  vi.spyOn(performance, "now").mockReturnValueOnce(0).mockReturnValue(5000);
  point("pointermove", 5, 5, { pointerId: 9, pointerType: "pen" });
  drag("touch", 1);
  expect(editor.regions()).toHaveLength(2);
});

test("a palm beside a pen that presses for long does not end its stroke", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1000);
  press(host, "b", "KeyB");
  point("pointerdown", 10, 20, { pointerId: 2, pointerType: "pen" });
  now.mockReturnValue(9000);
  finger("pointerdown", 7, 300, 250);
  finger("pointerdown", 8, 320, 250);
  point("pointermove", 60, 70, { pointerId: 2, pointerType: "pen" });
  point("pointerup", 60, 70, { pointerId: 2, pointerType: "pen" });
  expect(editor.region("new-1")?.geometry).toEqual({ x: 10, y: 20, w: 50, h: 50 });
});

test("a finger takes a handle from farther away than a mouse", () => {
  editor.select(["a"]);
  point("pointerdown", 164, 164);
  point("pointermove", 180, 180);
  point("pointerup", 180, 180);
  expect(editor.region("a")?.geometry).toMatchObject({ w: 50 });
  editor.select(["a"]);
  finger("pointerdown", 1, 164, 164);
  finger("pointermove", 1, 180, 180);
  finger("pointerup", 1, 180, 180);
  expect(editor.region("a")?.geometry).toMatchObject({ x: 100, y: 100, w: 80, h: 80 });
});

test("with the keyboard cursor the space bar presses on the canvas instead of moving the view", () => {
  host.focus();
  press(host, "b", "KeyB");
  press(host, "K", "KeyK", { shiftKey: true });
  for (const key of [" ", "ArrowRight", "ArrowDown", " "]) press(host, key, key === " " ? "Space" : key);
  expect(editor.region("new-1")?.geometry).toEqual({ x: 200, y: 150, w: 1, h: 1 });
});

test("a mouse that is pushed aside leaves the keyboard cursor alone, and a click takes over from it", () => {
  press(host, "b", "KeyB");
  press(host, "K", "KeyK", { shiftKey: true });
  const at = editor.cursor.at;
  point("pointermove", 11, 12);
  expect(editor.cursor.at).toEqual(at);
  expect(editor.stage.pointer).toEqual(at);
  point("pointerdown", 10, 20);
  point("pointerup", 10, 20);
  expect(editor.cursor.on).toBe(false);
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
