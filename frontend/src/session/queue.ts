import type { Change, ElementRow } from "../engine/types";
import type { Outbox, OutboxRecord } from "./outbox";
import type { Edit, EditsAnswer, OpenConflict, OtherChange, RefusedEdit, Theirs, Unsent } from "./types";

type Key = string;
const keyOf = (r: { kind: string; element: string }): Key => `${r.kind}:${r.element}`;

/** The edits of one annotation that wait, in memory and on disk. Knows what may be merged with what, and which element
 * version each edit was made on; knows nothing of the network or of time. */
export class EditQueue {
  private records: OutboxRecord[] = [];
  private versions = new Map<Key, number>();
  private nextSeq = 1;
  /** Two tabs never give one number to two records: the one would wipe out the other on disk. */
  private readonly fraction = Math.random();
  /** Something is only in memory: the disk did not take it. */
  private unwritten = false;
  /** Writes to disk, one after the other. */
  private disk: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly annotation: number,
    private readonly outbox: Outbox,
    private readonly newId: () => string,
    private readonly person: number,
  ) {}

  /** Read what an earlier page left and lay it over the server's rows. */
  async restore(rows: readonly ElementRow[]): Promise<ElementRow[]> {
    for (const row of rows) this.versions.set(`${row.kind}:${row.element.id}`, row.version);
    this.records = await this.onDisk();
    const byKey = new Map(rows.map((row) => [`${row.kind}:${row.element.id}`, row]));
    for (const record of this.records) {
      const key = keyOf(record);
      const version = this.versions.get(key) ?? 0;
      if (record.after === null) byKey.delete(key);
      else byKey.set(key, { kind: record.kind, version, element: elementOf(record) });
    }
    return [...byKey.values()];
  }

  /** This person's records, oldest first. */
  private async onDisk(): Promise<OutboxRecord[]> {
    const all = (await this.outbox.all(this.annotation)).sort((a, b) => a.seq - b.seq);
    this.nextSeq = Math.max(this.nextSeq, Math.floor(all.at(-1)?.seq ?? 0) + 1);
    return all.filter((record) => (record.person ?? this.person) === this.person);
  }

  /** This tab sends now, in the place of another one: what that one left waits here too, what it settled no more. Gives
   * what was not known here. */
  async reread(): Promise<OtherChange[]> {
    await this.disk;
    if (this.unwritten) return [];
    const there = await this.onDisk();
    const known = new Map(this.records.map((record) => [record.seq, record]));
    this.records = there.map((record) =>
      known.get(record.seq)?.sent ? (known.get(record.seq) as OutboxRecord) : record,
    );
    return there.flatMap((r) => (known.has(r.seq) ? [] : [{ kind: r.kind, id: r.element, element: r.after }]));
  }

  /** This version of an element is written; what waits and was not sent yet was changed on top of it. */
  know(kind: string, element: string, version: number): void {
    const key = `${kind}:${element}`;
    this.versions.set(key, Math.max(version, this.versions.get(key) ?? 0));
    const later = this.records.filter((other) => keyOf(other) === key && !other.sent && other.state === "waiting");
    for (const other of later) other.over = version;
    this.toDisk(() => this.outbox.put(...later.map((r) => ({ ...r }))), later.length);
  }

  add(changes: readonly Change[]): void {
    const write: OutboxRecord[] = [];
    const drop: OutboxRecord[] = [];
    for (const change of changes) this.addOne(change, write, drop);
    if (drop.length) this.records = this.records.filter((record) => !drop.includes(record));
    this.toDisk(() => this.outbox.put(...write.map((record) => ({ ...record }))), write.length);
    this.toDisk(() => this.outbox.remove(...drop), drop.length);
  }

  private addOne(change: Change, write: OutboxRecord[], drop: OutboxRecord[]): void {
    const key = `${change.kind}:${change.id}`;
    const open = this.records.findLast((record) => keyOf(record) === key && !record.sent && !drop.includes(record));
    if (open) {
      const never = open.over === null && !this.records.some((r) => r !== open && keyOf(r) === key);
      if (change.after === null && never && open.state !== "conflict") {
        drop.push(open);
        return;
      }
      open.after = change.after;
      if (open.state === "refused") Object.assign(open, { state: "waiting", editId: this.newId() });
      write.push(open);
      return;
    }
    const record: OutboxRecord = {
      annotation: this.annotation,
      person: this.person,
      seq: this.nextSeq++ + this.fraction,
      kind: change.kind,
      element: change.id,
      editId: this.newId(),
      over: this.versions.get(key) ?? null,
      after: change.after,
      sent: false,
      state: "waiting",
    };
    this.records.push(record);
    write.push(record);
  }

  /** The next edits to send, oldest first, one an element; they are frozen from now on. On disk when it resolves. */
  async take(most: number, mostBytes: number): Promise<OutboxRecord[]> {
    const batch: OutboxRecord[] = [];
    const keys = new Set<Key>();
    let bytes = 0;
    for (const record of this.records) {
      const key = keyOf(record);
      if (keys.has(key)) continue;
      keys.add(key);
      if (record.state !== "waiting" || batch.length >= most) continue;
      bytes += JSON.stringify(record.after)?.length ?? 0;
      if (batch.length && bytes > mostBytes) break;
      batch.push(record);
    }
    for (const record of batch) record.sent = true;
    this.toDisk(() => this.outbox.put(...batch.map((record) => ({ ...record }))), batch.length);
    await this.disk;
    return batch;
  }

  /** Take in the server's answer to a batch. An edit it does not mention stays and is sent again. */
  settle(batch: readonly OutboxRecord[], answer: EditsAnswer): void {
    const byEdit = new Map(batch.map((record) => [record.editId, record]));
    for (const { id, version } of answer.accepted) {
      const record = byEdit.get(id);
      if (record) this.accept(record, version);
    }
    for (const { id, theirs } of answer.conflicts) {
      const record = byEdit.get(id);
      if (record) this.stop(record, { state: "conflict", theirs });
    }
    for (const { id, code, detail } of answer.rejected) {
      const record = byEdit.get(id);
      if (record) this.stop(record, { state: "refused", code, detail });
    }
  }

  private accept(record: OutboxRecord, version: number): void {
    this.drop(record);
    this.know(record.kind, record.element, version);
  }

  /** Stop a record until the person decides; a newer change of the same element becomes the one in question. */
  private stop(record: OutboxRecord, how: Partial<OutboxRecord>): void {
    const key = keyOf(record);
    const later = this.records.filter((other) => other !== record && keyOf(other) === key);
    const latest = later.at(-1);
    if (latest && how.state === "refused") return this.drop(record);
    Object.assign(record, how, { sent: false, editId: this.newId(), after: latest ? latest.after : record.after });
    for (const other of later) this.drop(other);
    this.toDisk(() => this.outbox.put({ ...record }), 1);
  }

  /** Refuse a batch as a whole: the server would not have it. */
  refuse(batch: readonly OutboxRecord[], code: string, detail: string): void {
    for (const record of batch) this.stop(record, { state: "refused", code, detail });
  }

  resolve(element: string, keep: "mine" | "theirs"): Theirs | null {
    const record = this.records.find((r) => r.element === element && r.state === "conflict");
    if (!record?.theirs) return null;
    const { theirs } = record;
    this.versions.set(keyOf(record), theirs.version);
    if (keep === "theirs") this.drop(record);
    else {
      Object.assign(record, { state: "waiting", over: theirs.version, editId: this.newId() });
      delete record.theirs;
      this.toDisk(() => this.outbox.put({ ...record }), 1);
    }
    return theirs;
  }

  /** Send refused edits once more: a class may be back, or a limit higher. */
  retry(): void {
    const again = this.records.filter((record) => record.state === "refused");
    for (const record of again) {
      Object.assign(record, { state: "waiting", editId: this.newId() });
      delete record.code;
      delete record.detail;
    }
    this.toDisk(() => this.outbox.put(...again.map((record) => ({ ...record }))), again.length);
  }

  /** All that the server does not have, as it would be sent, with the reason where there is one. */
  unsent(): Unsent[] {
    return this.records.map((r) => ({
      kind: r.kind,
      element: r.element,
      state: r.state,
      after: r.after,
      ...(r.code ? { code: r.code, detail: r.detail } : {}),
      ...(r.theirs ? { theirs: r.theirs } : {}),
    }));
  }

  discard(element: string): void {
    for (const record of this.records.filter((r) => r.element === element && r.state === "refused")) this.drop(record);
  }

  /** Regions whose deletion is not on the server yet. */
  removed(): string[] {
    return this.records.flatMap((r) => (r.kind === "region" && r.after === null ? [r.element] : []));
  }

  private drop(record: OutboxRecord): void {
    this.records = this.records.filter((other) => other !== record);
    this.toDisk(() => this.outbox.remove(record), 1);
  }

  private toDisk(write: () => Promise<void>, count: number): void {
    if (!count) return;
    // A full disk must not stop sending: the edits are still here and go out over the network.
    this.disk = this.disk.then(write).catch(() => {
      this.unwritten = true;
    });
  }

  /** When all that was said so far is on disk. */
  get written(): Promise<unknown> {
    return this.disk;
  }

  get waiting(): number {
    return this.records.filter((record) => record.state === "waiting").length;
  }

  /** Is a change of this element still to be sent? */
  pending(element: string, kind = "region"): boolean {
    return this.records.some((record) => record.element === element && record.kind === kind);
  }

  conflicts(): OpenConflict[] {
    return this.records.flatMap((r) =>
      r.state === "conflict" && r.theirs
        ? [{ element: r.element, mine: r.after as OpenConflict["mine"], theirs: r.theirs }]
        : [],
    );
  }

  refused(): RefusedEdit[] {
    return this.records.flatMap((r) =>
      r.state === "refused"
        ? [
            {
              element: r.element,
              code: r.code ?? "",
              detail: r.detail ?? "",
              change: r.after as RefusedEdit["change"],
              isNew: r.kind === "region" && r.over === null,
            },
          ]
        : [],
    );
  }
}

const elementOf = (record: OutboxRecord) =>
  record.kind === "answer" ? { id: record.element, value: record.after } : record.after;

/** A record as the server takes it. */
export function editOf(record: OutboxRecord): Edit {
  const base = { id: record.editId, kind: record.kind, over: record.over };
  if (record.after === null) return { ...base, op: "delete", element_id: record.element };
  if (record.kind === "answer") return { ...base, op: "put", answer: { id: record.element, value: record.after } };
  return { ...base, op: "put", region: record.after };
}
