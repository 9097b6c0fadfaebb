import type { Steps } from "../engine/history/history";
import { Emitter } from "../engine/scene/emitter";
import type { Change, ElementRow } from "../engine/types";
import { ActiveTime } from "./active";
import { BlobSender } from "./blobs";
import type { News } from "./known";
import { Others } from "./others";
import type { OutboxRecord } from "./outbox";
import { followPage } from "./page_life";
import type { SessionParts } from "./parts";
import type { EditQueue } from "./queue";
import { Sender } from "./sending";
import type { StepKeeper } from "./steps";
import {
  type ClaimDocument,
  type EditsAnswer,
  type OpenConflict,
  type RefusedEdit,
  type SaveState,
  type SessionEvents,
  type SubmitAnswer,
  type TaskSession,
  type Theirs,
  type Transport,
  TransportError,
  type Unsent,
} from "./types";
import { becomeWriter, type WritersPlace } from "./writer";

const FLUSH_AFTER = 300; // ms from a stroke to its sending: strokes within it go together
const HEARTBEAT = 60_000; // ms
const ABANDONED = 30 * 60_000; // ms without a sign of life
const RETAKE_AFTER = 1_000; // ms until a tab whose disk takes nothing asks for the writer's place again

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
  private readonly queue: EditQueue;
  private readonly keeper: StepKeeper;
  private readonly events = new Emitter<SessionEvents>();
  private readonly sender: Sender;
  private readonly active: ActiveTime;
  private readonly stopListening = new AbortController();
  private readonly place: WritersPlace;
  private readonly others: Others;
  private readonly heart: ReturnType<typeof setInterval>;
  private writer = false;
  private writerKnown = false;
  private drawnHere = false;
  /** Who waits until it is known whose place it is, and until it is this tab's. */
  private readonly awaited = new Set<() => void>();
  /** Somebody listens to what others do: until then it is kept. */
  private shows = false;
  private closed = false;
  /** It is being handed in or given back: what the server says about the lease meanwhile is our own doing. */
  private ending = false;
  private lastState: SaveState = { kind: "saved" };

  constructor(
    private readonly claim: ClaimDocument,
    kept: { elements: ElementRow[]; steps: Steps | null },
    private readonly transport: Transport,
    parts: SessionParts,
  ) {
    this.queue = parts.queue;
    this.keeper = parts.keeper;
    this.elements = kept.elements;
    this.removed = [...new Set([...(claim.annotation.removed ?? []), ...this.queue.removed()])];
    this.steps = kept.steps;
    this.active = new ActiveTime(parts.now);
    const { id: annotation } = claim.annotation;
    const hears = {
      disk: () => void this.lookAgain(),
      taken: () => this.place.lose(),
      news: (news: News, onCanvas: boolean) => this.heard(news, onCanvas),
      ended: () => void this.beat(),
    };
    const channel = parts.browser.channel(`labelwright:${annotation}`);
    this.others = new Others(annotation, parts.tab, parts.known, transport, channel, hears, () => this.queue.behind);
    this.sender = new Sender(
      {
        session: parts.id,
        annotation,
        transport,
        queue: this.queue,
        others: this.others,
        blobs: new BlobSender(claim.project.id, transport),
        active: this.active,
      },
      {
        may: () => this.writer && !this.closed,
        changed: () => {
          this.show();
          this.announce();
        },
        answered: (batch, answer) => this.stored(batch, answer),
        refused: () => this.announceProblems(false, true),
        shutOut: () => void this.beat(),
      },
    );
    this.place = becomeWriter(
      annotation,
      parts.tab,
      parts.outbox,
      parts.browser.locks,
      (mine) => void this.writerChanged(mine),
    );
    this.heart = setInterval(() => void this.beat(), HEARTBEAT);
    this.listen();
    this.announce();
  }

  on<K extends keyof SessionEvents>(event: K, listener: (value: SessionEvents[K]) => void): () => void {
    if (event === "others" && !this.shows) {
      this.shows = true;
      queueMicrotask(() => this.show());
    }
    return this.events.on(event, listener);
  }

  get saveState(): SaveState {
    const waiting = this.queue.waiting;
    if (this.writerKnown && !this.writer) return { kind: "elsewhere" };
    const { blocked, online } = this.sender;
    if (blocked !== null && waiting) return { kind: "blocked", waiting, detail: blocked };
    if (!online && waiting) return { kind: "offline", waiting };
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
    void this.queue.written.then(() => {
      this.others.wrote();
      this.show();
    });
    this.drawnHere = true;
    if (this.writerKnown && !this.writer) this.place.take();
    this.announce();
    this.sender.schedule(FLUSH_AFTER);
  }

  touch(): void {
    this.active.touch();
  }

  check(): Promise<void> {
    return this.beat();
  }

  async resolve(element: string, keep: "mine" | "theirs"): Promise<Theirs> {
    const theirs = await this.queue.resolve(element, keep);
    if (!theirs) throw new Error(`no conflict on element ${element}`);
    this.events.emit("conflict", this.conflicts);
    this.decided();
    return theirs;
  }

  async retry(): Promise<void> {
    await this.queue.retry();
    this.events.emit("refused", this.refused);
    this.decided();
  }

  /** The person has decided about something that stood still. */
  private decided(): void {
    this.others.wrote();
    this.show();
    this.announce();
    this.sender.schedule(0);
  }

  unsent(): Unsent[] {
    return this.queue.unsent();
  }

  keep(steps: Steps): void {
    if (!this.closed) this.keeper.keep(steps);
  }

  async discard(element: string): Promise<void> {
    await this.queue.discard(element);
    this.events.emit("refused", this.refused);
    this.decided();
  }

  /** Send all that waits on this device, now. Rejects with the network's error, or `NotSaved` when something has to be decided. */
  async flush(): Promise<void> {
    await this.until(() => this.writerKnown);
    await this.lookAgain();
    while (this.queue.waiting && !this.closed) {
      await this.beWriter();
      const before = this.sender.failures;
      await this.sender.now();
      if (this.sender.failures > before || this.sender.ousted) break;
    }
    if (!this.writer && !this.closed) await this.beWriter();
    if (this.saveState.kind !== "saved") throw new NotSaved(this.saveState);
  }

  private async beWriter(): Promise<void> {
    if (!this.writer) this.place.take();
    await this.until(() => this.writer || this.closed);
  }

  private async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.awaited.add(resolve));
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
    this.sender.unschedule();
    clearInterval(this.heart);
    this.stopListening.abort();
    if (this.queue.waiting && this.writer) await this.sender.now();
    this.closed = true;
    this.sender.close();
    this.wake();
    await this.queue.written;
    this.keeper.close();
    this.others.close();
    await this.place.leave();
  }

  private stored(batch: readonly OutboxRecord[], answer: EditsAnswer): void {
    for (const { element, changed } of answer.accepted)
      if (
        changed &&
        (changed.kind === "region" || changed.kind === "answer") &&
        !this.queue.pending(element, changed.kind)
      )
        this.events.emit("stored", changed);
    this.events.emit("findings", {
      findings: answer.findings,
      pending: answer.rules_pending,
      elements: batch.map((record) => record.element),
    });
    this.show();
    this.announceProblems(answer.conflicts.length > 0, answer.rejected.length > 0);
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
      await this.lookAgain();
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
    const takesOver = mine && this.writerKnown;
    const first = !this.writerKnown;
    this.writer = mine;
    this.writerKnown = true;
    if (mine) this.others.takes();
    if (takesOver) this.others.doubt();
    // Drawn in before it was known that another tab has the place.
    if (!mine && first && this.drawnHere) this.place.take();
    this.wake();
    this.announce();
    // What waits in no other tab's reach is sent by this one.
    if (!mine && this.queue.alone && this.queue.waiting)
      setTimeout(() => this.closed || this.place.take(), RETAKE_AFTER);
    await this.lookAgain();
    if (takesOver && !this.closed) void this.sender.caughtUp();
  }

  private wake(): void {
    const waiting = [...this.awaited];
    this.awaited.clear();
    for (const resolve of waiting) resolve();
  }

  /** The disk may hold what another tab wrote: on the canvas with it, and to the server. */
  private async lookAgain(): Promise<void> {
    if (this.closed) return;
    await this.queue.refresh();
    if (this.closed) return;
    this.show();
    this.announce();
    if (this.others.behind) this.others.askSoon();
    if (this.writer && this.queue.waiting) this.sender.schedule(FLUSH_AFTER);
  }

  private heard(news: News, onCanvas: boolean): void {
    this.queue.learn(news, onCanvas);
    this.show();
  }

  /** Put on the canvas what others did; until somebody listens it is kept. */
  private show(): void {
    const changes = this.shows ? this.queue.changed() : [];
    if (changes.length) this.events.emit("others", changes);
  }

  private listen(): void {
    const now = () => {
      this.sender.unschedule();
      if (this.queue.waiting) void this.sender.now();
    };
    const offline = () => {
      this.sender.online = false;
      this.announce();
    };
    const seen = () => {
      void this.lookAgain();
      void this.others.catchUp().catch(() => {});
    };
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
