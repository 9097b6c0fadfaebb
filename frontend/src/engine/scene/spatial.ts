import Flatbush from "flatbush";
import RBush from "rbush";
import { type Bounds, boundsTouch } from "../geometry/boxes";
import { ops } from "../shapes";
import type { Diff, ElementId, Region } from "../types";

interface Entry {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  id: ElementId;
}

/** Which regions are where. What was loaded lies in a packed static tree (flatbush), what was edited since in a
 * dynamic one (rbush): opening 10,000 regions costs one sort, an edit a few microseconds. */
export class SpatialIndex {
  private packed: Flatbush | null = null;
  private packedIds: ElementId[] = [];
  /** Loaded regions that were edited or deleted since: their packed entry is stale. */
  private readonly stale = new Set<ElementId>();
  private readonly edited = new RBush<Entry>();
  private readonly entries = new Map<ElementId, Entry>();
  private readonly boundsById = new Map<ElementId, Bounds>();

  load(regions: Iterable<Region>): void {
    const placed = [...regions].filter((region) => region.shape !== "tag");
    this.stale.clear();
    this.edited.clear();
    this.entries.clear();
    this.boundsById.clear();
    this.packedIds = placed.map((region) => region.id);
    this.packed = placed.length ? new Flatbush(placed.length) : null;
    for (const region of placed) {
      const b = ops.bounds(region);
      this.boundsById.set(region.id, b);
      this.packed?.add(...b);
    }
    this.packed?.finish();
  }

  update(diff: Diff): void {
    for (const change of diff.changes) {
      if (change.kind !== "region") continue;
      if (change.before) this.remove(change.id);
      if (change.after && change.after.shape !== "tag") this.insert(change.after);
    }
  }

  boundsOf(id: ElementId): Bounds | undefined {
    return this.boundsById.get(id);
  }

  /** Ids whose bounds touch the box, in no order. */
  search(box: Bounds): ElementId[] {
    const found: ElementId[] = [];
    for (const i of this.packed?.search(...box) ?? []) {
      const id = this.packedIds[i] as ElementId;
      if (!this.stale.has(id)) found.push(id);
    }
    for (const entry of this.edited.search({ minX: box[0], minY: box[1], maxX: box[2], maxY: box[3] }))
      found.push(entry.id);
    return found;
  }

  private insert(region: Region): void {
    const b = ops.bounds(region);
    const entry = { minX: b[0], minY: b[1], maxX: b[2], maxY: b[3], id: region.id };
    this.edited.insert(entry);
    this.entries.set(region.id, entry);
    this.boundsById.set(region.id, b);
  }

  private remove(id: ElementId): void {
    const entry = this.entries.get(id);
    if (entry) {
      this.edited.remove(entry);
      this.entries.delete(id);
    } else this.stale.add(id);
    this.boundsById.delete(id);
  }

  /** For tests: does any stale answer slip through? */
  consistent(): boolean {
    return [...this.entries].every(([id, e]) => {
      const b = this.boundsById.get(id);
      return b !== undefined && boundsTouch(b, [e.minX, e.minY, e.maxX, e.maxY]);
    });
  }
}
