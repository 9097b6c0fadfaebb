import { type Database, openDatabase, type Work } from "./database";
import type { Theirs } from "./types";

/** One change of one element that the server has not taken yet. What it says never changes: a later change of the same
 * element is a record of its own, with a number and an edit id of its own. Only where it stands with the server is
 * written over it, and it goes from the disk by number and edit id. */
export interface OutboxRecord {
  readonly annotation: number;
  /** Who made it: nobody else sends it. Work of an earlier release does not say. */
  readonly person?: number;
  /** Order of making among all tabs of this device. */
  readonly seq: number;
  readonly kind: "region" | "answer";
  readonly element: string;
  readonly editId: string;
  readonly over: number | null;
  /** The element as it shall be; null deletes it. */
  readonly after: unknown;
  /** It may be in the server's log: it is sent again as it is until that is known. */
  readonly sent: boolean;
  readonly state: "waiting" | "conflict" | "refused";
  readonly theirs?: Theirs;
  readonly code?: string;
  readonly detail?: string;
}

const FEW = 20; // records that are asked for one by one

/** Work whose edits wait on this device. */
export interface Waiting extends Work {
  readonly edits: number;
}

/** Whose edits of which annotation. */
export interface Owner {
  readonly annotation: number;
  readonly person: number;
}

export interface Kept {
  /** In the order of making. */
  readonly records: readonly OutboxRecord[];
  /** Numbers of what somebody else left on this device. */
  readonly foreign: readonly number[];
  /** What was removed because the server has it is in this version of the annotation, or an earlier one. */
  readonly version: number;
}

/** Records to write and to remove, and the version in which the removed ones are. */
export interface Rewrite {
  readonly put?: readonly OutboxRecord[];
  readonly remove?: readonly OutboxRecord[];
  readonly version?: number;
}

/** What the disk has at this very moment. */
export interface OnDisk {
  /** The asked-for records. */
  readonly found: ReadonlyMap<number, OutboxRecord>;
  /** The numbers of all records of the annotation. */
  readonly seqs: readonly number[];
  readonly next: number;
}

export type Plan = (there: OnDisk) => Rewrite;

/** Where unsent edits survive a reload or a crash: what all tabs of this device have in common. */
export interface Outbox {
  read(owner: Owner): Promise<Kept>;
  /** Look at records and write what follows from them, in one transaction: no other tab comes in between. */
  change(owner: Owner, seqs: readonly number[], plan: Plan): Promise<Rewrite>;
  /** Take or keep the writer's place; false while another tab has it, unless it is taken by force. */
  lease(annotation: number, tab: string, now: number, ttl: number, force?: boolean): Promise<boolean>;
  release(annotation: number, tab: string): Promise<void>;
  /** Say whose work an annotation's edits are. Gives the editing session of this device: this one, if there is none yet. */
  name(work: Work, session: string): Promise<string>;
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
    const edits = records.filter((r) => r.annotation === work.annotation && isOf(work, r)).length;
    return edits ? [{ ...work, edits }] : [];
  });
}

const isOf = ({ person }: { person: number }, record: OutboxRecord) => (record.person ?? person) === person;
const bySeq = (a: OutboxRecord, b: OutboxRecord) => a.seq - b.seq;
/** Numbers of an earlier release have fractions. */
const after = (last: number | undefined) => Math.floor(last ?? 0) + 1;

class StoredOutbox implements Outbox {
  constructor(private readonly db: Database) {}

  async read(owner: Owner): Promise<Kept> {
    const tx = this.db.transaction(["edits", "works"]);
    const [all, work] = await Promise.all([
      tx.objectStore("edits").index("annotation").getAll(owner.annotation),
      tx.objectStore("works").get([owner.annotation, owner.person]),
    ]);
    const foreign = all.flatMap((r) => (isOf(owner, r) ? [] : [r.seq]));
    return { records: all.filter((r) => isOf(owner, r)).sort(bySeq), foreign, version: work?.version ?? 0 };
  }

  async change(owner: Owner, seqs: readonly number[], plan: Plan): Promise<Rewrite> {
    const { annotation, person } = owner;
    const tx = this.db.transaction(["edits", "works"], "readwrite");
    const [edits, works] = [tx.objectStore("edits"), tx.objectStore("works")];
    const range = IDBKeyRange.bound([annotation, 0], [annotation, Number.MAX_SAFE_INTEGER]);
    const [keys, work, records] = await Promise.all([
      edits.getAllKeys(range),
      works.get([annotation, person]),
      // One question for many: the records between the first and the last are the asked-for ones, nearly always.
      seqs.length > FEW
        ? edits.getAll(IDBKeyRange.bound([annotation, Math.min(...seqs)], [annotation, Math.max(...seqs)]))
        : Promise.all(seqs.map((seq) => edits.get([annotation, seq]))),
    ]);
    const asked = new Set(seqs);
    const there = records.flatMap((r) => (r && asked.has(r.seq) && isOf(owner, r) ? [[r.seq, r] as const] : []));
    const all = keys.map(([, seq]) => seq);
    const next = Math.max(after(all.at(-1)), work?.next ?? 0);
    const rewrite = plan({ found: new Map(there), seqs: all, next });
    const { put = [], remove = [] } = rewrite;
    const counted = put.reduce((most, { seq }) => Math.max(most, seq + 1), next);
    const version = Math.max(rewrite.version ?? 0, work?.version ?? 0);
    const moves = work && (counted > (work.next ?? 0) || version > (work.version ?? 0));
    const further = moves ? [works.put({ ...work, version, next: counted })] : [];
    await Promise.all([
      ...remove.map((r) => edits.delete([annotation, r.seq])),
      ...put.map((r) => edits.put(r)),
      ...further,
      tx.done,
    ]);
    return rewrite;
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

  async name(work: Work, session: string): Promise<string> {
    const tx = this.db.transaction("works", "readwrite");
    const there = await tx.store.get([work.annotation, work.person]);
    const kept = { ...there, ...work, session: there?.session ?? session };
    await tx.store.put(kept);
    await tx.done;
    return kept.session;
  }

  async waiting(): Promise<Waiting[]> {
    return counted(await this.db.getAll("edits"), await this.db.getAll("works"));
  }

  close(): void {
    this.db.close();
  }
}

/** What one tab keeps where the browser keeps nothing, and from when the disk takes nothing more. */
export class MemoryOutbox implements Outbox {
  private readonly records = new Map<string, OutboxRecord>();
  private readonly works = new Map<string, Work>();
  private next = 1;

  constructor(records: Iterable<OutboxRecord> = []) {
    for (const record of records) this.records.set(`${record.annotation}:${record.seq}`, record);
  }

  async read(owner: Owner): Promise<Kept> {
    const own = [...this.records.values()].filter((r) => r.annotation === owner.annotation && isOf(owner, r));
    return { records: own.sort(bySeq), foreign: [], version: 0 };
  }

  async change(owner: Owner, seqs: readonly number[], plan: Plan): Promise<Rewrite> {
    const { records } = await this.read(owner);
    const asked = new Set(seqs);
    const found = new Map(records.flatMap((r) => (asked.has(r.seq) ? [[r.seq, r] as const] : [])));
    const all = records.map(({ seq }) => seq);
    const rewrite = plan({ found, seqs: all, next: Math.max(this.next, after(all.at(-1))) });
    for (const { seq } of rewrite.put ?? []) this.next = Math.max(this.next, seq + 1);
    for (const r of rewrite.remove ?? []) this.records.delete(`${r.annotation}:${r.seq}`);
    for (const r of rewrite.put ?? []) this.records.set(`${r.annotation}:${r.seq}`, r);
    return rewrite;
  }

  async lease(): Promise<boolean> {
    return true;
  }

  async release(): Promise<void> {}

  async name(work: Work, session: string): Promise<string> {
    this.works.set(`${work.annotation}:${work.person}`, work);
    return session;
  }

  async waiting(): Promise<Waiting[]> {
    return counted([...this.records.values()], [...this.works.values()]);
  }

  close(): void {}
}
