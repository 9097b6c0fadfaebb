import type { Change, ElementRow } from "../engine/types";
import { type Key, type Known, keyOf, type News } from "./known";
import {
  MemoryOutbox,
  type OnDisk,
  type Outbox,
  type OutboxRecord,
  type Owner,
  type Plan,
  type Rewrite,
} from "./outbox";
import { anew, elementOf, keyOfRecord, same, sendable, storedOf } from "./records";
import type { EditsAnswer, OpenConflict, OtherChange, RefusedEdit, Theirs, Unsent } from "./types";

type Changes = Map<Key, Change>;

/** The edits of one annotation that wait on this device, whichever tab made them, and what each element looks like with
 * them: as it was changed last, else as the server has it. The disk is the truth; what is in memory mirrors it, and a
 * record is changed or sent only after a look at the disk in the same transaction. Knows nothing of the network or of time. */
export class EditQueue {
  /** What the disk had when it was last looked at, in the order of making. */
  private records = new Map<Key, readonly OutboxRecord[]>();
  /** The numbers of all that was there, also of what somebody else left. */
  private numbers = new Set<number>();
  /** Changes of this tab on their way to the disk, the newer ones first in question. */
  private drawn: Changes = new Map();
  private writing: Changes = new Map();
  /** Elements that may look otherwise than on the canvas. */
  private readonly moved = new Set<Key>();
  /** The version in which everything is that was settled and removed from the disk. */
  private settled = 0;
  /** One after the other. */
  private disk: Promise<unknown> = Promise.resolve();
  private appends = false;
  private rereads: Promise<void> | null = null;
  /** The disk takes nothing (more): what waits is in this tab alone. */
  alone = false;

  constructor(
    private readonly owner: Owner,
    private outbox: Outbox,
    private readonly newId: () => string,
    private readonly known: Known,
  ) {}

  /** Read what waits from before and lay it over the server's rows. */
  async restore(rows: readonly ElementRow[]): Promise<ElementRow[]> {
    await this.refresh();
    this.moved.clear();
    const laid = new Map(rows.map((row) => [`${row.kind}:${row.element.id}`, row]));
    for (const [key, records] of this.records) {
      const { kind, element, after } = records.at(-1) as OutboxRecord;
      const version = laid.get(key)?.version ?? 0;
      if (after === null) laid.delete(key);
      else laid.set(key, { kind, version, element: kind === "answer" ? { id: element, value: after } : after });
    }
    return [...laid.values()];
  }

  // --- the disk

  /** What this tab changed: on the canvas already, on the disk in a moment. */
  add(changes: readonly Change[]): void {
    for (const change of changes) this.drawn.set(keyOf(change), change);
    if (this.appends) return;
    this.appends = true;
    this.inTurn(() => this.append());
  }

  private async append(): Promise<void> {
    this.appends = false;
    this.writing = this.drawn;
    this.drawn = new Map();
    const lasts = () => [...this.writing.keys()].flatMap((key) => this.records.get(key)?.at(-1) ?? []);
    await this.change(lasts, (there) => this.appended(there));
    // What was taken back may be there by another device's hand.
    for (const key of this.writing.keys()) if (!this.records.has(key)) this.moved.add(key);
    this.writing = new Map();
  }

  /** A change takes the place of one that nobody has sent and stands behind one that was. */
  private appended({ found, next }: OnDisk): { put: OutboxRecord[]; remove: OutboxRecord[] } {
    const put: OutboxRecord[] = [];
    const remove: OutboxRecord[] = [];
    for (const [key, { kind, id, after }] of this.writing) {
      const own = this.records.get(key) ?? [];
      const last = same(found, own.at(-1));
      const replaced = last && (last.state === "refused" || (last.state === "waiting" && !last.sent));
      if (replaced) remove.push(last);
      const there = this.known.get(key);
      const over = last ? last.over : (there?.version ?? null);
      const unheard = over === null && !there && !this.behind && own.length === (replaced ? 1 : 0);
      if (after === null && unheard) continue; // made and deleted again before it was sent
      const { annotation, person } = this.owner;
      const editId = this.newId();
      put.push({
        annotation,
        person,
        seq: next + put.length,
        kind,
        element: id,
        editId,
        over,
        after,
        sent: false,
        state: "waiting",
      });
    }
    return { put, remove };
  }

  /** Look at the disk anew: other tabs write there too. */
  refresh(): Promise<void> {
    this.rereads ??= this.inTurn(() => {
      this.rereads = null;
      return this.reread();
    });
    return this.rereads;
  }

  private async reread(): Promise<void> {
    const kept = await this.outbox.read(this.owner).catch(() => null);
    if (!kept) return this.goOnAlone();
    const before = this.records;
    this.records = new Map();
    this.numbers = new Set(kept.foreign);
    for (const record of kept.records) this.put(record);
    this.settled = Math.max(this.settled, kept.version);
    for (const key of new Set([...before.keys(), ...this.records.keys()]))
      if (before.get(key)?.at(-1)?.editId !== this.records.get(key)?.at(-1)?.editId) this.moved.add(key);
  }

  /** Change these records on the disk, as far as they are still there, and in memory. What is decided stands on all that
   * is on disk: where another tab has written what is not known here, the disk is read first. */
  private async change(
    choose: () => readonly OutboxRecord[],
    plan: Plan,
    version = 0,
  ): Promise<readonly OutboxRecord[]> {
    for (;;) {
      const seqs = choose().map(({ seq }) => seq);
      let stale = false;
      const mine: Plan = (there) => {
        stale = there.seqs.some((seq) => !this.numbers.has(seq));
        return stale ? {} : { ...plan(there), version };
      };
      const done = await this.outbox.change(this.owner, seqs, mine).catch(() => {
        // A full disk must not stop sending: the edits are still here and go out over the network.
        this.goOnAlone();
        return this.outbox.change(this.owner, seqs, mine);
      });
      if (stale) await this.reread();
      else return this.mirror(done, version);
    }
  }

  private mirror({ put = [], remove = [] }: Rewrite, version: number): readonly OutboxRecord[] {
    for (const record of remove) this.remove(record);
    for (const record of put) this.put(record);
    this.settled = Math.max(this.settled, version);
    return put;
  }

  private goOnAlone(): void {
    this.alone = true;
    this.outbox = new MemoryOutbox(this.all());
  }

  private put(record: OutboxRecord): void {
    const key = keyOfRecord(record);
    const others = (this.records.get(key) ?? []).filter(({ seq }) => seq !== record.seq);
    this.numbers.add(record.seq);
    this.records.set(
      key,
      [...others, record].sort((a, b) => a.seq - b.seq),
    );
  }

  private remove(record: OutboxRecord): void {
    const key = keyOfRecord(record);
    const left = (this.records.get(key) ?? []).filter(({ seq }) => seq !== record.seq);
    this.numbers.delete(record.seq);
    if (left.length) this.records.set(key, left);
    else this.records.delete(key);
  }

  private inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.disk.then(run);
    this.disk = done.catch(() => {});
    return done;
  }

  /** When all that was said so far is on disk. */
  get written(): Promise<unknown> {
    return this.disk;
  }

  // --- sending

  /** The next edits to send, oldest first, one an element; on disk they are marked as sent. What was sent before and is not
   * answered goes first, and by itself, so that it is the same call as before. */
  take(most: number, mostBytes: number): Promise<readonly OutboxRecord[]> {
    return this.inTurn(async () => {
      let chosen: readonly OutboxRecord[] = [];
      const choose = () => {
        chosen = this.next(most, mostBytes);
        return chosen;
      };
      const batch = await this.change(choose, ({ found }) => ({
        put: chosen.flatMap((record) => {
          const there = same(found, record);
          return there?.state === "waiting" ? [{ ...there, sent: true }] : [];
        }),
      }));
      if (chosen.length && !batch.length) await this.reread(); // another tab was quicker
      return batch;
    });
  }

  private next(most: number, mostBytes: number): OutboxRecord[] {
    const firsts = [...this.records.values()].flatMap((records) => sendable(records) ?? []);
    const again = firsts.filter((record) => record.sent);
    const ready = (again.length ? again : firsts).sort((a, b) => a.seq - b.seq).slice(0, most);
    let bytes = 0;
    const full = ready.findIndex((record, n) => {
      bytes += JSON.stringify(record.after)?.length ?? 0;
      return n > 0 && bytes > mostBytes;
    });
    return full < 0 ? ready : ready.slice(0, full);
  }

  /** Take in the server's answer to a batch. An edit it does not mention stays and is sent again. */
  settle(batch: readonly OutboxRecord[], answer: EditsAnswer): Promise<void> {
    const accepted = new Map(answer.accepted.map(({ id, version }) => [id, version]));
    const conflicts = new Map(answer.conflicts.map(({ id, theirs }) => [id, theirs]));
    const rejected = new Map(answer.rejected.map((one) => [one.id, one]));
    return this.inTurn(async () => {
      const keys = new Set(batch.map(keyOfRecord));
      const all = () => [...keys].flatMap((key) => this.records.get(key) ?? []);
      const plan: Plan = ({ found }) => {
        const put: OutboxRecord[] = [];
        const remove: OutboxRecord[] = [];
        for (const sent of batch) {
          const record = same(found, sent);
          const version = accepted.get(sent.editId);
          const theirs = conflicts.get(sent.editId);
          const rejection = rejected.get(sent.editId);
          if (version !== undefined) {
            if (record) remove.push(record);
            for (const other of this.beside(sent, found)) {
              // What was changed while this was on its way was changed on top of it.
              if (other.seq > sent.seq && other.state === "waiting" && !other.sent)
                put.push({ ...other, over: version });
              if (other.seq < sent.seq && other.state === "refused") remove.push(other);
            }
          } else if (record?.state !== "waiting") continue;
          else if (theirs) put.push({ ...record, state: "conflict", theirs, sent: false });
          else if (rejection) {
            const { code, detail } = rejection;
            put.push({ ...record, state: "refused", code, detail, sent: false });
          }
        }
        return { put, remove };
      };
      await this.change(all, plan, accepted.size ? answer.version : 0);
      // Somebody has written over it already, before the answer came.
      for (const record of batch) {
        const key = keyOfRecord(record);
        const version = accepted.get(record.editId) ?? Number.POSITIVE_INFINITY;
        if ((this.known.get(key)?.version ?? 0) > version) this.moved.add(key);
      }
    });
  }

  /** The other records of the same element that are on disk. */
  private beside(record: OutboxRecord, found: ReadonlyMap<number, OutboxRecord>): OutboxRecord[] {
    const own = this.records.get(keyOfRecord(record)) ?? [];
    return own.flatMap((other) => (other.editId === record.editId ? [] : (same(found, other) ?? [])));
  }

  /** Refuse a batch as a whole: the server would not have it. */
  refuse(batch: readonly OutboxRecord[], code: string, detail: string): Promise<void> {
    const rejected = batch.map(({ editId }) => ({ id: editId, code, detail }));
    const answer = { version: 0, accepted: [], conflicts: [], rejected, findings: [], rules_pending: [] };
    return this.settle(batch, answer);
  }

  // --- what the person decides

  /** Null when there is no such conflict; else what the server has by now. */
  async resolve(element: string, keep: "mine" | "theirs"): Promise<Theirs | null> {
    const stopped = this.all().find((r) => r.element === element && r.state === "conflict");
    if (!stopped?.theirs) return null;
    const key = keyOfRecord(stopped);
    this.known.learn({ since: Number.POSITIVE_INFINITY, version: 0, results: [storedOf(stopped, stopped.theirs)] });
    const there = this.known.get(key);
    const newer = there && there.version > stopped.theirs.version;
    const theirs = newer
      ? {
          ...stopped.theirs,
          version: there.version,
          deleted: there.element === null,
          element: elementOf(stopped, there),
        }
      : stopped.theirs;
    await this.inTurn(() =>
      this.change(
        () => this.records.get(key) ?? [],
        ({ found, next }) => {
          const own = [...found.values()].sort((a, b) => a.seq - b.seq);
          const latest = own.at(-1);
          if (!latest || keep === "theirs") return { remove: own };
          return { remove: own, put: [{ ...anew(latest, this.newId()), seq: next, over: theirs.version || null }] };
        },
      ),
    );
    this.moved.add(key);
    return theirs;
  }

  /** Send refused edits once more: a class may be back, or a limit higher. */
  retry(): Promise<unknown> {
    const refused = () => this.all().filter((record) => record.state === "refused");
    return this.inTurn(() =>
      this.change(refused, ({ found, next }) => {
        const again = [...found.values()];
        return { remove: again, put: again.map((r, n) => ({ ...anew(r, this.newId()), seq: next + n })) };
      }),
    );
  }

  discard(element: string): Promise<unknown> {
    const refused = () => this.all().filter((r) => r.element === element && r.state === "refused");
    return this.inTurn(() => {
      for (const record of refused()) this.moved.add(keyOfRecord(record));
      return this.change(refused, ({ found }) => ({ remove: [...found.values()] }));
    });
  }

  // --- what there is

  /** The server has this now. On the canvas it is already where this tab or device wrote it. */
  learn(news: News, onCanvas = false): void {
    for (const key of this.known.learn(news)) if (!onCanvas) this.moved.add(key);
  }

  /** Something was saved and removed from the disk that this tab has not heard of. */
  get behind(): boolean {
    return this.settled > this.known.version;
  }

  /** What may have to be put on the canvas since it was last asked for. What is neither here any more nor known of the
   * server stays as it is until that is known. */
  changed(): OtherChange[] {
    const out: OtherChange[] = [];
    for (const key of [...this.moved]) {
      const mine = this.mine(key);
      if (!mine && this.behind) continue;
      this.moved.delete(key);
      const cut = key.indexOf(":");
      const [kind, id] = [key.slice(0, cut) as OtherChange["kind"], key.slice(cut + 1)];
      out.push({ kind, id, element: mine ? mine.after : (this.known.get(key)?.element ?? null) });
    }
    return out;
  }

  /** How an element was changed last, where that still waits. */
  private mine(key: Key): { readonly after: unknown } | undefined {
    return this.drawn.get(key) ?? this.writing.get(key) ?? this.records.get(key)?.at(-1);
  }

  private all(): OutboxRecord[] {
    return [...this.records.values()].flat().sort((a, b) => a.seq - b.seq);
  }

  /** Elements with something that can be sent. */
  get waiting(): number {
    const fresh = [...new Set([...this.drawn.keys(), ...this.writing.keys()])];
    const stopped = (key: Key) => this.records.get(key)?.some((r) => r.state === "conflict") ?? false;
    let count = fresh.filter((key) => !stopped(key)).length;
    for (const [key, records] of this.records)
      if (sendable(records) && !this.drawn.has(key) && !this.writing.has(key)) count += 1;
    return count;
  }

  /** Is a change of this element still to be sent? */
  pending(element: string, kind: "region" | "answer" = "region"): boolean {
    return this.mine(keyOf({ kind, id: element })) !== undefined;
  }

  /** All that the server does not have, an entry an element, with the reason where there is one. */
  unsent(): Unsent[] {
    const stopped = [...this.records].map(([key, records]): Unsent => {
      const last = records.at(-1) as OutboxRecord;
      const { state, code, detail, theirs } = records.find((r) => r.state === "conflict") ?? last;
      return {
        kind: last.kind,
        element: last.element,
        state,
        after: this.mine(key)?.after,
        ...(code && state === "refused" ? { code, detail } : {}),
        ...(theirs ? { theirs } : {}),
      };
    });
    const fresh = [...new Map([...this.writing, ...this.drawn])].filter(([key]) => !this.records.has(key));
    return [
      ...stopped,
      ...fresh.map(([, { kind, id, after }]): Unsent => ({ kind, element: id, state: "waiting", after })),
    ];
  }

  /** Regions whose deletion is not on the server yet. */
  removed(): string[] {
    return this.all().flatMap((r) => (r.kind === "region" && r.after === null ? [r.element] : []));
  }

  conflicts(): OpenConflict[] {
    return [...this.records].flatMap(([key, records]) => {
      const { element, theirs } = records.find((r) => r.state === "conflict") ?? {};
      return element && theirs ? [{ element, mine: this.mine(key)?.after as OpenConflict["mine"], theirs }] : [];
    });
  }

  refused(): RefusedEdit[] {
    return [...this.records].flatMap(([key, records]) => {
      const last = records.at(-1);
      if (last?.state !== "refused" || this.drawn.has(key) || this.writing.has(key)) return [];
      const { element, code = "", detail = "", after, kind, over } = last;
      return [
        { element, code, detail, change: after as RefusedEdit["change"], isNew: kind === "region" && over === null },
      ];
    });
  }
}
