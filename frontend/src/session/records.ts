import { bodyOf, type Key, keyOf } from "./known";
import type { OutboxRecord } from "./outbox";
import type { Edit, Theirs } from "./types";

export const keyOfRecord = ({ kind, element }: OutboxRecord): Key => keyOf({ kind, id: element });

/** The record as the disk has it, if it is still the one. */
export function same(
  found: ReadonlyMap<number, OutboxRecord>,
  record: OutboxRecord | undefined,
): OutboxRecord | undefined {
  const there = record && found.get(record.seq);
  return there?.editId === record?.editId ? there : undefined;
}

/** What of an element goes next; nothing while a conflict has to be decided. */
export const sendable = (records: readonly OutboxRecord[]): OutboxRecord | undefined =>
  records.some((r) => r.state === "conflict") ? undefined : records.find((r) => r.state === "waiting");

/** The same change as one that was never sent. */
export function anew({ theirs: _, code: __, detail: ___, ...record }: OutboxRecord, editId: string): OutboxRecord {
  return { ...record, editId, state: "waiting", sent: false };
}

export const storedOf = ({ kind, element: id }: OutboxRecord, { version, deleted, element }: Theirs) => ({
  kind,
  id,
  version,
  element: deleted ? null : bodyOf(kind, element),
});

export const elementOf = ({ kind, element: id }: OutboxRecord, { element }: { element: unknown }): unknown =>
  kind === "answer" && element !== null ? { id, value: element } : element;

/** A record as the server takes it. */
export function editOf(record: OutboxRecord): Edit {
  const base = { id: record.editId, kind: record.kind, over: record.over };
  if (record.after === null) return { ...base, op: "delete", element_id: record.element };
  if (record.kind === "answer") return { ...base, op: "put", answer: { id: record.element, value: record.after } };
  return { ...base, op: "put", region: record.after };
}
