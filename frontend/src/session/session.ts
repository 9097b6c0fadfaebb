import type { Steps } from "../engine/history/history";
import { Emitter } from "../engine/scene/emitter";
import type { Change, ElementRow } from "../engine/types";
import { ActiveTime } from "./active";
import { BlobSender } from "./blobs";
import { Others } from "./others";
import type { Outbox, OutboxRecord } from "./outbox";
import { followPage } from "./page_life";
import { type EditQueue, editOf } from "./queue";
import type { StepKeeper } from "./steps";
import {
  type ClaimDocument,
  type EditsAnswer,
  type OpenConflict,
  type OtherChange,
  type RefusedEdit,
  type SaveState,
  type SessionEvents,
  SOMEBODY_ELSE,
  type SubmitAnswer,
  type TaskSession,
  type Theirs,
  type Transport,
  TransportError,
  type Unsent,
} from "./types";
import { becomeWriter, type WritersPlace } from "./writer";

const FLUSH_AFTER = 300; // ms from a stroke to its sending: strokes within it go together
const MOST_EDITS = 1000; // the server's limit a call
const MOST_BYTES = 3_000_000; // below the server's 4 MB
const KEEPALIVE_BYTES = 60_000; // browsers send at most 64 kB after a page has gone
const HEARTBEAT = 60_000; // ms
const ABANDONED = 30 * 60_000; // ms without a sign of life
const BACK_OFF = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000]; // ms between attempts without a network

/** The work is not settled on the server: there are conflicts or refused edits to decide, or no network. */
export class NotSaved extends Error {
  constructor(readonly state: SaveState) {
    super(`not everything is saved: ${state.kind}`);
    this.name = "NotSaved";
  }
}

/** An open task: sends what is drawn, keeps what cannot be sent. */
export class Session implements TaskSession {
  readonly elements: ElementRow[];
  readonly removed: readonly string[];
  readonly steps: Steps | null;
  private readonly events = new Emitter<SessionEvents>();
  private readonly blobs: BlobSender;
  private readonly active: ActiveTime;
  private readonly stopListening = new AbortController();
  private readonly place: WritersPlace;
  private readonly others: Others;
  private readonly heart: ReturnType<typeof setInterval>;
  private writer = false;
  private writerKnown = false;
  private drawnHere = false;
  private decide = () => {};
  private readonly decided = new Promise<void>((resolve) => {
    this.decide = resolve;
  });
  private online = true;
  /** Why the server takes nothing of this person here, in its words. */
  private blocked: string | null = null;
  private failures = 0;
  /** Somebody else signed in on this page: what waits stays here, for whoever made it. */
  private ousted = false;
  private closed = false;
  /** It is being handed in or given back: what the server says about the lease meanwhile is our own doing. */
  private ending = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  /** A call whose answer is not known: it is repeated as it was. */
  private unanswered: { batch: OutboxRecord[]; activeMs: number } | null = null;
  private mostEdits = MOST_EDITS;
  private lastState: SaveState = { kind: "saved" };

  constructor(
    private readonly claim: ClaimDocument,
    kept: { elements: ElementRow[]; steps: Steps | null },
    private readonly transport: Transport,
    outbox: Outbox,
    private readonly queue: EditQueue,
    private readonly keeper: StepKeeper,
    /** One editing session an open tab: the server takes its edits over each other without versions. */
    private readonly id: string,
    now: () => number,
  ) {
    this.elements = kept.elements;
    this.removed = [...new Set([...(claim.annotation.removed ?? []), ...queue.removed()])];
    this.steps = kept.steps;
    this.active = new ActiveTime(now);
    this.blobs = new BlobSender(claim.project.id, transport);
    this.place = becomeWriter(claim.annotation.id, id, outbox, (mine) => void this.writerChanged(mine));
    const { id: annotation, version } = claim.annotation;
    const show = (changes: readonly OtherChange[]) => this.events.emit("others", changes);
    const [ended, taken] = [() => void this.beat(), () => this.place.lose()];
    this.others = new Others(annotation, id, version, queue, transport, show, ended, taken);
    this.heart = setInterval(() => void this.beat(), HEARTBEAT);
    this.listen();
    this.announce();
  }

  on<K extends keyof SessionEvents>(event: K, listener: (value: SessionEvents[K]) => void): () => void {
    return this.events.on(event, listener);
  }

  get saveState(): SaveState {
    const waiting = this.queue.waiting;
    if (this.writerKnown && !this.writer) return { kind: "elsewhere" };
    if (this.blocked !== null && waiting) return { kind: "blocked", waiting, detail: this.blocked };
    if (!this.online && waiting) return { kind: "offline", waiting };
    const refused = this.queue.refused().length;
    if (refused) return { kind: "refused", count: refused };
    const conflicts = this.queue.conflicts().length;
    if (conflicts) return { kind: "conflict", count: conflicts };
    return waiting ? { kind: "saving", waiting } : { kind: "saved" };
  }

  get conflicts(): readonly OpenConflict[] {
    return this.queue.conflicts();
  }

  get refused(): readonly RefusedEdit[] {
    return this.queue.refused();
  }

  applyDiff({ origin, changes }: { origin: string; changes: readonly Change[] }): void {
    if (origin !== "user" && origin !== "history") return;
    this.touch();
    this.queue.add(changes);
    this.others.changed(changes.map(({ kind, id, after }) => ({ kind, id, element: after })));
    if (this.writerKnown && !this.writer) this.place.take();
    this.drawnHere = true;
    this.announce();
    this.schedule(FLUSH_AFTER);
  }

  touch(): void {
    this.active.touch();
  }

  check(): Promise<void> {
    return this.beat();
  }

  async resolve(element: string, keep: "mine" | "theirs"): Promise<Theirs> {
    const theirs = this.queue.resolve(element, keep);
    if (!theirs) throw new Error(`no conflict on element ${element}`);
    this.events.emit("conflict", this.conflicts);
    this.announce();
    this.schedule(0);
    await this.queue.written;
    return theirs;
  }

  async retry(): Promise<void> {
    this.queue.retry();
    this.events.emit("refused", this.refused);
    this.announce();
    this.schedule(0);
    await this.queue.written;
  }

  unsent(): Unsent[] {
    return this.queue.unsent();
  }

  keep(steps: Steps): void {
    if (!this.closed) this.keeper.keep(steps);
  }

  async discard(element: string): Promise<void> {
    this.queue.discard(element);
    this.events.emit("refused", this.refused);
    this.announce();
    await this.queue.written;
  }

  /** Send all that waits, now. Rejects with the network's error, or `NotSaved` when something has to be decided. */
  async flush(): Promise<void> {
    await this.decided;
    while (this.queue.waiting && !this.closed) {
      const before = this.failures;
      await this.sendOnce();
      if (this.failures > before || !this.writer) break;
    }
    if (this.saveState.kind !== "saved") throw new NotSaved(this.saveState);
  }

  async submit(
    outcome: { outcome?: string; outcome_reason?: string; pass_reason?: string } = {},
  ): Promise<SubmitAnswer> {
    await this.flush();
    const answer = await this.end(() =>
      this.withActive((active_ms) =>
        this.transport.submit(this.claim.assignment.id, { ...outcome, active_ms, token: this.claim.assignment.token }),
      ),
    );
    await this.keeper.forget();
    await this.close();
    return answer;
  }

  private async end<T>(call: () => Promise<T>): Promise<T> {
    this.ending = true;
    try {
      return await call();
    } catch (error) {
      this.ending = false;
      throw error;
    }
  }

  async skip(reason: string): Promise<void> {
    await this.settleFirst();
    const { id, token } = this.claim.assignment;
    await this.end(() => this.transport.skip(id, { reason, token }));
    await this.close();
  }

  async release(): Promise<void> {
    await this.settleFirst();
    const { id, token } = this.claim.assignment;
    await this.end(() => this.transport.release(id, { token }));
    await this.close();
  }

  async park(question: string, element?: string): Promise<void> {
    await this.settleFirst();
    const { id, token } = this.claim.assignment;
    await this.end(() => this.transport.park(id, { question, token, element }));
    await this.close();
  }

  /** The draft goes along as far as it can: what was refused or conflicts does not hold the task back. */
  private async settleFirst(): Promise<void> {
    await this.flush().catch((error: unknown) => {
      if (error instanceof NotSaved && (error.state.kind === "refused" || error.state.kind === "conflict")) return;
      throw error;
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    clearTimeout(this.timer);
    clearInterval(this.heart);
    this.stopListening.abort();
    if (this.queue.waiting && this.writer) await this.sendOnce();
    this.closed = true;
    clearTimeout(this.timer);
    await this.queue.written;
    this.keeper.close();
    this.others.close();
    await this.place.leave();
  }

  // --- sending

  private schedule(after: number): void {
    if (this.closed || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.sendOnce();
    }, after);
  }

  /** One call at a time; whoever asks meanwhile waits for that one. */
  private sendOnce(): Promise<void> {
    this.running ??= this.send().finally(() => {
      this.running = null;
      if (this.queue.waiting && this.writer && !this.ousted) this.schedule(this.failures ? this.backOff() : 0);
    });
    return this.running;
  }

  private async send(): Promise<void> {
    if (!this.writer || this.closed || this.ousted) return;
    if (this.others.behind && !(await this.caughtUp())) return;
    const repeated = this.unanswered !== null;
    const call = this.unanswered ?? {
      batch: await this.queue.take(this.mostEdits, MOST_BYTES),
      activeMs: this.active.take(),
    };
    if (!call.batch.length) return this.active.giveBack(call.activeMs);
    this.unanswered = call;
    try {
      const edits = await this.blobs.prepared(call.batch.map(editOf));
      const body = { session: this.id, edits, active_ms: call.activeMs };
      const keepalive = JSON.stringify(edits).length < KEEPALIVE_BYTES;
      const answer = await this.transport.sendEdits(this.claim.annotation.id, body, { keepalive });
      this.unanswered = null;
      this.others.answered(answer, call.batch, repeated);
      this.answered(call.batch, answer);
      if (this.others.behind) void this.caughtUp();
    } catch (error) {
      this.failed(call, error);
    }
  }

  private answered(batch: readonly OutboxRecord[], answer: EditsAnswer): void {
    this.queue.settle(batch, answer);
    this.failures = 0;
    this.online = true;
    this.blocked = null;
    this.mostEdits = Math.min(MOST_EDITS, this.mostEdits * 2);
    for (const { element, changed } of answer.accepted)
      if (changed && !this.queue.pending(element, changed.kind)) this.events.emit("stored", changed);
    this.events.emit("findings", {
      findings: answer.findings,
      pending: answer.rules_pending,
      elements: batch.map((record) => record.element),
    });
    this.announceProblems(answer.conflicts.length > 0, answer.rejected.length > 0);
  }

  /** Knows what others wrote; says whether the server could be asked. Without an answer it is asked again before sending. */
  private async caughtUp(): Promise<boolean> {
    try {
      await this.others.catchUp();
      return true;
    } catch (error) {
      // Sending asks for the sign-in; this question alone never does.
      if (error instanceof TransportError && error.status === 401) return true;
      if (this.unreached(error)) return false;
      this.others.behind = false; // asking is not possible at all: conflicts are told by the answers to edits
      return true;
    }
  }

  /** No network, a tired server, a sign-in that ended or somebody else's: keep and try again. Anything else is the edits' own fault. */
  private failed(call: { batch: OutboxRecord[]; activeMs: number }, error: unknown): void {
    if (this.unreached(error)) return;
    if (!(error instanceof TransportError)) throw error;
    this.unanswered = null;
    this.active.giveBack(call.activeMs);
    if (call.batch.length > 1) {
      // One of them is the reason: smaller and smaller calls find it, and the others are saved.
      this.mostEdits = Math.ceil(call.batch.length / 2);
      return this.schedule(0);
    }
    this.queue.refuse(call.batch, error.code, error.detail);
    this.announceProblems(false, true);
  }

  /** The server cannot or will not be asked now, whatever is asked: it is tried again later. */
  private unreached(error: unknown): boolean {
    const status = error instanceof TransportError ? error.status : 0;
    const blocked = status === 403 || status === 404;
    this.ousted = error instanceof TransportError && error.code === SOMEBODY_ELSE;
    if (!blocked && status < 500 && ![0, 401, 408, 425, 429].includes(status)) return false;
    this.failures += 1;
    this.online = blocked;
    if (blocked && this.blocked === null) void this.beat(); // perhaps the task is not in these hands any more
    this.blocked = blocked ? (error as TransportError).detail : null;
    this.announce();
    return true;
  }

  private backOff(): number {
    const step = BACK_OFF[Math.min(this.failures - 1, BACK_OFF.length - 1)] ?? 0;
    return step * (0.75 + Math.random() * 0.5);
  }

  // --- lease, tabs, page life

  private async beat(): Promise<void> {
    // A tab left open and forgotten must not hold the task for ever.
    if (this.closed || this.ending || !this.writer || this.active.idle() > ABANDONED) return;
    try {
      const answer = await this.withActive((active_ms) =>
        this.transport.heartbeat(this.claim.assignment.id, { token: this.claim.assignment.token, active_ms }),
      );
      this.events.emit("lease", { state: "held", expires_at: answer.expires_at });
      await this.others.catchUp().catch(() => {}); // the next beat asks again
    } catch (error) {
      const lost = error instanceof TransportError && (error.status === 409 || error.status === 404);
      if (lost && !this.ending && !this.closed) this.events.emit("lease", { state: "lost", expires_at: null });
    }
  }

  private async withActive<T>(call: (activeMs: number) => Promise<T>): Promise<T> {
    const ms = this.active.take();
    try {
      return await call(ms);
    } catch (error) {
      this.active.giveBack(ms);
      throw error;
    }
  }

  private async writerChanged(mine: boolean): Promise<void> {
    const known = this.writerKnown;
    const takesOver = mine && known;
    this.writer = mine;
    this.writerKnown = true;
    if (takesOver) {
      this.others.behind = true;
      this.others.takes();
      const left = await this.queue.reread();
      if (left.length) this.events.emit("others", left);
      if (!this.closed) void this.caughtUp();
    }
    // Drawn in before it was known that another tab has the place.
    if (!mine && !known && this.drawnHere) this.place.take();
    this.decide();
    this.announce();
    if (mine && this.queue.waiting) this.schedule(0);
  }

  private listen(): void {
    const now = () => {
      clearTimeout(this.timer);
      this.timer = undefined;
      if (this.queue.waiting) void this.sendOnce();
    };
    const offline = () => {
      this.online = false;
      this.announce();
    };
    const seen = () => void (this.writer && this.others.catchUp().catch(() => {}));
    followPage({ now, offline, seen }, this.stopListening.signal);
  }

  private announce(): void {
    const state = this.saveState;
    if (JSON.stringify(state) === JSON.stringify(this.lastState)) return;
    this.lastState = state;
    this.events.emit("save", state);
  }

  private announceProblems(conflicts: boolean, refused: boolean): void {
    if (conflicts) this.events.emit("conflict", this.conflicts);
    if (refused) this.events.emit("refused", this.refused);
    this.announce();
  }
}
