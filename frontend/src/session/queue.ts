import type { Change, ElementRow } from "../engine/types";
import type { Outbox, OutboxRecord } from "./outbox";
import type { Edit, EditsAnswer, OpenConflict, OtherChange, RefusedEdit, Theirs, Unsent } from "./types";

type Key = string;
const keyOf = (r: { kind: string; element: string }): Key => `${r.kind}:${r.element}`;

/** A version of an element that is on the server. */
export type Written = readonly [kind: string, element: string, version: number];

/** The edits of one annotation that wait, in memory and on disk. Knows what may be merged with what, and which element
 * version each edit was made on; knows nothing of the network or of time. */
export class EditQueue {
  private records: OutboxRecord[] = [];
  private versions = new Map<Key, number>();
  private nextSeq = 1;
  /** Two tabs never give one number to two records: the one would wipe out the other on disk. */
  private readonly fraction = Math.random();
  /** Records of another tab that wait here too since this one took its place, by number. */
  private readonly adopted = new Set<number>();
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
    for (const { seq } of there) if (!known.has(seq)) this.adopted.add(seq);
    return there.flatMap((r) => (known.has(r.seq) ? [] : [{ kind: r.kind, id: r.element, element: r.after }]));
  }

  /** These versions of elements are written; what waits and was not sent yet was changed on top of them. */
  know(written: readonly Written[]): void {
    const byKey = grouped(this.records);
    const later: OutboxRecord[] = [];
    for (const [kind, element, version] of written) {
      const key = `${kind}:${element}`;
      this.versions.set(key, Math.max(version, this.versions.get(key) ?? 0));
      for (const record of byKey.get(key) ?? []) {
        if (record.sent || record.state !== "waiting") continue;
        record.over = version;
        later.push(record);
      }
    }
    this.toDisk(() => this.outbox.put(...later.map((record) => ({ ...record }))), later.length);
  }

  add(changes: readonly Change[]): void {
    const write: OutboxRecord[] = [];
    const drop = new Set<OutboxRecord>();
    const byKey = grouped(this.records);
    for (const change of changes) this.addOne(change, byKey, write, drop);
    this.toDisk(() => this.outbox.put(...write.map((record) => ({ ...record }))), write.length);
    this.drop(drop);
  }

  private addOne(
    change: Change,
    byKey: Map<Key, OutboxRecord[]>,
    write: OutboxRecord[],
    drop: Set<OutboxRecord>,
  ): void {
    const key = `${change.kind}:${change.id}`;
    const own = (byKey.get(key) ?? []).filter((record) => !drop.has(record));
    const open = own.findLast((record) => !record.sent);
    if (open) {
      if (change.after === null && open.over === null && own.length === 1 && open.state !== "conflict") {
        drop.add(open);
        return;
      }
      open.after = change.after;
      // Under its old name the server would take it for what another tab may have sent meanwhile, and drop it unsaid.
      open.editId = this.newId();
      this.adopted.delete(open.seq);
      if (open.state === "refused") open.state = "waiting";
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
    byKey.set(key, [...own, record]);
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
    const taken = answer.accepted.flatMap(({ id, version }) => {
      const record = byEdit.get(id);
      return record ? [{ record, version }] : [];
    });
    this.drop(new Set(taken.map(({ record }) => record)));
    // What was changed while these edits were on their way was changed on top of them.
    this.know(taken.map(({ record, version }): Written => [record.kind, record.element, version]));
    for (const { id, theirs } of answer.conflicts) {
      const record = byEdit.get(id);
      if (record) this.stop(record, { state: "conflict", theirs });
    }
    for (const { id, code, detail } of answer.rejected) {
      const record = byEdit.get(id);
      if (record) this.stop(record, { state: "refused", code, detail });
    }
  }

  /** Stop a record until the person decides; a newer change of the same element becomes the one in question. */
  private stop(record: OutboxRecord, how: Partial<OutboxRecord>): void {
    const key = keyOf(record);
    const later = this.records.filter((other) => other !== record && keyOf(other) === key);
    const latest = later.at(-1);
    if (latest && how.state === "refused") return this.drop(new Set([record]));
    Object.assign(record, how, { sent: false, editId: this.newId(), after: latest ? latest.after : record.after });
    this.drop(new Set(later));
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
    if (keep === "theirs") this.drop(new Set([record]));
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
    this.drop(new Set(this.records.filter((r) => r.element === element && r.state === "refused")));
  }

  /** Regions whose deletion is not on the server yet. */
  removed(): string[] {
    return this.records.flatMap((r) => (r.kind === "region" && r.after === null ? [r.element] : []));
  }

  private drop(gone: ReadonlySet<OutboxRecord>): void {
    if (!gone.size) return;
    this.records = this.records.filter((record) => !gone.has(record));
    this.toDisk(() => this.outbox.remove(...gone), gone.size);
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

  /** Is a change of this element that was made in this tab still to be sent? */
  pending(element: string, kind = "region"): boolean {
    return this.records.some((r) => r.element === element && r.kind === kind && !this.adopted.has(r.seq));
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

function grouped(records: readonly OutboxRecord[]): Map<Key, OutboxRecord[]> {
  const byKey = new Map<Key, OutboxRecord[]>();
  for (const record of records) {
    const key = keyOf(record);
    const own = byKey.get(key);
    if (own) own.push(record);
    else byKey.set(key, [record]);
  }
  return byKey;
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
