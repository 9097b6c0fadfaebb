import { byMaking } from "../ids";
import type { AttributeValue, Change, Diff, ElementId, Origin, Region } from "../types";

/** What a transaction may do. Everything is written at its end, or nothing when it throws. */
export interface Transaction {
  put(region: Region): void;
  delete(id: ElementId): void;
  answer(name: string, value: AttributeValue): void;
  get(id: ElementId): Region | undefined;
}

/** The document on the canvas: frozen regions by id, answers by name. `transaction` is its one writer. */
export class Scene {
  private readonly byId = new Map<ElementId, Region>();
  private readonly answerByName = new Map<string, AttributeValue>();
  private readonly numbers = new Map<ElementId, number>();
  private readonly listeners = new Set<(diff: Diff) => void>();

  get size(): number {
    return this.byId.size;
  }

  get(id: ElementId): Region | undefined {
    return this.byId.get(id);
  }

  has(id: ElementId): boolean {
    return this.byId.has(id);
  }

  regions(): IterableIterator<Region> {
    return this.byId.values();
  }

  answer(name: string): AttributeValue {
    return this.answerByName.get(name) ?? null;
  }

  answers(): Readonly<Record<string, AttributeValue>> {
    return Object.fromEntries(this.answerByName);
  }

  /** Counts up from 1 by first appearance; a deleted region keeps its number, so that the others keep theirs. */
  numberOf(id: ElementId): number {
    return this.numbers.get(id) ?? 0;
  }

  /** Regions that have a number and are not there any more. */
  removed(): ElementId[] {
    return [...this.numbers.keys()].filter((id) => !this.byId.has(id));
  }

  onDiff(listener: (diff: Diff) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Run `write`, then apply all of it at once. Returns the diff, or null when nothing changed. */
  transaction(label: string, origin: Origin, write: (tx: Transaction) => void): Diff | null {
    const regions = new Map<ElementId, Region | null>();
    const answers = new Map<string, AttributeValue>();
    const seen = (id: ElementId) => (regions.has(id) ? (regions.get(id) ?? undefined) : this.byId.get(id));
    write({
      put: (region) => regions.set(region.id, Object.isFrozen(region) ? region : Object.freeze({ ...region })),
      delete: (id) => regions.set(id, null),
      answer: (name, value) => answers.set(name, value),
      get: seen,
    });
    const changes: Change[] = [];
    for (const [id, after] of regions) {
      const before = this.byId.get(id) ?? null;
      if (before !== after) changes.push({ kind: "region", id, before, after });
    }
    for (const [id, after] of answers) {
      const before = this.answer(id);
      if (!sameValue(before, after)) changes.push({ kind: "answer", id, before, after });
    }
    return changes.length ? this.apply({ label, origin, changes }) : null;
  }

  /** Write a diff as it is: undo, redo and loading come this way. What is loaded lies, and is numbered, in the order in
   * which it was made, as it was while it was drawn: the server keeps elements in the order of their ids. */
  apply(diff: Diff): Diff {
    const changes = diff.origin === "load" ? diff.changes.toSorted((a, b) => byMaking(a.id, b.id)) : diff.changes;
    for (const change of changes) {
      if (change.kind === "answer") this.writeAnswer(change.id, change.after);
      else this.write(change.id, change.after);
    }
    for (const listener of this.listeners) listener(diff);
    return diff;
  }

  clear(): void {
    this.byId.clear();
    this.answerByName.clear();
    this.numbers.clear();
  }

  private write(id: ElementId, region: Region | null): void {
    if (region) this.byId.set(id, region);
    else this.byId.delete(id);
    if (!this.numbers.has(id)) this.numbers.set(id, this.numbers.size + 1);
  }

  private writeAnswer(name: string, value: AttributeValue): void {
    if (value === null) this.answerByName.delete(name);
    else this.answerByName.set(name, value);
  }
}

function sameValue(a: AttributeValue, b: AttributeValue): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, i) => v === b[i]));
}

/** The diff that takes this one back. */
export function invert(diff: Diff, origin: Origin): Diff {
  const changes = diff.changes
    .map((change): Change => ({ ...change, before: change.after, after: change.before }) as Change)
    .reverse();
  return { label: diff.label, origin, changes };
}
