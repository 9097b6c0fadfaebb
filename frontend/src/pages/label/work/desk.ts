import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Listed, Schemas } from "@/api/types";
import type { Steps } from "@/engine/public";
import type { ElementRow } from "@/engine/types";
import { openTask, type TaskSession } from "@/session";
import { Ahead, comingWork } from "./ahead";
import { picture } from "./pictures";
import { transport } from "./transport";

export type ClaimDocument = Schemas["ClaimDocument"];
export type Assignment = Schemas["AssignmentOut"];
export type Stage = ClaimDocument["assignment"]["stage"];

/** A document and its undo as they were when another task took their place. */
export interface Left {
  readonly elements: ElementRow[];
  readonly removed: readonly string[];
  readonly steps: Steps;
}

/** One task on the desk. Without a session it can only be looked at. */
export interface Work {
  readonly doc: ClaimDocument;
  readonly elements: ElementRow[];
  /** Regions that were deleted and keep their numbers. */
  readonly removed?: readonly string[];
  readonly session: TaskSession | null;
  /** Only its picture is here yet: it is being claimed. */
  readonly coming?: boolean;
  /** What was on the canvas when another task took its place, for a submit that is refused. */
  left?: Left;
  /** Something was drawn or changed since it was opened. */
  touched?: boolean;
}

export type DeskState =
  | { readonly kind: "loading" }
  | { readonly kind: "open"; readonly work: Work }
  /** Nothing is left for this person. */
  | { readonly kind: "empty" }
  | { readonly kind: "failed"; readonly error: unknown };

export interface DeskOptions {
  projectId: number | null;
  stage: Stage;
  /** Take the next piece of work while this one is still on screen. */
  ahead?: (doc: ClaimDocument) => boolean;
  /** Take only some tasks: those of a filter, or named ones. */
  only?: Pick<Schemas["ClaimIn"], "filter" | "ids"> | null;
  /** A list with its own order, while it is active: the slot that comes first in it, null where nothing is left. */
  list?: { active: () => boolean; first: () => Promise<number | null> };
}

const PICKS = 5; // tries to take the first piece of a list that others take from too
const AHEAD = 3; // tasks claimed beyond the one on screen, where one key ends a task

async function allElements(inline: unknown[] | null, url: string | null): Promise<ElementRow[]> {
  if (inline || !url) return (inline ?? []) as ElementRow[];
  const rows: ElementRow[] = [];
  let next: string | null = url;
  while (next) {
    const page: Listed<ElementRow> = await api.get<Listed<ElementRow>>(next);
    rows.push(...page.results);
    next = page.next;
  }
  return rows;
}

/** What one person has in hand: takes work, opens it, hands it in and goes on. Knows no canvas and no React. */
export class Desk {
  state: DeskState = { kind: "loading" };
  /** Tasks handed in since the page was opened. */
  done = 0;
  private readonly listeners = new Set<() => void>();
  private readonly canvases = new Set<(work: Work) => void>();
  private readonly submitted: number[] = [];
  /** Work claimed ahead, opened and with its picture decoded, the next one first. */
  private coming: Promise<Work | null>[] = [];
  /** What was handed in without waiting: a second key press is not a second submit. */
  private handedIn: Work | null = null;
  private inFlight: Promise<unknown> = Promise.resolve();
  private readonly ahead: Ahead;
  private turn = 0;
  /** What was tried last, to try it again. */
  private lastTry: () => Promise<Work | null> = () => this.claimed();

  constructor(private readonly options: DeskOptions) {
    this.projectId = options.projectId;
    this.ahead = new Ahead(options);
  }

  projectId: number | null;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get work(): Work | null {
    return this.state.kind === "open" ? this.state.work : null;
  }

  /** Told of what is opened before the page is: the canvas shows it while the page is still drawn anew. */
  onOpen(listener: (work: Work) => void): () => void {
    this.canvases.add(listener);
    return () => this.canvases.delete(listener);
  }

  private publish(state: DeskState): void {
    this.state = state;
    if (state.kind === "open") for (const listener of this.canvases) listener(state.work);
    for (const listener of this.listeners) listener();
  }

  /** Work in hand first, so that a reload goes on where it was, and what was handed over is not left; else the next task. */
  async start(assignment: number | null): Promise<void> {
    if (assignment !== null) return this.open(assignment);
    await this.attempt(async () => {
      const held = this.options.only ? undefined : await this.heldWork();
      return held ? this.workOf(await api.get<ClaimDocument>(`/assignments/${held.id}`)) : this.claimed();
    });
  }

  private async heldWork(): Promise<Assignment | undefined> {
    const list = await api.get<Listed<Assignment>>("/assignments", {
      query: { state: "open", project: this.projectId },
    });
    const own = list.results.filter((row) => row.stage === this.options.stage);
    return own.find((row) => row.state === "held") ?? own.find((row) => row.state === "stale");
  }

  open(assignment: number): Promise<void> {
    return this.attempt(async () => this.workOf(await api.get<ClaimDocument>(`/assignments/${assignment}`)));
  }

  async next(): Promise<void> {
    const coming = this.coming.shift();
    await this.attempt(async () => (await coming) ?? this.claimed());
  }

  /** After a failure: the same once more. */
  again(): Promise<void> {
    this.publish({ kind: "loading" });
    return this.attempt(this.lastTry);
  }

  private async claimed(): Promise<Work | null> {
    const doc = await this.claimPicked();
    return doc && this.workOf(doc);
  }

  private async claimPicked(): Promise<ClaimDocument | null> {
    const { list } = this.options;
    for (let tries = 1; ; tries++) {
      const slot = list?.active() ? await list.first() : undefined;
      if (slot === null) return null;
      try {
        return await this.claim(slot);
      } catch (error) {
        // Somebody was quicker: what comes first now?
        if (slot === undefined || tries === PICKS || !isTaken(error)) throw error;
      }
    }
  }

  private async claim(slot?: number): Promise<ClaimDocument | null> {
    const { stage, only } = this.options;
    const promised = this.ahead.slot;
    const body = { stage, ...(slot === undefined ? { ...only, promised } : { slot }) };
    const doc = await api.post<ClaimDocument | undefined>(`/projects/${this.projectId}/tasks/claim`, body);
    if (slot === undefined) this.ahead.forget();
    return doc ?? null;
  }

  /** Open this piece of the queue; what was in hand goes back to it unless it has edits. Rejects, and stays, when it is taken. */
  async take(slot: number, giveBack: (doc: ClaimDocument) => Promise<unknown>): Promise<void> {
    const before = this.work;
    const doc = await this.claim(slot);
    if (!doc) return;
    await this.attempt(() => this.workOf(doc));
    if (before?.session && !before.doc.annotation.edited && !before.touched) await giveBack(before.doc).catch(() => {});
  }

  /** Run what brings work, and put it on the desk unless something newer was asked for meanwhile. */
  private async attempt(bring: () => Promise<Work | null>, keep = false): Promise<void> {
    this.turn += 1;
    this.lastTry = bring;
    const turn = this.turn;
    const before = this.work;
    try {
      const work = await bring();
      if (turn !== this.turn) return void (work && this.coming.unshift(Promise.resolve(work)));
      if (work) this.projectId = work.doc.project.id;
      this.publish(work ? { kind: "open", work } : { kind: "empty" });
      if (!keep && before !== work) void before?.session?.close();
      if (work) this.lookAhead(work.doc);
    } catch (error) {
      if (turn === this.turn) this.publish({ kind: "failed", error });
    }
  }

  private async workOf(doc: ClaimDocument): Promise<Work> {
    const { annotation, assignment } = doc;
    const elements = await allElements(annotation.elements, annotation.elements_url);
    const { removed } = annotation;
    if (assignment.state !== "held" && assignment.state !== "stale") return { doc, elements, removed, session: null };
    const session = await openTask(
      {
        project: { id: doc.project.id },
        assignment: { id: assignment.id, token: assignment.token, expires_at: assignment.expires_at },
        annotation: { id: annotation.id, version: annotation.version, elements, removed },
        person: { id: annotation.author?.id ?? 0, name: annotation.author?.name ?? "" },
        task: { name: doc.task.name },
      },
      transport,
    );
    return { doc, elements: session.elements, removed: session.removed, session };
  }

  /** Claim what comes next, open it and decode its picture. */
  private lookAhead(doc: ClaimDocument): void {
    if (doc.assignment.state !== "held") return;
    if (!this.options.ahead?.(doc)) {
      // Which task comes next depends on a list that changes: it is not promised.
      if (this.options.list?.active()) this.ahead.forget();
      else if (this.coming.length === 0) void this.ahead.ask(doc);
      return;
    }
    while (this.coming.length < AHEAD) {
      const last = this.coming.at(-1) ?? Promise.resolve(null);
      const first = this.coming.length === 0;
      const work = last.then((before) => (first || before ? this.claimed() : null)).catch(() => null);
      // The claim after this one does not wait for this one's picture.
      void work.then((one) => one && picture(one.doc.asset.urls.preview)).catch(() => {});
      this.coming.push(work);
    }
  }

  /** Hand in what is open and go on. Rejects, and stays, when the server refuses. */
  async submit(outcome?: { outcome?: string; outcome_reason?: string; pass_reason?: string }): Promise<void> {
    const work = this.work;
    if (!work?.session) return;
    const { session, doc } = work;
    await this.handIn(() => session.submit(outcome), doc.project.auto_advance);
    this.submitted.push(doc.assignment.id);
  }

  /** Send what ends the open task and go on: the next picture stands there at once, and the task comes back as it was
   * left where the server refuses; then this rejects. */
  async handIn(send: () => Promise<unknown>, goOn: boolean): Promise<void> {
    const work = this.work;
    const settled = work?.session?.saveState.kind === "saved" || work?.session?.saveState.kind === "saving";
    const inOrder = this.coming.length === 0 && !this.options.list?.active();
    const promised = work && goOn && settled && inOrder ? this.ahead.ready(work.doc) : null;
    if (!work || !promised) {
      await send();
      this.done += 1;
      return this.leave(goOn);
    }
    this.turn += 1;
    const turn = this.turn;
    let first: Promise<Work | null> | null = this.claimed();
    first.catch(() => {});
    const claimed = first;
    const inFlight = send();
    this.inFlight = Promise.all([this.inFlight, inFlight]).catch(() => {});
    this.publish({ kind: "open", work: comingWork(promised, work.doc) });
    try {
      await inFlight;
    } catch (error) {
      void claimed.then((one) => one && this.coming.unshift(Promise.resolve(one))).catch(() => {});
      if (turn === this.turn) this.publish({ kind: "open", work });
      await drawn(); // what is said about it belongs to the task that is back on the canvas
      throw error;
    }
    this.done += 1;
    void work.session?.close();
    if (turn !== this.turn)
      return void claimed.then(
        (one) => one && this.coming.unshift(Promise.resolve(one)),
        () => {},
      );
    await this.attempt(async () => {
      const bring = first ?? this.claimed();
      first = null;
      // A submit may have made the queue longer than it was a moment ago.
      return (await bring) ?? this.claimed();
    }, true);
  }

  /** Hand in without waiting for the answer: the next picture stands there at once. */
  submitAndGoOn(onError: (error: unknown, work: Work) => void): void {
    const work = this.work;
    if (!work?.session || this.isHandedIn) return;
    this.handedIn = work;
    const { session } = work;
    const { id } = work.doc.assignment;
    this.submitted.push(id);
    this.done += 1;
    const sent = session.submit().then(
      () => true,
      (error: unknown) => {
        this.submitted.splice(this.submitted.indexOf(id), 1);
        this.done -= 1;
        if (this.handedIn === work) this.handedIn = null;
        onError(error, work);
        return false;
      },
    );
    this.inFlight = Promise.all([this.inFlight, sent]);
    // The answer of the server is needed only where nothing was claimed ahead.
    if (this.coming.length > 0) void this.goOn(work);
    else void sent.then((ok) => (ok ? this.next() : undefined));
  }

  /** The session still sends what was handed in, and closes itself. */
  private async goOn(work: Work): Promise<void> {
    const coming = this.coming.shift();
    await this.attempt(async () => {
      const ahead = await coming;
      if (ahead) return ahead;
      // The queue had nothing more a moment ago; a submit may have changed that.
      await this.inFlight;
      return this.handedIn === work ? this.claimed() : work;
    }, true);
  }

  /** What is on screen was handed in; keys wait for the next. */
  get isHandedIn(): boolean {
    return this.handedIn !== null && this.handedIn === this.work;
  }

  get canTakeBack(): boolean {
    return this.submitted.length > 0;
  }

  /** The last submission comes back, unless somebody has begun with the next step. */
  async takeBack(assignment?: number): Promise<void> {
    await this.inFlight;
    const id = assignment ?? this.submitted.at(-1);
    if (id === undefined) return;
    const open = this.work;
    const doc = await api.post<ClaimDocument>(`/assignments/${id}/recall`);
    const at = this.submitted.lastIndexOf(id);
    if (at >= 0) this.submitted.splice(at, 1);
    this.done = Math.max(0, this.done - 1);
    this.handedIn = null;
    // What was open stays in hand and is next.
    const waits = open?.session && !open.touched && this.options.ahead?.(doc) ? open : null;
    await this.attempt(() => this.workOf(doc), waits !== null);
    if (waits) this.coming.unshift(Promise.resolve(waits));
  }

  async skip(reason: string): Promise<void> {
    await this.work?.session?.skip(reason);
    await this.next();
  }

  async park(question: string, element?: string): Promise<void> {
    await this.work?.session?.park(question, element);
    await this.next();
  }

  async release(): Promise<void> {
    await this.work?.session?.release();
  }

  /** After a verdict or a submit. */
  async leave(goOn: boolean): Promise<void> {
    const id = this.work?.doc.assignment.id;
    if (goOn || id === undefined) await this.next();
    else await this.open(id);
  }

  private giveBack({ doc, session }: Work): void {
    const { id, token } = doc.assignment;
    void session?.close();
    void api.post(`/assignments/${id}/release`, { token }, { keepalive: true }).catch(() => {});
  }

  /** The page goes: unsent edits stay on this device, work claimed ahead goes back to the others. */
  close(): void {
    this.turn += 1;
    this.ahead.close(this.projectId);
    void this.work?.session?.close();
    for (const coming of this.coming.splice(0)) void coming.then((work) => work && this.giveBack(work));
  }
}

const isTaken = (error: unknown) => isApiError(error) && error.status === 409;

/** After the page has drawn what was published. */
const drawn = () => new Promise<void>((resolve) => setTimeout(resolve));

export function isGone(error: unknown): boolean {
  return isApiError(error) && (error.status === 404 || error.status === 403);
}
