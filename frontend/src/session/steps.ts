import type { Steps } from "../engine/history/history";
import type { Diff } from "../engine/types";
import { type Database, openDatabase } from "./database";

const KEPT = 14 * 24 * 3600_000; // ms that the undo of a task is kept after its last step

/** The undo of one annotation on this device: one row a step, so that a stroke writes one row however long the history is. */
export class StepKeeper {
  private saved: readonly Diff[] = [];
  private disk: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly db: Database | null,
    private readonly annotation: number,
    private readonly person: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Nothing where there is none, where somebody else made it, or where the browser keeps nothing. */
  static async open(annotation: number, person: number, name?: string): Promise<StepKeeper> {
    return new StepKeeper(await openDatabase(name).catch(() => null), annotation, person);
  }

  async restore(): Promise<Steps | null> {
    if (!this.db) return null;
    await this.sweep();
    const mark = await this.db.get("marks", this.annotation);
    if (!mark) return null;
    if (mark.person !== this.person) {
      await this.forget();
      return null;
    }
    const rows = await this.db.getAll("steps", this.range());
    const line = rows.map((row) => row.diff);
    this.saved = line;
    return { done: line.slice(0, mark.done), undone: line.slice(mark.done).reverse() };
  }

  /** Keep these steps: what is there already stays, the others are written. */
  keep({ done, undone }: Steps): void {
    const line = [...done, ...[...undone].reverse()];
    let same = 0;
    while (same < line.length && line[same] === this.saved[same]) same += 1;
    const beyond = this.saved.length > line.length;
    this.saved = line;
    this.toDisk(async (db) => {
      const tx = db.transaction(["steps", "marks"], "readwrite");
      const { annotation, person } = this;
      const steps = tx.objectStore("steps");
      if (beyond) steps.delete(this.range(line.length));
      for (let n = same; n < line.length; n += 1) steps.put({ annotation, n, diff: line[n] as Diff });
      tx.objectStore("marks").put({ annotation, person, done: done.length, at: this.now() });
      await tx.done;
    });
  }

  /** The task is handed in: its steps mean nothing any more. */
  forget(): Promise<unknown> {
    this.saved = [];
    this.toDisk((db) => this.drop(db, this.annotation));
    return this.disk;
  }

  /** When all that was said so far is on disk. */
  get written(): Promise<unknown> {
    return this.disk;
  }

  close(): void {
    void this.disk.then(() => this.db?.close());
  }

  private range(from = 0): IDBKeyRange {
    return IDBKeyRange.bound([this.annotation, from], [this.annotation, Number.MAX_SAFE_INTEGER]);
  }

  private async drop(db: Database, annotation: number): Promise<void> {
    const tx = db.transaction(["steps", "marks"], "readwrite");
    tx.objectStore("steps").delete(IDBKeyRange.bound([annotation, 0], [annotation, Number.MAX_SAFE_INTEGER]));
    tx.objectStore("marks").delete(annotation);
    await tx.done;
  }

  private async sweep(): Promise<void> {
    if (!this.db) return;
    for (const mark of await this.db.getAll("marks"))
      if (this.now() - mark.at > KEPT) await this.drop(this.db, mark.annotation);
  }

  private toDisk(write: (db: Database) => Promise<void>): void {
    const { db } = this;
    if (db) this.disk = this.disk.then(() => write(db)).catch(() => {}); // a full disk takes the undo, not the work
  }
}
