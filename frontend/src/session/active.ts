const IDLE_AFTER = 60_000; // ms: a longer pause is not work

/** Time a person works on a task: gaps between signs of life, without those of a minute or more. */
export class ActiveTime {
  private last: number | null = null;
  private total = 0;
  private readonly opened: number;

  constructor(private readonly now: () => number = Date.now) {
    this.opened = now();
  }

  touch(): void {
    const now = this.now();
    const gap = this.last === null ? 0 : now - this.last;
    if (gap > 0 && gap < IDLE_AFTER) this.total += gap;
    this.last = now;
  }

  /** Milliseconds since the last sign of life; opening the task counts as one. */
  idle(): number {
    return this.now() - (this.last ?? this.opened);
  }

  /** What has come together since the last call, in whole milliseconds. */
  take(): number {
    const taken = Math.round(this.total);
    this.total = 0;
    return taken;
  }

  giveBack(ms: number): void {
    this.total += ms;
  }
}
