import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Theirs } from "./types";

/** One change of one element that the server has not taken yet. `sent` freezes it: its edit id may be in the server's
 * log already, so a later change of the same element is a record of its own. */
export interface OutboxRecord {
  readonly annotation: number;
  /** Order of making, unique within the annotation. */
  readonly seq: number;
  readonly kind: "region" | "answer";
  readonly element: string;
  editId: string;
  over: number | null;
  /** The element as it shall be; null deletes it. */
  after: unknown;
  sent: boolean;
  state: "waiting" | "conflict" | "refused";
  theirs?: Theirs;
  code?: string;
  detail?: string;
}

interface Writer {
  readonly annotation: number;
  readonly tab: string;
  /** Milliseconds since 1970 until which the place is taken. */
  readonly until: number;
}

interface Schema extends DBSchema {
  edits: { key: [number, number]; value: OutboxRecord; indexes: { annotation: number } };
  writers: { key: number; value: Writer };
}

/** Where unsent edits survive a reload or a crash. Writes are in order; a promise tells when they are on disk. */
export interface Outbox {
  all(annotation: number): Promise<OutboxRecord[]>;
  put(...records: readonly OutboxRecord[]): Promise<void>;
  remove(...records: readonly OutboxRecord[]): Promise<void>;
  /** Take or keep the writer's place; false while another tab has it. */
  lease(annotation: number, tab: string, now: number, ttl: number): Promise<boolean>;
  release(annotation: number, tab: string): Promise<void>;
  /** Annotations with anything unsent: work to bring home after a crash. */
  waiting(): Promise<number[]>;
  close(): void;
}

const NAME = "labelwright";

export async function openOutbox(name: string = NAME): Promise<Outbox> {
  try {
    return new StoredOutbox(await open(name));
  } catch {
    // Private windows of some browsers have no IndexedDB: edits then live as long as the page.
    return new MemoryOutbox();
  }
}

const open = (name: string) =>
  openDB<Schema>(name, 1, {
    upgrade(db) {
      db.createObjectStore("edits", { keyPath: ["annotation", "seq"] }).createIndex("annotation", "annotation");
      db.createObjectStore("writers", { keyPath: "annotation" });
    },
  });

class StoredOutbox implements Outbox {
  constructor(private readonly db: IDBPDatabase<Schema>) {}

  all(annotation: number): Promise<OutboxRecord[]> {
    return this.db.getAllFromIndex("edits", "annotation", annotation);
  }

  async put(...records: readonly OutboxRecord[]): Promise<void> {
    const tx = this.db.transaction("edits", "readwrite");
    await Promise.all([...records.map((record) => tx.store.put(record)), tx.done]);
  }

  async remove(...records: readonly OutboxRecord[]): Promise<void> {
    const tx = this.db.transaction("edits", "readwrite");
    await Promise.all([...records.map((r) => tx.store.delete([r.annotation, r.seq])), tx.done]);
  }

  async lease(annotation: number, tab: string, now: number, ttl: number): Promise<boolean> {
    const tx = this.db.transaction("writers", "readwrite");
    const held = await tx.store.get(annotation);
    const free = !held || held.tab === tab || held.until <= now;
    if (free) await tx.store.put({ annotation, tab, until: now + ttl });
    await tx.done;
    return free;
  }

  async release(annotation: number, tab: string): Promise<void> {
    const tx = this.db.transaction("writers", "readwrite");
    if ((await tx.store.get(annotation))?.tab === tab) await tx.store.delete(annotation);
    await tx.done;
  }

  async waiting(): Promise<number[]> {
    const keys = await this.db.getAllKeys("edits");
    return [...new Set(keys.map(([annotation]) => annotation))];
  }

  close(): void {
    this.db.close();
  }
}

class MemoryOutbox implements Outbox {
  private readonly records = new Map<string, OutboxRecord>();

  async all(annotation: number): Promise<OutboxRecord[]> {
    return [...this.records.values()]
      .filter((record) => record.annotation === annotation)
      .sort((a, b) => a.seq - b.seq);
  }

  async put(...records: readonly OutboxRecord[]): Promise<void> {
    for (const record of records) this.records.set(`${record.annotation}:${record.seq}`, structuredClone(record));
  }

  async remove(...records: readonly OutboxRecord[]): Promise<void> {
    for (const record of records) this.records.delete(`${record.annotation}:${record.seq}`);
  }

  async lease(): Promise<boolean> {
    return true;
  }

  async release(): Promise<void> {}

  async waiting(): Promise<number[]> {
    return [...new Set([...this.records.values()].map((record) => record.annotation))];
  }

  close(): void {}
}
