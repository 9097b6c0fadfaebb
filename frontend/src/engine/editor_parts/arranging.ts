import { wayInImage } from "../camera/camera";
import { boundsTouch } from "../geometry/boxes";
import type { ScreenPoint } from "../geometry/points";
import { type Axis, aligned, distributed, sized } from "../scene/aligning";
import { oneStep, toEnd } from "../scene/layers";
import { ops } from "../shapes";
import type { ClassId, ElementId, Region, RegionFlag } from "../types";
import { EditorEdits } from "./edits";
import { REACH } from "./view";

/** Groups, parents and layers of what is selected, the eyedropper and the menu of a place. */
export abstract class EditorArranging extends EditorEdits {
  abstract setClass(id: ClassId): void;

  /** The group of a region as far as it can be selected; of a region without a group it is itself. */
  together(id: ElementId): readonly ElementId[] {
    const group = this.stage.scene.get(id)?.group;
    if (group === undefined) return [id];
    return this.regions().flatMap((region) =>
      region.group === group && this.stage.picker.targetable(region.id) ? [region.id] : [],
    );
  }

  group(): void {
    const regions = this.editableRegions();
    if (regions.length < 2) return;
    const group = this.newId();
    const diff = this.change("group", (put) => {
      for (const region of regions) put({ ...region, group });
    });
    if (diff) this.events.emit("say", { key: "grouped", values: { count: regions.length } });
  }

  ungroup(): void {
    const diff = this.change("ungroup", (put) => {
      for (const { group, ...rest } of this.editableRegions()) if (group !== undefined) put(rest as Region);
    });
    if (diff) this.events.emit("say", { key: "ungrouped" });
  }

  /** The first selected becomes the parent of the others. */
  setParent(): void {
    const [first, ...others] = this.editableRegions();
    if (!first) return;
    const above = this.ancestors(first);
    if (others.some(({ id }) => above.has(id))) return this.events.emit("say", { key: "parentCircle" });
    const diff = this.change("parent", (put) => {
      for (const region of others) if (region.parent !== first.id) put({ ...region, parent: first.id });
    });
    if (diff) this.events.emit("say", { key: "parentSet", values: { name: this.stage.nameOf(first) } });
  }

  clearParent(): void {
    const diff = this.change("parent", (put) => {
      for (const { parent, ...rest } of this.editableRegions()) if (parent !== undefined) put(rest as Region);
    });
    if (diff) this.events.emit("say", { key: "parentCleared" });
  }

  /** Each selected region without a track begins one, with the next number above all on the image. */
  beginTrack(): void {
    let last = Math.max(0, ...this.regions().map(({ track }) => track ?? 0));
    this.change("track", (put) => {
      for (const region of this.editableRegions()) if (region.track === undefined) put({ ...region, track: ++last });
    });
  }

  /** Null takes them out of any. False, and said, where it is no number of a track. */
  setTrack(ids: readonly ElementId[], track: number | null): boolean {
    if (track !== null && !(Number.isSafeInteger(track) && track >= 0)) {
      this.events.emit("say", { key: "notATrack" });
      return false;
    }
    this.change("track", (put) => {
      for (const { track: before, ...rest } of this.editableRegions(ids))
        if (before !== (track ?? undefined)) put((track === null ? rest : { ...rest, track }) as Region);
    });
    return true;
  }

  private ancestors(region: Region): ReadonlySet<ElementId> {
    const seen = new Set<ElementId>();
    for (let at: Region | undefined = region; at?.parent && !seen.has(at.parent); ) {
      seen.add(at.parent);
      at = this.stage.scene.get(at.parent);
    }
    return seen;
  }

  toEnd(by: 1 | -1): void {
    const ids = new Set(this.editableRegions().map(({ id }) => id));
    this.change("layer", (put) => toEnd(this.layered(), ids, by).forEach(put));
  }

  /** Past the next region that touches it. Of several, the one in front goes first, so that they do not swap. */
  stepZ(by: 1 | -1): void {
    const now = new Map(this.layered().map((region) => [region.id, region]));
    const chosen = this.editableRegions().flatMap(({ id }) => now.get(id) ?? []);
    const order = chosen.sort((a, b) => ((b.z ?? 0) - (a.z ?? 0)) * by);
    const ids = new Set(order.map(({ id }) => id));
    for (const { id } of order) {
      const own = now.get(id) as Region;
      const box = ops.bounds(own);
      const near = [...now.values()].filter(
        (other) => other === own || (!ids.has(other.id) && boundsTouch(box, ops.bounds(other))),
      );
      for (const region of oneStep(near, id, by)) now.set(region.id, region);
    }
    this.change("layer", (put) => {
      for (const region of now.values()) if (region !== this.stage.scene.get(region.id)) put(region);
    });
  }

  /** Locked ones lie beneath everything whatever their z is. */
  private layered(): Region[] {
    return this.regions().filter(({ id, shape }) => shape !== "tag" && !this.stage.picker.locked.has(id));
  }

  /** Regions that have a place. */
  placedRegions(): Region[] {
    return this.editableRegions().filter(({ shape }) => shape !== "tag");
  }

  /** To one side of what they span, as the hand sees it: (-1, 0) is the left on the screen however the view is turned.
   * A side of 0 is the middle of that axis. */
  align(axis: Axis, side: -1 | 0 | 1): void {
    const [real, to] = this.seenAxis(axis, side);
    this.rearrange("align", aligned(this.placedRegions(), real, to as -1 | 0 | 1));
  }

  distribute(axis: Axis): void {
    this.rearrange("distribute", distributed(this.placedRegions(), this.seenAxis(axis, 1)[0]));
  }

  private seenAxis(axis: Axis, side: number): [Axis, number] {
    const { dx, dy } = wayInImage(this.stage.camera, axis === 0 ? 1 : 0, axis === 1 ? 1 : 0);
    return Math.abs(dx) > 0.5 ? [0, side * dx + 0] : [1, side * dy + 0];
  }

  /** As large as the first that was selected. */
  sameSize(): void {
    const [first, ...others] = this.placedRegions();
    if (!first) return;
    const made = sized(first, others, this.stage.image, this.stage.amodal);
    if (made.length < others.length) this.events.emit("say", { key: "notSized" });
    this.rearrange("size", made);
  }

  private rearrange(label: string, regions: readonly Region[]): void {
    if (!regions.length) return;
    const diff = this.change(label, (put) => regions.forEach(put));
    if (diff) this.events.emit("say", { key: "arranged", values: { count: regions.length } });
  }

  /** On all that are selected, or off where all have it. */
  toggleFlag(flag: RegionFlag): void {
    const regions = this.editableRegions();
    const on = !regions.every(({ flags }) => flags?.includes(flag));
    this.change("flags", (put) => {
      for (const region of regions) {
        const rest = (region.flags ?? []).filter((one) => one !== flag);
        put({ ...region, flags: on ? [...rest, flag] : rest });
      }
    });
  }

  /** The smallest region under the pointer whose class can still be given, without those selected. */
  regionToTake(): Region | null {
    const at = this.stage.pointer;
    if (!at) return null;
    const under = this.stage.picker.under(at.x, at.y, REACH / this.stage.camera.zoom);
    const regions = under.flatMap((id) => (this.selection.includes(id) ? [] : (this.region(id) ?? [])));
    return regions.find((region) => this.usable(region.class)) ?? null;
  }

  /** Class and attributes of the region under the pointer: for what is selected, else for what is drawn next. */
  takeFromPointer(): void {
    const from = this.regionToTake();
    if (!from) return;
    if (!this.selection.length) {
      this.setClass(from.class);
      this.taken = { class: from.class, attributes: from.attributes };
    } else this.giveTo(from);
    this.events.emit("say", { key: "taken", values: { name: this.stage.nameOf(from) } });
  }

  private giveTo(from: Region): void {
    const shapes = this.stage.classes.get(from.class)?.shapes ?? [];
    const fits = this.editableRegions().filter(({ shape }) => shapes.includes(shape));
    if (!fits.length) return this.events.emit("say", { key: "shapeNotAllowed" });
    this.change("eyedropper", (put) => {
      for (const region of fits) put({ ...region, class: from.class, attributes: { ...from.attributes } });
    });
  }

  /** The menu of what lies at a place of the screen: it is selected, unless it is already. */
  openMenu(screen: ScreenPoint, ofSelection = false): void {
    const at = this.toImage(screen);
    const under = this.stage.picker.under(at.x, at.y, REACH / this.stage.camera.zoom);
    if (under[0] !== undefined && !under.some((id) => this.stage.selection.includes(id)))
      this.select(this.together(under[0]));
    this.events.emit("menu", { screen, at, element: under[0] ?? (ofSelection ? this.selection[0] : null) ?? null });
  }
}
