import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Diff } from "../engine/types";
import type { OutboxRecord } from "./outbox";

/** A tab's place as the one that writes an annotation, where the browser has no locks. */
interface Writer {
  readonly annotation: number;
  readonly tab: string;
  /** Milliseconds since 1970 until which the place is taken. */
  readonly until: number;
}

/** Whose work lies on this device, and what to call it. */
export interface Work {
  readonly annotation: number;
  readonly assignment: number;
  readonly person: number;
  /** The person's name, for whoever else sits down at this device. */
  readonly who: string;
  readonly task: string;
}

/** What the tabs of this device have in common about a piece of work, beside its edits. */
export interface KeptWork extends Work {
  /** The editing session under which all of them send. */
  readonly session?: string;
  /** The version of the annotation up to which edits were settled and removed here. */
  readonly version?: number;
  /** The next number of an edit: none is given twice, so that a number says whether a tab knows the edit. */
  readonly next?: number;
}

/** How many of an annotation's steps are done; the others were undone. */
export interface StepMark {
  readonly annotation: number;
  readonly person: number;
  readonly done: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Schema extends DBSchema {
  edits: { key: [number, number]; value: OutboxRecord; indexes: { annotation: number } };
  writers: { key: number; value: Writer };
  works: { key: [number, number]; value: KeptWork };
  steps: { key: [number, number]; value: { annotation: number; n: number; diff: Diff } };
  marks: { key: number; value: StepMark };
}

export type Database = IDBPDatabase<Schema>;

const NAME = "labelwright";

/** What this device keeps of open work. Rejects where the browser has no IndexedDB (private windows of some). */
export function openDatabase(name: string = NAME): Promise<Database> {
  return openDB<Schema>(name, 2, {
    upgrade(db, from) {
      if (from < 1) {
        db.createObjectStore("edits", { keyPath: ["annotation", "seq"] }).createIndex("annotation", "annotation");
        db.createObjectStore("writers", { keyPath: "annotation" });
      }
      db.createObjectStore("works", { keyPath: ["annotation", "person"] });
      db.createObjectStore("steps", { keyPath: ["annotation", "n"] });
      db.createObjectStore("marks", { keyPath: "annotation" });
    },
    // A tab of a newer release wants to upgrade: this one lets go; it reopens on its next reload.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
    },
  });
}
