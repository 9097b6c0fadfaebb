import {
  type Camera,
  centreOn,
  fitBounds,
  fitImage,
  keepInView,
  mirrored,
  panBy,
  START,
  turned,
  visibleBounds,
  zoomAt,
} from "../camera/camera";
import { boundsTouch, unionAll } from "../geometry/boxes";
import { clamp, type ImagePoint, imagePoint, type ScreenPoint, screenPoint } from "../geometry/points";
import { CHANNELS, type Channel } from "../image/tone";
import type { ViewSettings } from "../public";
import { readRegion } from "../scene/picker";
import { ops } from "../shapes";
import { DEFAULT_VIEW } from "../stage";
import type { Decoration, ElementId, FindingMark, LabelSchema, Pin, Prediction, Region } from "../types";
import { EditorCore } from "./core";

export const REACH = 5; // screen pixels around the pointer that still hit a region
const SEEN = 24; // CSS pixels between the keyboard cursor and the edge of the view

const DRAWN_BY = ["fill", "names", "predictions", "leastScore"] as const;
const SHOWN_BY_IMAGE = ["levels", "brightness", "contrast", "gamma", "channel", "equalise"] as const;

/** Selection, camera, and what is shown and how. Changes nothing in the document. */
export class EditorView extends EditorCore {
  /** The whole image was asked for last: a change of the window's size fits it again. */
  protected fitted = true;

  /** A newer version of the schema while the document stays open: a class was added. */
  setSchema(schema: LabelSchema): void {
    Object.assign(this.stage, { schema, classes: new Map(schema.classes.map((c) => [c.id, c])) });
    this.damage.regions();
    this.events.emit("view", this.stage.view);
  }

  select(ids: readonly ElementId[], { reveal = false } = {}): void {
    const before = this.stage.selection;
    const after = [...new Set(ids)].filter((id) => this.stage.scene.has(id));
    if (before.length !== after.length || before.some((id, i) => id !== after[i])) {
      this.stage.selection = after;
      Object.assign(this.stage, { spot: null, keyHandle: null });
      this.damage.some([...before, ...after]);
      this.events.emit("selection", after);
    }
    if (reveal && after.length) this.reveal(after);
  }

  setHover(id: ElementId | null): void {
    if (this.stage.hover === id) return;
    this.stage.hover = id;
    this.damage.overlay();
    this.events.emit("hover", id);
  }

  /** Tab: the next region in reading order of the list that can be selected. */
  cycle(by: 1 | -1): void {
    const ids = this.regions().flatMap(({ id }) => (this.stage.picker.targetable(id) ? [id] : []));
    if (!ids.length) return;
    const at = ids.indexOf(this.stage.selection[0] ?? "");
    const next = at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length;
    this.select([ids[next] as ElementId], { reveal: true });
  }

  toggleHidden(): void {
    const all = this.regions().map(({ id }) => id);
    const { hidden } = this.stage.picker;
    const ids = this.stage.selection.length ? this.stage.selection : all;
    this.setHidden(ids, this.stage.selection.length ? !ids.every((id) => hidden.has(id)) : hidden.size === 0);
  }

  toggleLocked(): void {
    const ids = this.stage.selection;
    this.setLocked(ids, !ids.every((id) => this.stage.picker.locked.has(id)));
  }

  setHidden(ids: readonly ElementId[], hidden: boolean): void {
    this.flag(this.stage.picker.hidden, ids, hidden);
  }

  setLocked(ids: readonly ElementId[], locked: boolean): void {
    this.flag(this.stage.picker.locked, ids, locked);
  }

  protected flag(set: Set<ElementId>, ids: readonly ElementId[], on: boolean): void {
    for (const id of ids)
      if (on) set.add(id);
      else set.delete(id);
    this.damage.some(ids);
    this.events.emit("view", this.stage.view);
  }

  setPredictions(predictions: readonly Prediction[]): void {
    this.stage.predictions = predictions.filter((p) => readRegion(p.region) !== null);
    this.damage.regions();
    this.events.emit("view", this.stage.view);
  }

  /** Show these predictions whatever the view says. */
  setHinted(ids: readonly string[]): void {
    if (ids.length === 0 && this.stage.hinted.size === 0) return;
    this.stage.hinted = new Set(ids);
    this.damage.regions();
  }

  setFindings(findings: readonly FindingMark[]): void {
    this.stage.findings = findings;
    this.damage.overlay();
  }

  setPins(pins: readonly Pin[]): void {
    this.stage.pins = pins;
    this.damage.overlay();
  }

  setDecorations(decorations: ReadonlyMap<ElementId, Decoration>): void {
    this.stage.decorations = decorations;
    this.damage.regions();
  }

  setGhosts(ghosts: readonly Region[]): void {
    this.stage.ghosts = ghosts;
    this.damage.regions();
  }

  setView(change: Partial<ViewSettings>): void {
    const before = this.stage.view;
    const after = { ...before, ...change };
    this.stage.view = after;
    if (SHOWN_BY_IMAGE.some((name) => after[name] !== before[name])) this.damage.image();
    if (DRAWN_BY.some((name) => after[name] !== before[name])) this.damage.regions();
    this.damage.overlay();
    this.events.emit("view", after);
  }

  /** Channels that the picture can show: grey ones have no colours, few have alpha. */
  channels: readonly Channel[] = CHANNELS;

  nextChannel(): void {
    const { channels } = this;
    this.setView({ channel: channels[(channels.indexOf(this.stage.view.channel) + 1) % channels.length] ?? "all" });
  }

  resetView(): void {
    this.setView({ ...DEFAULT_VIEW });
    const { turns, flipped } = this.stage.camera;
    if (turns || flipped) this.moveTo(fitImage(START, this.stage.image, this.stage.viewport), true);
  }

  offers(): readonly Prediction[] {
    return this.stage.offers();
  }

  predictionAtPointer(): string | null {
    const at = this.stage.pointer;
    if (!at) return null;
    const reach = REACH / this.stage.camera.zoom;
    const hits = this.stage.offers().filter(({ region }) => ops.hitDistance(region, at.x, at.y) <= reach);
    return hits.sort((a, b) => ops.area(a.region) - ops.area(b.region))[0]?.id ?? null;
  }

  protected moveTo(camera: Camera, fitted = false): void {
    this.stage.camera = keepInView(camera, this.stage.image, this.stage.viewport);
    this.fitted = fitted;
    this.damage.camera();
    this.events.emit("camera", this.stage.camera);
  }

  zoom(factor: number, at?: ScreenPoint): void {
    const { width, height } = this.stage.viewport;
    this.moveTo(zoomAt(this.stage.camera, at ?? screenPoint(width / 2, height / 2), factor, this.stage.image));
  }

  pan(dx: number, dy: number): void {
    this.moveTo(panBy(this.stage.camera, dx, dy));
  }

  /** A quarter turn of the view; the document stays as it is. */
  turn(by: 1 | -1): void {
    this.lookFrom(turned(this.stage.camera, by, this.stage.viewport));
  }

  mirrorView(): void {
    this.lookFrom(mirrored(this.stage.camera, this.stage.viewport));
  }

  private lookFrom(camera: Camera): void {
    const { image, viewport } = this.stage;
    this.moveTo(this.fitted ? fitImage(camera, image, viewport) : camera, this.fitted);
  }

  fit(): void {
    this.moveTo(fitImage(this.stage.camera, this.stage.image, this.stage.viewport), true);
  }

  reveal(target: readonly ElementId[] | { x: number; y: number }): void {
    const { stage } = this;
    if (!("length" in target)) return this.moveTo(centreOn(stage.camera, target, stage.viewport));
    const all = target.flatMap((id) => {
      const bounds = stage.index.boundsOf(id);
      return bounds ? [bounds] : [];
    });
    if (!all.length) return;
    const bounds = unionAll(all);
    const size = Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]) * stage.camera.zoom;
    const shown = visibleBounds(stage.camera, stage.viewport, -24);
    const inView = bounds[0] >= shown[0] && bounds[1] >= shown[1] && bounds[2] <= shown[2] && bounds[3] <= shown[3];
    if (inView && size >= 16) return;
    const fits = size < Math.min(stage.viewport.width, stage.viewport.height) && size >= 16;
    const middle = { x: (bounds[0] + bounds[2]) / 2, y: (bounds[1] + bounds[3]) / 2 };
    this.moveTo(
      fits ? centreOn(stage.camera, middle, stage.viewport) : fitBounds(stage.camera, bounds, stage.viewport, 80, 8),
    );
  }

  /** Moves the view no further than a place needs to be seen. */
  keepInSight(place: ImagePoint): void {
    const { width, height } = this.stage.viewport;
    const at = this.toScreen(place);
    const edge = Math.min(SEEN, width / 4, height / 4);
    const dx = clamp(at.x, edge, width - edge) - at.x;
    const dy = clamp(at.y, edge, height - edge) - at.y;
    const { width: w, height: h } = this.stage.image;
    const a = this.toScreen({ x: 0, y: 0 });
    const b = this.toScreen({ x: w, y: h });
    // The image itself ends there: nothing more comes into view.
    const whole = (low: number, high: number, size: number) => Math.min(low, high) >= 0 && Math.max(low, high) <= size;
    const mx = whole(a.x, b.x, width) ? 0 : dx;
    const my = whole(a.y, b.y, height) ? 0 : dy;
    if (mx || my) this.pan(mx, my);
  }

  /** The handle that the arrows move. */
  holdHandle(id: string | null): void {
    if (this.stage.keyHandle === id) return;
    this.stage.keyHandle = id;
    this.damage.overlay();
    this.events.emit("handle", id);
  }

  protected resized(): void {
    if (this.fitted) this.moveTo(fitImage(this.stage.camera, this.stage.image, this.stage.viewport), true);
    else this.damage.camera();
  }

  /** Drawing ends at the image's border; where objects are drawn whole, one image size beyond it. */
  drawable(p: { x: number; y: number }): ImagePoint {
    const { width, height } = this.stage.image;
    const beyond = this.stage.amodal ? 1 : 0;
    return imagePoint(
      clamp(p.x, 0 - beyond * width, (1 + beyond) * width),
      clamp(p.y, 0 - beyond * height, (1 + beyond) * height),
    );
  }

  protected within(p: { x: number; y: number }): boolean {
    return boundsTouch([p.x, p.y, p.x, p.y], [0, 0, this.stage.image.width, this.stage.image.height]);
  }
}
