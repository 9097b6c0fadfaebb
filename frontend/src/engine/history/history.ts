import { invert, type Scene } from "../scene/scene";
import type { Change, Diff } from "../types";

/** All that can be undone and redone, oldest first. */
export interface Steps {
  readonly done: readonly Diff[];
  readonly undone: readonly Diff[];
}

/** Undo and redo of one task. A step is everything a person did between two marks (pointer down to up is one), never
 * merged by time; only diffs of origin `user` are kept. */
export class History {
  private readonly done: Diff[] = [];
  private readonly undone: Diff[] = [];
  private open: Diff[] | null = null;
  private readonly stop: () => void;

  constructor(
    private readonly scene: Scene,
    private readonly changed: () => void = () => {},
  ) {
    this.stop = scene.onDiff((diff) => this.record(diff));
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** Diffs until `close` become one step. */
  mark(): void {
    this.close();
    this.open = [];
  }

  close(): void {
    const step = this.open;
    this.open = null;
    if (step?.length) this.push(merge(step));
  }

  undo(): Diff | null {
    this.close();
    const step = this.done.pop();
    if (!step) return null;
    this.undone.push(step);
    const diff = this.scene.apply(invert(step, "history"));
    this.changed();
    return diff;
  }

  redo(): Diff | null {
    this.close();
    const step = this.undone.pop();
    if (!step) return null;
    this.done.push(step);
    const diff = this.scene.apply({ ...step, origin: "history" });
    this.changed();
    return diff;
  }

  /** Another task: nothing of the last one can be undone there. */
  clear(): void {
    this.done.length = 0;
    this.undone.length = 0;
    this.open = null;
    this.changed();
  }

  dump(): Steps {
    this.close();
    return this.steps;
  }

  /** What can be undone and redone now; what is being drawn is not among it yet. */
  get steps(): Steps {
    return { done: [...this.done], undone: [...this.undone] };
  }

  /** Go on with the steps of a document that is as it was when they were taken. */
  restore({ done, undone }: Steps): void {
    this.clear();
    this.done.push(...done);
    this.undone.push(...undone);
    this.changed();
  }

  dispose(): void {
    this.stop();
  }

  private record(diff: Diff): void {
    if (diff.origin === "remote") this.forget(diff);
    if (diff.origin !== "user") return;
    if (this.open) this.open.push(diff);
    else this.push(diff);
  }

  private push(step: Diff): void {
    this.done.push(step);
    this.undone.length = 0;
    this.changed();
  }

  /** What the server or another device wrote must not be overwritten by an undo of something older. */
  private forget(diff: Diff): void {
    const touched = new Set(diff.changes.map((change) => `${change.kind}:${change.id}`));
    for (const stack of [this.done, this.undone]) {
      const kept = stack
        .map((step) => ({ ...step, changes: step.changes.filter((c) => !touched.has(`${c.kind}:${c.id}`)) }))
        .filter((step) => step.changes.length);
      stack.splice(0, stack.length, ...kept);
    }
    this.changed();
  }
}

/** Several diffs as one: the first before and the last after of each element. */
export function merge(diffs: readonly Diff[]): Diff {
  const changes = new Map<string, Change>();
  for (const diff of diffs)
    for (const change of diff.changes) {
      const key = `${change.kind}:${change.id}`;
      const first = changes.get(key);
      changes.set(key, first ? ({ ...change, before: first.before } as Change) : change);
    }
  const real = [...changes.values()].filter((change) => change.before !== change.after);
  return { label: diffs[0]?.label ?? "", origin: "user", changes: real };
}
