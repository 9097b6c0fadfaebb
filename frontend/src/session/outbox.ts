import { type Database, openDatabase, type Work } from "./database";
import type { Theirs } from "./types";

/** One change of one element that the server has not taken yet. `sent` freezes it: its edit id may be in the server's
 * log already, so a later change of the same element is a record of its own. */
export interface OutboxRecord {
  readonly annotation: number;
  /** Who made it: nobody else sends it. Work of an earlier release does not say. */
  readonly person?: number;
  /** Order of making, unique within the annotation: tabs count on their own, each with a fraction of its own. */
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

/** Work whose edits wait on this device. */
export interface Waiting extends Work {
  readonly edits: number;
}

/** Where unsent edits survive a reload or a crash. Writes are in order; a promise tells when they are on disk. */
export interface Outbox {
  all(annotation: number): Promise<OutboxRecord[]>;
  put(...records: readonly OutboxRecord[]): Promise<void>;
  remove(...records: readonly OutboxRecord[]): Promise<void>;
  /** Take or keep the writer's place; false while another tab has it, unless it is taken by force. */
  lease(annotation: number, tab: string, now: number, ttl: number, force?: boolean): Promise<boolean>;
  release(annotation: number, tab: string): Promise<void>;
  /** Say whose work an annotation's edits are. */
  name(work: Work): Promise<void>;
  /** Work with anything unsent: to bring home after a crash. */
  waiting(): Promise<Waiting[]>;
  close(): void;
}

export async function openOutbox(name?: string): Promise<Outbox> {
  try {
    return new StoredOutbox(await openDatabase(name));
  } catch {
    // Private windows of some browsers have no IndexedDB: edits then live as long as the page.
    return new MemoryOutbox();
  }
}

/** How many edits of each annotation wait, beside what their work is called. */
function counted(records: readonly OutboxRecord[], works: readonly Work[]): Waiting[] {
  return works.flatMap((work) => {
    const own = (r: OutboxRecord) => r.annotation === work.annotation && (r.person ?? work.person) === work.person;
    const edits = records.filter(own).length;
    return edits ? [{ ...work, edits }] : [];
  });
}

class StoredOutbox implements Outbox {
  constructor(private readonly db: Database) {}

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

  async lease(annotation: number, tab: string, now: number, ttl: number, force = false): Promise<boolean> {
    const tx = this.db.transaction("writers", "readwrite");
    const held = await tx.store.get(annotation);
    const free = force || !held || held.tab === tab || held.until <= now;
    if (free) await tx.store.put({ annotation, tab, until: now + ttl });
    await tx.done;
    return free;
  }

  async release(annotation: number, tab: string): Promise<void> {
    const tx = this.db.transaction("writers", "readwrite");
    if ((await tx.store.get(annotation))?.tab === tab) await tx.store.delete(annotation);
    await tx.done;
  }

  async name(work: Work): Promise<void> {
    await this.db.put("works", work);
  }

  async waiting(): Promise<Waiting[]> {
    return counted(await this.db.getAll("edits"), await this.db.getAll("works"));
  }

  close(): void {
    this.db.close();
  }
}

class MemoryOutbox implements Outbox {
  private readonly records = new Map<string, OutboxRecord>();
  private readonly works = new Map<string, Work>();

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

  async name(work: Work): Promise<void> {
    this.works.set(`${work.annotation}:${work.person}`, work);
  }

  async waiting(): Promise<Waiting[]> {
    return counted([...this.records.values()], [...this.works.values()]);
  }

  close(): void {}
}
