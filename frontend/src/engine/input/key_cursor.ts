import { wayInImage } from "../camera/camera";
import type { Editor } from "../editor";
import { type ImagePoint, imagePoint, type ScreenPoint, screenPoint } from "../geometry/points";
import type { ToolId } from "../public";

const NOTHING_HELD = { shift: false, alt: false, mod: false };
const STRIDES = 12; // steps across the smaller side of the view with a far stride
const PAINTS = new Set<ToolId>(["brush", "eraser", "superpixel"]);

/** A cursor on the canvas that the arrows move: whoever has no mouse draws with the same tools, to the pixel. */
export class KeyCursor {
  /** Held down until the next press: a stroke, a frame, a region on its way. */
  private holding = false;

  /** It stands where it pressed last. */
  private rests = false;

  constructor(private readonly editor: Editor) {}

  get at(): ImagePoint | null {
    return this.editor.stage.keyCursor;
  }

  get on(): boolean {
    return this.at !== null;
  }

  /** Where it is on the screen, to zoom at. */
  get screen(): ScreenPoint | undefined {
    return this.at ? this.editor.toScreen(this.at) : undefined;
  }

  toggle(): void {
    if (this.on) this.leave();
    else this.start(this.editor.stage.pointer);
  }

  /** On a whole pixel: at the pointer where there is one, else in the middle of what is seen. */
  start(near: ImagePoint | null): void {
    const { width, height } = this.editor.stage.viewport;
    const from = near ?? this.editor.toImage(screenPoint(width / 2, height / 2));
    this.to(imagePoint(Math.round(from.x), Math.round(from.y)));
  }

  leave(): void {
    if (!this.on) return;
    if (this.holding) this.editor.cancel();
    this.editor.stage.keyCursor = null;
    this.editor.pointerLeft();
    this.editor.emit("cursor", null);
  }

  /** Another image: it stays where it is as far as the image goes. */
  follow(): void {
    if (this.at) this.to(this.at);
  }

  /** By image pixels, in a direction of the screen. */
  move(dx: number, dy: number): void {
    if (!this.at) return;
    const way = wayInImage(this.editor.camera, dx, dy);
    this.to(imagePoint(this.at.x + way.dx, this.at.y + way.dy));
  }

  /** A step that is as long on the screen at every zoom, in whole pixels. */
  stride(dx: number, dy: number): void {
    const { viewport, camera } = this.editor.stage;
    const far = Math.max(1, Math.round(Math.min(viewport.width, viewport.height) / STRIDES / camera.zoom));
    this.move(dx * far, dy * far);
  }

  private to(place: ImagePoint): void {
    const at = this.editor.drawable(place);
    this.editor.stage.keyCursor = at;
    this.rests = false;
    this.editor.keepInSight(at);
    this.send("move");
    this.editor.emit("cursor", at);
  }

  private send(type: "down" | "move" | "up"): void {
    const { at } = this;
    if (at) this.editor.handle({ type, at, screen: this.editor.toScreen(at), modifiers: NOTHING_HELD });
  }

  /** A click; a brush is put down, and lifted by the next one. */
  press(): void {
    if (this.holding || PAINTS.has(this.editor.tool)) return this.hold();
    const { screen } = this;
    if (!screen || (!this.editor.busy && this.editor.hitMark(screen))) return;
    this.send("down");
    this.send("up");
    this.rests = true;
  }

  /** The button goes down and stays down, or comes up again: what a drag does with a mouse. */
  hold(): void {
    const down = !this.holding;
    this.send(down ? "down" : "up");
    this.holding = down;
    this.rests = !down;
  }

  letGo(): void {
    this.holding = false;
  }

  /** Enter ends what can be ended and presses otherwise. Right after a press it is left to what was just drawn. */
  get takesEnter(): boolean {
    return this.on && (!this.rests || this.editor.busy);
  }

  enter(): void {
    if (this.holding || !this.editor.finish()) this.press();
    this.rests = true;
  }
}
