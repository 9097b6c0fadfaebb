import type { Editor } from "../editor";
import { distance, type ScreenPoint, screenPoint } from "../geometry/points";
import { ops } from "../shapes";
import type { Modifiers } from "../tools";

const MIDDLE = 1;
const PALM = 500; // milliseconds after a pen in which a touch is the hand that holds it
const LONG_PRESS = 500; // milliseconds that a finger lies still before the menu opens
const STILL = 8; // CSS pixels that a finger may tremble and still lie still

export const heldWith = (e: { shiftKey: boolean; altKey: boolean; ctrlKey: boolean; metaKey: boolean }): Modifiers => ({
  shift: e.shiftKey,
  alt: e.altKey,
  mod: e.ctrlKey || e.metaKey,
});

export function at(host: HTMLElement, e: MouseEvent): ScreenPoint {
  const box = host.getBoundingClientRect();
  return screenPoint(e.clientX - box.left, e.clientY - box.top);
}

/** A finger that lies on the glass and has not moved: a tap, a drag, a long press or the first of two. */
interface Waiting {
  readonly event: PointerEvent;
  readonly at: ScreenPoint;
  readonly timer: ReturnType<typeof setTimeout>;
}

interface Active {
  readonly id: number;
  readonly pen: boolean;
  /** Moves the view instead of using the tool. */
  readonly pans: boolean;
  /** A shape was going on before this press: what the press adds can be taken back, and the shape stays. */
  readonly goesOn: boolean;
}

/** Mouse, pen and fingers on the canvas: who of them has the tool, and who moves the view. */
export class Pointers {
  private readonly touches = new Map<number, ScreenPoint>();
  private waiting: Waiting | null = null;
  private active: Active | null = null;
  private spaceHeld = false;
  /** When a pen was near last. From the first time on one finger moves the view, unless the person says otherwise. */
  private penAt: number | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly editor: Editor,
  ) {}

  dispose(): void {
    this.stopWaiting();
  }

  spaceIs(held: boolean): void {
    this.spaceHeld = held;
  }

  down(e: PointerEvent): void {
    const touch = e.pointerType === "touch";
    if (touch && this.isPalm()) return;
    if (touch) {
      if (e.isPrimary && this.touches.size > 0) this.forget(e); // the end of the one before was never told
      this.touches.set(e.pointerId, at(this.host, e));
      if (this.touches.size > 1) return this.letGo(e);
    }
    if (e.pointerType === "pen") this.penComes(e);
    if (this.active || this.waiting || (e.button !== 0 && e.button !== MIDDLE)) return;
    this.host.focus({ preventScroll: true });
    this.editor.stage.coarse = touch;
    const borrow = this.spaceHeld || e.button === MIDDLE;
    if (!borrow && this.editor.hitMark(at(this.host, e))) return;
    e.preventDefault();
    this.host.setPointerCapture(e.pointerId);
    if (touch) this.wait(e);
    else this.begin(e, borrow);
  }

  /** A finger that comes to rest near a pen, or while the pen draws, is the hand that holds it. */
  private isPalm(): boolean {
    return this.active?.pen === true || (this.penAt !== null && performance.now() - this.penAt < PALM);
  }

  /** The pen takes over from whatever the hand touched before it. */
  private penComes(e: PointerEvent): void {
    this.penAt = performance.now();
    if (this.touches.size > 0) this.forget(e);
  }

  private forget(e: PointerEvent): void {
    this.letGo(e);
    this.touches.clear();
  }

  private wait(event: PointerEvent): void {
    const timer = setTimeout(() => this.longPress(), LONG_PRESS);
    this.waiting = { event, at: at(this.host, event), timer };
  }

  private stopWaiting(): Waiting | null {
    const { waiting } = this;
    if (waiting) clearTimeout(waiting.timer);
    this.waiting = null;
    return waiting;
  }

  private longPress(): void {
    const waiting = this.stopWaiting();
    if (waiting) this.openMenu(waiting.at);
  }

  private begin(e: PointerEvent, pans: boolean): void {
    const { editor } = this;
    this.active = { id: e.pointerId, pen: e.pointerType === "pen", pans, goesOn: editor.busy };
    editor.cursor.leave();
    const borrow = pans ? { borrow: "pan" as const } : {};
    editor.handle({ type: "down", screen: at(this.host, e), modifiers: heldWith(e), ...borrow });
  }

  private get fingerPans(): boolean {
    const { finger } = this.editor.options;
    return this.spaceHeld || finger === "pan" || (finger === "auto" && this.penAt !== null);
  }

  /** The press is over before its time: a shape that was going on stays as it was before it. */
  private letGo(e: PointerEvent): void {
    this.stopWaiting();
    const { active, editor } = this;
    this.active = null;
    if (!active) return;
    if (active.pans) editor.handle({ type: "up", screen: at(this.host, e), modifiers: heldWith(e) });
    else if (active.goesOn && editor.busy) editor.handle({ type: "back" });
    else editor.cancel();
  }

  move(e: PointerEvent): void {
    if (e.pointerType === "pen") this.penAt = performance.now();
    const to = at(this.host, e);
    if (e.pointerType === "touch") {
      if (!this.touches.has(e.pointerId)) return;
      if (this.touches.size > 1) return pinch(this.editor, this.touches, e.pointerId, to);
      this.touches.set(e.pointerId, to);
      if (this.waiting && distance(this.waiting.at, to) > STILL) this.beginWaiting();
    }
    const mine = this.active?.id === e.pointerId;
    // A mouse that is pushed aside does not take the place of the keyboard cursor; a finger on the glass never hovers.
    const hovers = !this.active && !this.editor.cursor.on && e.pointerType !== "touch";
    if (mine || hovers) this.editor.handle({ type: "move", screen: to, modifiers: heldWith(e) });
  }

  private beginWaiting(): void {
    const waiting = this.stopWaiting();
    if (waiting) this.begin(waiting.event, this.fingerPans);
  }

  up(e: PointerEvent): void {
    if (e.pointerType === "pen") this.penAt = performance.now();
    this.touches.delete(e.pointerId);
    if (this.waiting?.event.pointerId === e.pointerId) this.beginWaiting();
    if (this.active?.id !== e.pointerId) return;
    this.active = null;
    this.editor.handle({ type: "up", screen: at(this.host, e), modifiers: heldWith(e) });
  }

  lost(e: PointerEvent): void {
    this.touches.delete(e.pointerId);
    if (this.active?.id === e.pointerId || this.waiting?.event.pointerId === e.pointerId) this.letGo(e);
  }

  left(): void {
    if (!this.active && !this.editor.cursor.on) this.editor.pointerLeft();
  }

  /** The right button, or the menu key. A long press of a finger was seen here before the browser says so. */
  menu(e: MouseEvent): void {
    e.preventDefault();
    if (this.active || this.touches.size > 0 || (e as PointerEvent).pointerType === "touch") return;
    const byKey = e.button !== 2;
    this.openMenu(byKey ? this.placeOfKeys() : at(this.host, e), byKey);
  }

  /** Where the menu key opens the menu: at the keyboard cursor, else in the middle of what is selected. */
  private placeOfKeys(): ScreenPoint {
    const { editor } = this;
    const first = editor.region(editor.selection[0] ?? "");
    if (editor.cursor.screen && !first) return editor.cursor.screen;
    const { width, height } = editor.stage.viewport;
    if (!first || first.shape === "tag") return screenPoint(width / 2, height / 2);
    const [x0, y0, x1, y1] = ops.bounds(first);
    return editor.toScreen({ x: (x0 + x1) / 2, y: (y0 + y1) / 2 });
  }

  private openMenu(screen: ScreenPoint, ofSelection = false): void {
    if (!this.editor.busy) this.editor.openMenu(screen, ofSelection);
  }
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
