import { chordOf } from "../actions/registry";
import type { Editor } from "../editor";
import { at, heldWith, Pointers } from "./pointers";

export interface CanvasInput {
  dispose(): void;
}

const WHEEL_PER_DOUBLE = 240; // wheel units that double the zoom: two notches of a usual mouse
const LINE = 16; // pixels of a wheel event that counts in lines

/** Pointer, wheel and space bar of the canvas element. Keys of actions are bound by `attachKeys`. */
export function attachInput(host: HTMLElement, editor: Editor): CanvasInput {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const pointers = new Pointers(host, editor);
  const on = <K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void) =>
    host.addEventListener(type, listener, { ...options, passive: false });

  on("pointerdown", (e) => pointers.down(e));
  on("pointermove", (e) => pointers.move(e));
  on("pointerup", (e) => pointers.up(e));
  on("pointercancel", (e) => pointers.lost(e));
  on("lostpointercapture", (e) => pointers.lost(e));
  on("pointerleave", () => pointers.left());
  on("contextmenu", (e) => pointers.menu(e));
  on("dblclick", (e) => editor.handle({ type: "double", screen: at(host, e), modifiers: heldWith(e) }));
  on("wheel", (e) => wheel(host, editor, e));
  on("focus", () => editor.setFocused(host.matches(":focus-visible")));
  on("blur", () => editor.setFocused(false));
  window.addEventListener("keydown", (e) => space(e, true), options);
  window.addEventListener("keyup", (e) => space(e, false), options);
  window.addEventListener("blur", () => pointers.spaceIs(false), options);

  function space(e: KeyboardEvent, pressed: boolean): void {
    if (e.code !== "Space" || e.ctrlKey || e.metaKey) return;
    if (pressed && (isTyping(e.target) || isControl(e.target))) return;
    if (pressed && (editor.cursor.on || editor.handles.on)) return; // it presses there
    pointers.spaceIs(pressed);
    if (pressed && e.target instanceof Node && host.contains(e.target)) e.preventDefault();
  }

  return {
    dispose() {
      pointers.dispose();
      stop.abort();
    },
  };
}

function wheel(host: HTMLElement, editor: Editor, e: WheelEvent): void {
  e.preventDefault();
  const unit = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
  if (e.shiftKey && editor.sizeTool((e.deltaY || e.deltaX) < 0 ? 1 : -1)) return;
  if (e.shiftKey) return editor.pan(-(e.deltaY || e.deltaX) * unit, 0);
  editor.zoom(2 ** ((-e.deltaY * unit) / WHEEL_PER_DOUBLE), at(host, e));
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
