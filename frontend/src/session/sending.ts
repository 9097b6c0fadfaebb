import type { ActiveTime } from "./active";
import type { BlobSender } from "./blobs";
import type { Others } from "./others";
import type { OutboxRecord } from "./outbox";
import type { EditQueue } from "./queue";
import { editOf } from "./records";
import { type EditsAnswer, SOMEBODY_ELSE, type Transport, TransportError } from "./types";

const MOST_EDITS = 1000; // the server's limit a call
const MOST_BYTES = 3_000_000; // below the server's 4 MB
const KEEPALIVE_BYTES = 60_000; // browsers send at most 64 kB after a page has gone
const BACK_OFF = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000]; // ms between attempts without a network

/** Where the edits come from and go to. */
export interface SenderParts {
  readonly session: string;
  readonly annotation: number;
  readonly transport: Transport;
  readonly queue: EditQueue;
  readonly others: Others;
  readonly blobs: BlobSender;
  readonly active: ActiveTime;
}

/** What the session around it says and hears. */
export interface SenderHost {
  /** This tab has the writer's place, and the task is open. */
  may(): boolean;
  /** The queue or the line has changed. */
  changed(): void;
  answered(batch: readonly OutboxRecord[], answer: EditsAnswer): void;
  refused(): void;
  /** The server will not have this person here: perhaps the task is not in these hands any more. */
  shutOut(): void;
}

/** Brings the queue to the server: one call at a time, again when the line fails, smaller when one edit spoils a call. */
export class Sender {
  /** Calls in a row that did not reach anybody. */
  failures = 0;
  online = true;
  /** Why the server takes nothing of this person here, in its words. */
  blocked: string | null = null;
  /** Somebody else signed in on this page: what waits stays here, for whoever made it. */
  ousted = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  /** A call whose answer is not known: when it is repeated as it was, its time counts once. */
  private unanswered: { edits: string; activeMs: number } | null = null;
  private mostEdits = MOST_EDITS;
  private closed = false;

  constructor(
    private readonly parts: SenderParts,
    private readonly host: SenderHost,
  ) {}

  schedule(after: number): void {
    if (this.closed || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.now();
    }, after);
  }

  unschedule(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** One call at a time; whoever asks meanwhile waits for that one. */
  now(): Promise<void> {
    this.running ??= this.send().finally(() => {
      this.running = null;
      if (this.parts.queue.waiting && this.host.may() && !this.ousted)
        this.schedule(this.failures ? this.backOff() : 0);
    });
    return this.running;
  }

  close(): void {
    this.closed = true;
    this.unschedule();
  }

  private async send(): Promise<void> {
    const { queue, others, blobs, transport } = this.parts;
    if (!this.host.may() || this.closed || this.ousted) return;
    if (others.behind && !(await this.caughtUp())) return;
    const batch = await queue.take(this.mostEdits, MOST_BYTES);
    this.host.changed();
    if (!batch.length) return;
    const call = { batch, activeMs: this.timeOf(batch) };
    try {
      const edits = await blobs.prepared(batch.map(editOf));
      const body = { session: this.parts.session, edits, active_ms: call.activeMs };
      const keepalive = JSON.stringify(edits).length < KEEPALIVE_BYTES;
      const answer = await transport.sendEdits(this.parts.annotation, body, { keepalive });
      this.unanswered = null;
      others.answered(answer, batch);
      await queue.settle(batch, answer);
      others.wrote();
      this.failures = 0;
      this.online = true;
      this.blocked = null;
      this.mostEdits = Math.min(MOST_EDITS, this.mostEdits * 2);
      this.host.answered(batch, answer);
      if (others.behind) void this.caughtUp();
    } catch (error) {
      await this.failed(call, error);
    }
  }

  /** The time that goes along with a call: a repeat of one that was not answered names the same. */
  private timeOf(batch: readonly OutboxRecord[]): number {
    const { active } = this.parts;
    const edits = batch.map(({ editId }) => editId).join();
    const before = this.unanswered;
    if (before && before.edits !== edits) active.giveBack(before.activeMs);
    const activeMs = before?.edits === edits ? before.activeMs : active.take();
    this.unanswered = { edits, activeMs };
    return activeMs;
  }

  /** Knows what others wrote; says whether the server could be asked. Without an answer it is asked again before sending. */
  async caughtUp(): Promise<boolean> {
    const { others } = this.parts;
    try {
      await others.catchUp();
      return true;
    } catch (error) {
      // Sending asks for the sign-in; this question alone never does.
      if (error instanceof TransportError && error.status === 401) return true;
      if (this.unreached(error)) return false;
      others.giveUp();
      return true;
    }
  }

  /** No network, a tired server, a sign-in that ended or somebody else's: keep and try again. Anything else is the edits' own fault. */
  private async failed(call: { batch: readonly OutboxRecord[]; activeMs: number }, error: unknown): Promise<void> {
    if (this.unreached(error)) return;
    if (!(error instanceof TransportError)) throw error;
    this.unanswered = null;
    this.parts.active.giveBack(call.activeMs);
    if (call.batch.length > 1) {
      // One of them is the reason: smaller and smaller calls find it, and the others are saved.
      this.mostEdits = Math.ceil(call.batch.length / 2);
      return this.schedule(0);
    }
    await this.parts.queue.refuse(call.batch, error.code, error.detail);
    this.parts.others.wrote();
    this.host.refused();
  }

  /** The server cannot or will not be asked now, whatever is asked: it is tried again later. */
  private unreached(error: unknown): boolean {
    const status = error instanceof TransportError ? error.status : 0;
    const blocked = status === 403 || status === 404;
    this.ousted = error instanceof TransportError && error.code === SOMEBODY_ELSE;
    if (!blocked && status < 500 && ![0, 401, 408, 425, 429].includes(status)) return false;
    this.failures += 1;
    this.online = blocked;
    if (blocked && this.blocked === null) this.host.shutOut();
    this.blocked = blocked ? (error as TransportError).detail : null;
    this.host.changed();
    return true;
  }

  private backOff(): number {
    const step = BACK_OFF[Math.min(this.failures - 1, BACK_OFF.length - 1)] ?? 0;
    return step * (0.75 + Math.random() * 0.5);
  }
}
