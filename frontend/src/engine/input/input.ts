import { chordOf } from "../actions/registry";
import type { Editor } from "../editor";
import { type ScreenPoint, screenPoint } from "../geometry/points";
import type { Modifiers } from "../tools";

export interface CanvasInput {
  dispose(): void;
}

const WHEEL_PER_DOUBLE = 240; // wheel units that double the zoom: two notches of a usual mouse
const LINE = 16; // pixels of a wheel event that counts in lines
const MIDDLE = 1;
const PALM = 500; // milliseconds after a pen in which a touch is the hand that holds it

const held = (e: { shiftKey: boolean; altKey: boolean; ctrlKey: boolean; metaKey: boolean }): Modifiers => ({
  shift: e.shiftKey,
  alt: e.altKey,
  mod: e.ctrlKey || e.metaKey,
});

/** Pointer, wheel and space bar of the canvas element. Keys of actions are bound by `attachKeys`. */
export function attachInput(host: HTMLElement, editor: Editor): CanvasInput {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const at = (e: MouseEvent): ScreenPoint => {
    const box = host.getBoundingClientRect();
    return screenPoint(e.clientX - box.left, e.clientY - box.top);
  };
  const touches = new Map<number, ScreenPoint>();
  let spaceHeld = false;
  let active: number | null = null;
  let moves = false; // the active pointer moves the view instead of using the tool
  let penAt: number | null = null; // when a pen was near last; from the first time on one finger moves the view

  host.addEventListener("pointerdown", (e) => down(e), options);
  host.addEventListener("pointermove", (e) => move(e), options);
  host.addEventListener("pointerup", (e) => up(e), options);
  host.addEventListener("pointercancel", (e) => lost(e), options);
  host.addEventListener("lostpointercapture", (e) => e.pointerId === active && lost(e), options);
  host.addEventListener("pointerleave", () => active === null && editor.pointerLeft(), options);
  host.addEventListener(
    "dblclick",
    (e) => editor.handle({ type: "double", screen: at(e), modifiers: held(e) }),
    options,
  );
  host.addEventListener("contextmenu", (e) => e.preventDefault(), options);
  host.addEventListener("wheel", wheel, { ...options, passive: false });
  host.addEventListener("focus", () => editor.setFocused(host.matches(":focus-visible")), options);
  host.addEventListener("blur", () => editor.setFocused(false), options);
  window.addEventListener("keydown", (e) => space(e, true), options);
  window.addEventListener("keyup", (e) => space(e, false), options);
  window.addEventListener(
    "blur",
    () => {
      spaceHeld = false;
    },
    options,
  );

  function down(e: PointerEvent): void {
    const touch = e.pointerType === "touch";
    if (touch && palm()) return;
    if (touch) {
      touches.set(e.pointerId, at(e));
      if (touches.size > 1) return letGo(e);
    }
    if (e.pointerType === "pen") penComes(e);
    if (active !== null || (e.button !== 0 && e.button !== MIDDLE)) return;
    host.focus({ preventScroll: true });
    const borrow = spaceHeld || e.button === MIDDLE;
    if (!borrow && editor.hitMark(at(e))) return;
    e.preventDefault();
    host.setPointerCapture(e.pointerId);
    active = e.pointerId;
    moves = borrow || (touch && penAt !== null);
    editor.handle({ type: "down", screen: at(e), modifiers: held(e), ...(moves ? { borrow: "pan" as const } : {}) });
  }

  function palm(): boolean {
    return penAt !== null && performance.now() - penAt < PALM;
  }

  /** The pen takes over from whatever the hand touched before it. */
  function penComes(e: PointerEvent): void {
    penAt = performance.now();
    if (active !== null && touches.has(active)) {
      letGo(e);
      active = null;
    }
    touches.clear();
  }

  /** End what the active pointer does: a moved view leaves the shape being drawn alone. */
  function letGo(e: PointerEvent): void {
    if (!moves || active === null) return void editor.cancel();
    active = null;
    editor.handle({ type: "up", screen: at(e), modifiers: held(e) });
  }

  function move(e: PointerEvent): void {
    if (e.pointerType === "pen") penAt = performance.now();
    if (e.pointerType === "touch" && !touches.has(e.pointerId)) return;
    if (touches.size > 1 && touches.has(e.pointerId)) return pinch(editor, touches, e.pointerId, at(e));
    if (active === null || active === e.pointerId) editor.handle({ type: "move", screen: at(e), modifiers: held(e) });
  }

  function up(e: PointerEvent): void {
    if (e.pointerType === "pen") penAt = performance.now();
    touches.delete(e.pointerId);
    if (active !== e.pointerId) return;
    active = null;
    editor.handle({ type: "up", screen: at(e), modifiers: held(e) });
  }

  function lost(e: PointerEvent): void {
    touches.delete(e.pointerId);
    if (active !== e.pointerId) return;
    letGo(e);
    active = null;
  }

  function wheel(e: WheelEvent): void {
    e.preventDefault();
    const unit = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    if (e.shiftKey && editor.sizeTool((e.deltaY || e.deltaX) < 0 ? 1 : -1)) return;
    if (e.shiftKey) return editor.pan(-(e.deltaY || e.deltaX) * unit, 0);
    editor.zoom(2 ** ((-e.deltaY * unit) / WHEEL_PER_DOUBLE), at(e));
  }

  function space(e: KeyboardEvent, pressed: boolean): void {
    if (e.code !== "Space" || e.ctrlKey || e.metaKey) return;
    if (pressed && (isTyping(e.target) || isControl(e.target))) return;
    spaceHeld = pressed;
    if (pressed && e.target instanceof Node && host.contains(e.target)) e.preventDefault();
  }

  return { dispose: () => stop.abort() };
}

/** Two fingers: move with their middle, zoom with their distance. */
function pinch(editor: Editor, touches: Map<number, ScreenPoint>, finger: number, to: ScreenPoint): void {
  const [a0, b0] = [...touches.values()];
  touches.set(finger, to);
  const [a1, b1] = [...touches.values()];
  if (!a0 || !b0 || !a1 || !b1) return;
  const spread = Math.hypot(a0.x - b0.x, a0.y - b0.y);
  const middle = screenPoint((a1.x + b1.x) / 2, (a1.y + b1.y) / 2);
  editor.pan(middle.x - (a0.x + b0.x) / 2, middle.y - (a0.y + b0.y) / 2);
  if (spread > 0) editor.zoom(Math.hypot(a1.x - b1.x, a1.y - b1.y) / spread, middle);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && /^(checkbox|radio|range|button)$/.test(target.type));

const isControl = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("button,a,[role=option],[role=radio],[role=tab],input") !== null;

/** Keys that belong to the focused control before any action. */
const OWN_KEYS = /^(Shift\+)?(Tab|Space|Enter|Arrow.*|Home|End|PageUp|PageDown)$/;

export interface KeysOptions {
  /** Leave a key alone: an attribute control has the focus and takes digits, a dialog is open … */
  skip?: (event: KeyboardEvent, chord: string) => boolean;
}

/** Run actions by their keys wherever the focus is, but never while someone types. On the canvas every key is an
 * action's; in another control Tab, Space, Enter and arrows stay with the control. */
export function attachKeys(editor: Editor, target: HTMLElement | Window, { skip }: KeysOptions = {}): () => void {
  const listener = (event: Event) => {
    const e = event as KeyboardEvent;
    if (e.defaultPrevented || e.isComposing || isTyping(e.target)) return;
    const chord = chordOf(e);
    const onCanvas = e.target instanceof HTMLElement && e.target.getAttribute("role") === "application";
    const elsewhere = e.target instanceof HTMLElement && e.target !== document.body && !onCanvas;
    if (elsewhere && OWN_KEYS.test(chord)) return;
    if (!elsewhere && !onCanvas && /Tab$/.test(chord)) return;
    if (skip?.(e, chord)) return;
    const action = editor.actions.find(chord);
    if (!action) return;
    e.preventDefault();
    if (!e.repeat || action.repeats) action.run();
  };
  target.addEventListener("keydown", listener);
  return () => target.removeEventListener("keydown", listener);
}
