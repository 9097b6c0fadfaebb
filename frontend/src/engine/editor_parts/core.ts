import { type Camera, toImage, toScreen } from "../camera/camera";
import type { ScreenPoint } from "../geometry/points";
import type { EditorEvents, ViewSettings } from "../public";
import { Emitter } from "../scene/emitter";
import { type Damage, NO_DAMAGE, Stage } from "../stage";
import type { AttributeValue, ClassId, Diff, ElementId, ImageSize, LabelSchema, Region, UnknownRegion } from "../types";

/** What every part of the editor stands on: the stage, its events, and the one way to change the document. */
export class EditorCore {
  readonly stage = new Stage();

  protected damage: Damage = NO_DAMAGE;

  protected readonly events = new Emitter<EditorEvents>();

  constructor(protected readonly newId: () => string) {}

  protected unknownRegions: UnknownRegion[] = [];

  on<K extends keyof EditorEvents>(event: K, listener: (value: EditorEvents[K]) => void): () => void {
    return this.events.on(event, listener);
  }

  emit<K extends keyof EditorEvents>(event: K, value: EditorEvents[K]): void {
    this.events.emit(event, value);
  }

  get image(): ImageSize {
    return this.stage.image;
  }

  get schema(): LabelSchema {
    return this.stage.schema;
  }

  get semantic(): boolean {
    return this.stage.semantic;
  }

  get readOnly(): boolean {
    return this.stage.readOnly;
  }

  regions(): readonly Region[] {
    return [...this.stage.scene.regions()];
  }

  region(id: ElementId): Region | undefined {
    return this.stage.scene.get(id);
  }

  unknown(): readonly UnknownRegion[] {
    return this.unknownRegions;
  }

  numberOf(id: ElementId): number {
    return this.stage.scene.numberOf(id);
  }

  removed(): readonly ElementId[] {
    return this.stage.scene.removed();
  }

  answers(): Readonly<Record<string, AttributeValue>> {
    return this.stage.scene.answers();
  }

  counts(): ReadonlyMap<ClassId, number> {
    const counts = new Map<ClassId, number>();
    for (const region of this.stage.scene.regions()) counts.set(region.class, (counts.get(region.class) ?? 0) + 1);
    return counts;
  }

  get selection(): readonly ElementId[] {
    return this.stage.selection;
  }

  get currentClass(): ClassId | null {
    return this.stage.currentClass;
  }

  /** One user step. Nothing happens in a read-only document. */
  change(label: string, write: (put: (region: Region) => void, remove: (id: ElementId) => void) => void): Diff | null {
    if (this.stage.readOnly) return null;
    return this.stage.scene.transaction(label, "user", (tx) =>
      write(
        (region) => tx.put(region),
        (id) => tx.delete(id),
      ),
    );
  }

  editableRegions(ids: readonly ElementId[] = this.stage.selection): Region[] {
    return ids.flatMap((id) => (this.stage.picker.locked.has(id) ? [] : (this.stage.scene.get(id) ?? [])));
  }

  isHidden(id: ElementId): boolean {
    return this.stage.picker.hidden.has(id);
  }

  isLocked(id: ElementId): boolean {
    return this.stage.picker.locked.has(id);
  }

  get view(): ViewSettings {
    return this.stage.view;
  }

  get camera(): Camera {
    return this.stage.camera;
  }

  toScreen(point: { x: number; y: number }): ScreenPoint {
    return toScreen(this.stage.camera, point);
  }

  toImage(point: { x: number; y: number }) {
    return toImage(this.stage.camera, point);
  }

  protected usable(id: ClassId): boolean {
    const found = this.stage.classes.get(id);
    return found !== undefined && !found.archived;
  }
}
