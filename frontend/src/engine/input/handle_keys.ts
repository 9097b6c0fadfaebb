import { wayInImage } from "../camera/camera";
import type { Editor } from "../editor";
import { distance, type ImagePoint, imagePoint } from "../geometry/points";
import { type Handle, ops, opsOf, withGeometry } from "../shapes";
import type { Region } from "../types";

/** One handle of the selected region in hand by keyboard: walked to, moved, clicked and taken away. */
export class HandleKeys {
  constructor(private readonly editor: Editor) {}

  private get region(): Region | null {
    const [only, ...more] = this.editor.readOnly ? [] : this.editor.editableRegions();
    return only && more.length === 0 ? only : null;
  }

  private get handles(): Handle[] {
    return this.region ? ops.handles(this.region) : [];
  }

  private get held(): Handle | undefined {
    const { keyHandle } = this.editor.stage;
    return keyHandle === null ? undefined : this.handles.find(({ id }) => id === keyHandle);
  }

  get on(): boolean {
    return this.held !== undefined;
  }

  get some(): boolean {
    return this.handles.length > 0;
  }

  step(by: 1 | -1): void {
    const { handles, held } = this;
    const at = handles.findIndex(({ id }) => id === held?.id);
    const next = handles[at < 0 && by < 0 ? handles.length - 1 : (at + by + handles.length) % handles.length];
    if (next) this.take(next);
  }

  private take(handle: Handle): void {
    const number = this.handles.findIndex(({ id }) => id === handle.id) + 1;
    this.editor.holdHandle(handle.id);
    this.editor.keepInSight(handle as unknown as ImagePoint);
    this.editor.emit("say", {
      key: "handleAt",
      values: { number, count: this.handles.length, x: Math.round(handle.x), y: Math.round(handle.y) },
    });
  }

  /** By image pixels, in a direction of the screen. */
  move(dx: number, dy: number): void {
    const { region, held, editor } = this;
    if (!region || !held) return;
    const way = wayInImage(editor.camera, dx, dy);
    const to = editor.drawable(imagePoint(held.x + way.dx, held.y + way.dy));
    const geometry = opsOf(region.shape).resize(region.geometry as never, held.id, to.x, to.y, { square: false });
    const after = withGeometry(region, geometry);
    if (ops.problem(after)) return;
    editor.change("reshape", (put) => put(after));
    // A side that was pulled past the opposite one is that one now.
    const near = [...this.handles].sort((a, b) => distance(a, to) - distance(b, to))[0];
    const same = this.held;
    const now = same && near && distance(same, to) > distance(near, to) + 1 ? near : same;
    if (now) this.take(now);
  }

  /** What a click on it does: a joint is hidden or shown. */
  click(): void {
    const { region, held } = this;
    const geometry = region && held && opsOf(region.shape).clickVertex?.(region.geometry as never, held.id);
    if (geometry) this.editor.change("joint", (put) => put(withGeometry(region, geometry)));
  }

  /** Takes the vertex away; says whether there was one that can go. */
  remove(): boolean {
    const { region, held } = this;
    const geometry = region && held && opsOf(region.shape).removeVertex?.(region.geometry as never, held.id);
    if (!region || !held || !geometry) return false;
    const at = this.handles.findIndex(({ id }) => id === held.id);
    this.editor.change("removeVertex", (put) => put(withGeometry(region, geometry)));
    const next = this.handles[Math.min(at, this.handles.length - 1)];
    if (next) this.take(next);
    return true;
  }

  drop(): boolean {
    const on = this.editor.stage.keyHandle !== null;
    this.editor.holdHandle(null);
    return on;
  }
}
