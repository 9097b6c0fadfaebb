import { type Bits, boundsOfBits, fillHoles, fillParts, hasPixels, intersect, union } from "../geometry/bits";
import { countsOf } from "../geometry/blobs";
import { cropOf, edited } from "../geometry/mask_edit";
import { maskWith, pixelsOf } from "../scene/pixels";
import { isMask, type MaskRegion, oneClassAPixel, VOID } from "../scene/semantic";
import { withGeometry } from "../shapes";
import type { Diff, ElementId, Region, Shaped } from "../types";
import { EditorArranging } from "./arranging";

/** Changes of masks by their pixels. */
export abstract class EditorPainting extends EditorArranging {
  /** Painting takes from other masks what lies beneath. In a semantic project it always does. */
  protected abstract takesBeneath(): boolean;

  override change(
    label: string,
    write: (put: (region: Region) => void, remove: (id: ElementId) => void) => void,
  ): Diff | null {
    const { stage } = this;
    if (!stage.semantic) return super.change(label, write);
    const puts: Region[] = [];
    const deletes: ElementId[] = [];
    write(
      (region) => puts.push(region),
      (id) => deletes.push(id),
    );
    const all = oneClassAPixel(
      { puts, deletes },
      {
        image: stage.image,
        regions: () => stage.scene.regions(),
        get: (id) => stage.scene.get(id),
        fixed: (id) => !this.open(id),
      },
    );
    return super.change(label, (put, remove) => {
      all.deletes.forEach(remove);
      all.puts.forEach(put);
    });
  }

  /** A stroke, a polygon or superpixels: into the selected mask or out of it, else a new one of the class in hand. */
  paint(pixels: Bits, erase: boolean, source?: string): void {
    if (this.stage.readOnly || !hasPixels(pixels)) return;
    if (this.stage.semantic) return erase ? this.eraseAll(pixels) : this.paintClass(pixels, source);
    const target = this.selectedMask();
    if (erase) return target ? this.erase(target, pixels) : this.events.emit("say", { key: "needsMask" });
    const others = this.takesBeneath() ? this.beneath(pixels, target?.id) : [];
    if (!target) {
      const made = this.newMask(pixels, source);
      if (!made) return;
      this.change("paint", (put, remove) => {
        put(made);
        this.take(others, pixels, put, remove);
      });
      return this.select([made.id]);
    }
    this.change("paint", (put, remove) => {
      this.write(target, edited(target.geometry, pixels, true), put, remove);
      this.take(others, pixels, put, remove);
    });
  }

  private erase(target: MaskRegion, pixels: Bits): void {
    if (!this.shares(target, pixels)) return;
    this.change("erase", (put, remove) => this.write(target, edited(target.geometry, pixels, false), put, remove));
  }

  private paintClass(pixels: Bits, source?: string): void {
    const made = this.newMask(pixels, source);
    const own = [...this.stage.scene.regions()].find((region) => region.class === made?.class && isMask(region));
    if (own && !this.open(own.id)) return this.events.emit("say", { key: "maskLocked" });
    if (made) this.change("paint", (put) => put(made));
  }

  private eraseAll(pixels: Bits): void {
    this.change("erase", (put, remove) => this.take(this.beneath(pixels), pixels, put, remove));
  }

  /** Neither locked nor hidden, and its pixels are here: a mask whose blob has not arrived is not painted over. */
  private open(id: ElementId): boolean {
    const region = this.stage.scene.get(id);
    return this.stage.picker.targetable(id) && (!isMask(region) || countsOf(region.geometry) !== undefined);
  }

  /** The mask that tools work on: the one selected region, when it is a mask that may be changed. */
  selectedMask(): MaskRegion | null {
    const [id, ...more] = this.stage.selection;
    const region = id !== undefined && !more.length && this.open(id) ? this.region(id) : undefined;
    return isMask(region) ? region : null;
  }

  /** Masks that have some of the pixels and may be changed. */
  private beneath(pixels: Bits, except?: ElementId): MaskRegion[] {
    const ids = this.stage.index.search([pixels.x, pixels.y, pixels.x + pixels.w, pixels.y + pixels.h]);
    return ids.flatMap((id) => {
      const region = this.stage.scene.get(id);
      return id !== except && this.open(id) && isMask(region) && this.shares(region, pixels) ? [region] : [];
    });
  }

  private shares({ geometry }: MaskRegion, pixels: Bits): boolean {
    return hasPixels(intersect(cropOf(geometry, boundsOfBits(pixels)), pixels));
  }

  private take(
    from: readonly MaskRegion[],
    pixels: Bits,
    put: (region: Region) => void,
    remove: (id: ElementId) => void,
  ): void {
    for (const region of from) this.write(region, edited(region.geometry, pixels, false), put, remove);
  }

  private write(
    region: MaskRegion,
    geometry: MaskRegion["geometry"] | null,
    put: (region: Region) => void,
    remove: (id: ElementId) => void,
  ) {
    if (geometry) put(withGeometry(region, geometry));
    else remove(region.id);
  }

  /** Says why when there can be none. */
  private newMask(pixels: Bits, source?: string): Region | null {
    const id = this.stage.currentClass;
    const chosen = id === null ? undefined : this.stage.classes.get(id);
    const geometry = chosen?.shapes.includes("mask") ? maskWith(pixels) : null;
    if (id === null || !chosen || !this.usable(id)) this.events.emit("say", { key: "needsClass" });
    else if (!geometry) this.events.emit("say", { key: "shapeNotAllowed" });
    if (id === null || !geometry) return null;
    const flags = this.stage.semantic && chosen?.name === VOID ? { flags: ["ignore"] as const } : {};
    const attributes = this.defaults(id);
    const from = source ? { source } : {};
    return Object.freeze({
      id: this.newId(),
      class: id,
      shape: "mask",
      geometry,
      attributes,
      ...flags,
      ...from,
    }) as Region;
  }

  /** A polygon of a class that is drawn as a mask becomes one. */
  protected override create(shaped: Shaped, source?: string): void {
    const shapes = this.stage.classes.get(this.stage.currentClass ?? -1)?.shapes ?? [];
    const painted = shaped.shape === "polygon" && shapes.includes("mask");
    if (!painted || (!this.stage.semantic && shapes.includes("polygon"))) return super.create(shaped, source);
    const pixels = fillParts(shaped.geometry.parts, this.stage.image);
    if (!hasPixels(pixels)) return this.events.emit("say", { key: "tooSmall" });
    this.select([]);
    this.paint(pixels, false, source);
  }

  fillHoles(): void {
    const masks = this.editableRegions()
      .filter(isMask)
      .filter(({ id }) => this.open(id));
    this.change("fillHoles", (put) => {
      for (const region of masks) {
        const before = pixelsOf(region.geometry);
        const geometry = maskWith(fillHoles(before));
        if (geometry && geometry.counts !== region.geometry.counts) put(withGeometry(region, geometry));
      }
    });
  }

  /** The selected masks keep their pixels, all others lose what lies beneath them. */
  removeBeneath(): void {
    const chosen = this.editableRegions()
      .filter(isMask)
      .filter(({ id }) => this.open(id));
    this.change("removeBeneath", (put, remove) => {
      const pixels = chosen.reduce<Bits | null>((all, { geometry }) => {
        const own = pixelsOf(geometry);
        return all ? union(all, own) : own;
      }, null);
      const ids = new Set(chosen.map(({ id }) => id));
      if (pixels)
        this.take(
          this.beneath(pixels).filter(({ id }) => !ids.has(id)),
          pixels,
          put,
          remove,
        );
    });
  }
}
