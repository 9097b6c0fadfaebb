import { wayInImage } from "../camera/camera";
import { unionAll } from "../geometry/boxes";
import { readRegion } from "../scene/picker";
import { ops, opsOf, withGeometry } from "../shapes";
import { repair } from "../shapes/repair";
import { moveRegions } from "../tools";
import type { Attributes, AttributeValue, ClassId, ElementId, Geometry, Prediction, Region, Shaped } from "../types";
import { EditorView } from "./view";

/** Every change of the document that a person can make, each one step of history. */
export class EditorEdits extends EditorView {
  protected clipboard: readonly Region[] = [];

  /** What the eyedropper took, for new regions of that class until another class is taken in hand. */
  protected taken: { readonly class: ClassId; readonly attributes: Attributes } | null = null;

  setAttributes(ids: readonly ElementId[], attributes: Attributes): void {
    this.change("attributes", (put) => {
      for (const region of this.editableRegions(ids)) {
        const merged = Object.entries({ ...region.attributes, ...attributes }).filter(([, value]) => value !== null);
        put({ ...region, attributes: Object.fromEntries(merged) });
      }
    });
  }

  setAnswer(name: string, value: AttributeValue): void {
    if (!this.stage.readOnly) this.stage.scene.transaction("answer", "user", (tx) => tx.answer(name, value));
  }

  remove(ids: readonly ElementId[]): void {
    const gone = new Set(this.editableRegions(ids).map(({ id }) => id));
    this.change("delete", (put, remove) => {
      gone.forEach(remove);
      for (const { parent, ...rest } of this.regions())
        if (parent && gone.has(parent) && !gone.has(rest.id)) put(rest as Region);
    });
  }

  /** Regions in place of those of the same ids, and new ones like one of them, as one step. */
  replace(
    label: string,
    regions: readonly Region[],
    added: readonly { readonly like: Region; readonly geometry: Geometry }[] = [],
  ): void {
    const made = added.map(({ like: { track: _track, ...like }, geometry }) =>
      withGeometry({ ...like, id: this.newId() } as Region, geometry),
    );
    this.change(label, (put) => [...regions, ...made].forEach(put));
    if (made.length) this.select([...regions, ...made].map(({ id }) => id));
  }

  nudge(dx: number, dy: number): void {
    const moved = moveRegions(this.editableRegions(), dx, dy, {
      image: this.stage.image,
      outsideAllowed: this.stage.amodal,
    });
    this.change("nudge", (put) => moved.forEach(put));
  }

  /** The selected regions, by image pixels in a direction of the screen. */
  nudgeOnScreen(dx: number, dy: number): void {
    const way = wayInImage(this.stage.camera, dx, dy);
    this.nudge(way.dx, way.dy);
  }

  addRegions(
    regions: readonly Region[],
    label: string,
    made?: (from: ElementId, id: ElementId) => void,
  ): readonly ElementId[] {
    const copies = regions.flatMap((region) => {
      const geometry = this.inside(region);
      if (!geometry || !this.usable(region.class)) return [];
      const { source: _source, ...rest } = region;
      return [{ from: region.id, copy: withGeometry({ ...rest, id: this.newId() } as Region, geometry) }];
    });
    const ids = new Map(copies.map(({ from, copy }) => [from, copy.id]));
    const groups = new Map<Region["group"], string>();
    const here = new Set(this.regions().map(({ track }) => track));
    const added = copies.map(({ copy }) => copy.id);
    this.change(label, (put) => {
      for (const { copy } of copies) put(this.relatedAnew(copy, ids, groups, here));
    });
    for (const { from, copy } of copies) made?.(from, copy.id);
    if (added.length) this.select(added);
    return added;
  }

  /** Copies stand to each other as their originals do, and not to the originals. A track shows one region on an image: a
   * copy keeps its own where no region has it. */
  private relatedAnew(
    copy: Region,
    ids: ReadonlyMap<ElementId, ElementId>,
    groups: Map<Region["group"], string>,
    here: Set<Region["track"]>,
  ): Region {
    const { parent, group, track, ...rest } = copy;
    const free = track !== undefined && !here.has(track);
    if (free) here.add(track);
    if (group !== undefined && !groups.has(group)) groups.set(group, this.newId());
    const above = parent && ids.get(parent);
    return {
      ...rest,
      ...(above ? { parent: above } : {}),
      ...(group === undefined ? {} : { group: groups.get(group) }),
      ...(free ? { track } : {}),
    } as Region;
  }

  applyRemote(
    changes: readonly { id: ElementId; region: Region | null }[],
    answers: readonly { name: string; value: AttributeValue }[] = [],
  ): void {
    this.stage.scene.transaction("remote", "remote", (tx) => {
      for (const { name, value } of answers) tx.answer(name, value);
      for (const { id, region } of changes) {
        const read = region && readRegion(region);
        if (read) tx.put(read);
        else if (!region) tx.delete(id);
      }
    });
  }

  copy(): void {
    this.clipboard = this.stage.selection.flatMap((id) => this.stage.scene.get(id) ?? []);
  }

  get canPaste(): boolean {
    return this.clipboard.length > 0;
  }

  /** Under the pointer when it is over the image, else beside the original. */
  paste(): void {
    this.placeCopies(this.clipboard, "paste", this.stage.pointer);
  }

  duplicate(): void {
    this.placeCopies(
      this.stage.selection.flatMap((id) => this.stage.scene.get(id) ?? []),
      "duplicate",
      null,
    );
  }

  protected placeCopies(regions: readonly Region[], label: string, at: { x: number; y: number } | null): void {
    const placed = regions.filter((region) => region.shape !== "tag");
    const bounds = unionAll(placed.map((region) => ops.bounds(region)));
    const aside = 12 / this.stage.camera.zoom; // screen pixels beside the original
    const dx = at ? at.x - (bounds[0] + bounds[2]) / 2 : aside;
    const dy = at ? at.y - (bounds[1] + bounds[3]) / 2 : aside;
    const moved = moveRegions(regions, dx, dy, { image: this.stage.image, outsideAllowed: this.stage.amodal });
    this.addRegions(moved, label);
  }

  /** The geometry as far as the image holds it, or null when nothing of it is in there. */
  private inside(shaped: Shaped): Geometry | null {
    const inside = opsOf(shaped.shape).clamp(shaped.geometry as never, this.stage.image);
    return inside && this.stage.amodal ? shaped.geometry : inside;
  }

  /** What was drawn as far as the image holds it. What has no area as it stands may have one when it is mended (the halves
   * of a bow tie cancel out); what only crosses itself stays as drawn, and is told. */
  private sound(shaped: Shaped): Shaped | null {
    const geometry = this.inside(shaped);
    const made = geometry && ({ shape: shaped.shape, geometry } as Shaped);
    if (made && !ops.problem(made)) return made;
    return repair(shaped, this.stage.image, this.stage.amodal)?.[0] ?? null;
  }

  protected create(shaped: Shaped, source?: string): void {
    const id = this.stage.currentClass;
    if (id === null || !this.usable(id)) return this.events.emit("say", { key: "needsClass" });
    if (!this.stage.classes.get(id)?.shapes.includes(shaped.shape))
      return this.events.emit("say", { key: "shapeNotAllowed" });
    const made = this.sound(shaped);
    if (!made) return this.events.emit("say", { key: "tooSmall" });
    const region = Object.freeze({
      id: this.newId(),
      class: id,
      ...made,
      attributes: this.firstAttributes(id),
      ...(source ? { source } : {}),
    }) as Region;
    this.change("create", (put) => put(region));
    this.select([region.id]);
  }

  acceptPrediction(id: string): void {
    this.acceptPredictions(this.stage.offers().filter((prediction) => prediction.id === id));
  }

  /** Make regions of these, or of all that are shown, in one step. */
  acceptPredictions(predictions: readonly Prediction[] = this.stage.offers()): void {
    if (!predictions.length) return;
    this.change("prediction", (put) => {
      for (const { region } of predictions) put(Object.freeze({ ...region }) as Region);
    });
  }

  toggleOccluded(): void {
    const regions = this.editableRegions();
    const occluded = !regions.every((region) => region.occluded);
    this.change("occluded", (put) => {
      for (const region of regions) put({ ...region, occluded });
    });
  }

  protected changeClass(ids: readonly ElementId[], to: ClassId): void {
    const allowed = this.stage.classes.get(to)?.shapes ?? [];
    this.change("class", (put) => {
      for (const region of this.editableRegions(ids))
        if (region.class !== to && allowed.includes(region.shape))
          put({ ...region, class: to, attributes: this.defaults(to) });
        else if (region.class !== to) this.events.emit("say", { key: "shapeNotAllowed" });
    });
  }

  protected takeClass(id: ClassId | null): void {
    if (this.stage.currentClass === id) return;
    this.stage.currentClass = id;
    this.taken = null;
    this.damage.overlay();
    this.events.emit("class", id);
  }

  private firstAttributes(id: ClassId): Attributes {
    return this.taken?.class === id ? { ...this.taken.attributes } : this.defaults(id);
  }

  protected defaults(id: ClassId): Attributes {
    const attributes = this.stage.classes.get(id)?.attributes ?? [];
    return Object.fromEntries(
      attributes.flatMap((a) => (a.default !== undefined && a.default !== null ? [[a.name, a.default]] : [])),
    );
  }

  classForKey(key: string): ClassId | null {
    const usable = this.stage.schema.classes.filter((c) => !c.archived);
    const named = usable.find((c) => c.key === key);
    if (named) return named.id;
    const ordered = [...usable].sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
    const place = key === "0" ? 9 : Number(key) - 1;
    const here = ordered[place];
    return here && !here.key ? here.id : null;
  }
}
