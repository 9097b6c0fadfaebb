import { knowBlob } from "../geometry/blobs";
import { Stage } from "../stage";
import type { Change, Region } from "../types";
import type { Held, Sight } from "./region_painter";

/** What changed in the document since the last message. `fresh`: all before it is forgotten. */
export interface DocumentPart {
  readonly kind: "document";
  readonly fresh: boolean;
  readonly last: boolean;
  readonly put: readonly Region[];
  readonly gone: readonly string[];
  readonly blobs: readonly (readonly [hash: string, counts: string])[];
}

export type Shown = Pick<Stage, "classes" | "decorations" | "ghosts" | "predictions" | "view">;

export interface PaintRequest {
  readonly kind: "paint";
  readonly id: number;
  readonly sight: Sight;
  readonly held: Held;
  readonly hidden: ReadonlySet<string>;
  readonly locked: ReadonlySet<string>;
  /** Only what is not as it was at the last request. */
  readonly shown: Partial<Shown>;
}

export type ToWorker = DocumentPart | PaintRequest | { readonly kind: "stop" };

/** The page's document on the worker's side: the same parts, so that the same code paints from it. */
export class RegionMirror {
  readonly stage = new Stage();
  /** A document that comes in parts; null: it is here. */
  private coming: Region[] | null = null;

  take({ fresh, last, put, gone, blobs }: DocumentPart): void {
    for (const [hash, counts] of blobs) knowBlob(hash, counts);
    if (fresh) {
      this.coming = [];
      this.stage.scene.clear();
      this.stage.index.load([]);
    }
    if (this.coming) return this.gather(put, new Set(gone), last);
    const changes = [
      ...gone.map((id) => this.change(id, null)),
      ...put.map((region) => this.change(region.id, region)),
    ];
    if (changes.length) this.stage.scene.apply({ label: "", origin: "remote", changes });
  }

  private gather(put: readonly Region[], gone: ReadonlySet<string>, last: boolean): void {
    const before = gone.size ? (this.coming ?? []).filter(({ id }) => !gone.has(id)) : (this.coming ?? []);
    for (const region of put) before.push(region);
    this.coming = last ? null : before;
    if (!last) return;
    const changes = before.map((region) => this.change(region.id, region));
    this.stage.scene.apply({ label: "load", origin: "load", changes });
    this.stage.index.load(this.stage.scene.regions());
  }

  private change(id: string, after: Region | null): Change {
    return { kind: "region", id, before: this.stage.scene.get(id) ?? null, after };
  }

  show({ hidden, locked, shown }: PaintRequest): void {
    Object.assign(this.stage, shown);
    replace(this.stage.picker.hidden, hidden);
    replace(this.stage.picker.locked, locked);
  }
}

function replace(set: Set<string>, by: ReadonlySet<string>): void {
  set.clear();
  for (const id of by) set.add(id);
}
