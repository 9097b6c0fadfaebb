import { api } from "@/api/client";
import { ApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import type { LabelSchema } from "@/engine/types";
import { ActiveTime } from "@/session/active";
import type { narrowedBy } from "../data/filters";
import { begun, ready, type Sheet, type Tile, tileOf } from "./tiles";

type WorkPage = Schemas["WorkPage"];
type Shared = Omit<WorkPage, "items">;
export const SIZES = [6, 12, 24, 48] as const;
export type Size = (typeof SIZES)[number];

export type DeskState =
  | { kind: "loading" }
  | { kind: "open"; page: Shared; sheet: Sheet; busy: boolean }
  | { kind: "empty" }
  | { kind: "failed"; error: unknown };

const FEW = 12; // pictures of a page that are larger than their thumbnails
const PAGES_KEPT = 10; // pages that can be taken back one after the other
const KEEP_PARTS = 3; // leases are renewed after a third of their time
const ABANDONED = 15 * 60_000; // ms without a sign of life after which a page is no longer kept

interface Lease {
  readonly assignment: number;
  readonly token: number;
}
const leasesOf = (page: WorkPage): Lease[] =>
  page.items.map(({ assignment: { id, token } }) => ({ assignment: id, token }));

/** The next page, taken while this one waits to be handed in. */
interface Ahead {
  come: Promise<WorkPage | null>;
  page: WorkPage | null;
}

export interface DeskOptions {
  project: number;
  size: Size;
  only: ReturnType<typeof narrowedBy>;
  onStay: (stayed: readonly Tile[]) => void;
  onRefused: (refused: Schemas["PageNotRecalled"][]) => void;
}

/** Pages of alike pictures, one after the other: claimed, kept, handed in, taken back and given back as one. */
export class PageDesk {
  state: DeskState = { kind: "loading" };
  done = 0;
  private readonly listeners = new Set<() => void>();
  private readonly handedIn: number[][] = [];
  private steps: Sheet[] = [];
  private ahead: Ahead | null = null;
  private active = new ActiveTime();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(private readonly options: DeskOptions) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get schema(): LabelSchema {
    return this.state.kind === "open" ? (this.state.page.schema.body as unknown as LabelSchema) : { classes: [] };
  }

  get canTakeBack(): boolean {
    return this.steps.length > 0 || this.handedIn.length > 0;
  }

  touch(): void {
    this.active.touch();
  }

  /** Answers that were given and not handed in. */
  get unsaved(): boolean {
    return this.state.kind === "open" && this.steps.length > 0;
  }

  resize(size: Size): void {
    this.options.size = size;
    void this.takenAhead().then((page) => {
      if (page) void this.release(leasesOf(page));
      return this.next();
    });
  }

  /** Another page; what is left on this one goes back to the queue. */
  async next(): Promise<void> {
    await this.giveBack();
    const ahead = await this.takenAhead();
    if (ahead) return this.show(ahead);
    this.set({ kind: "loading" });
    try {
      const page = await this.claim();
      if (page) this.show(page);
      else this.set({ kind: "empty" });
    } catch (error) {
      this.set({ kind: "failed", error });
    }
  }

  private claim(background = false): Promise<WorkPage | undefined> {
    const { project, size, only } = this.options;
    return api.post<WorkPage | undefined>(`/projects/${project}/tasks/claim-page`, { size, ...only }, { background });
  }

  /** The next page is taken, and its pictures are fetched, as soon as all of this one is answered. */
  private prepare(): void {
    if (this.ahead || this.state.kind !== "open") return;
    const { sheet } = this.state;
    if (ready(sheet, this.schema).length < sheet.tiles.length) return;
    const ahead: Ahead = { come: Promise.resolve(null), page: null };
    ahead.come = this.claim(true).then(
      (page) => this.kept(page ?? null, ahead),
      () => null, // it is asked for again once this one is handed in
    );
    this.ahead = ahead;
  }

  /** A page that a limit of open work cut short goes back: it is whole once this one is handed in. */
  private kept(page: WorkPage | null, ahead: Ahead): WorkPage | null {
    if (!page) return null;
    if (this.closed || (page.items.length < this.options.size && (page.remaining ?? 0) > 0)) {
      void this.release(leasesOf(page), this.closed);
      return null;
    }
    for (const { asset } of page.items)
      new Image().src = page.items.length > FEW ? asset.urls.thumb : asset.urls.preview;
    ahead.page = page;
    return page;
  }

  private async takenAhead(): Promise<WorkPage | null> {
    const page = (await this.ahead?.come) ?? null;
    this.ahead = null;
    return page;
  }

  /** Choosing changes the sheet; an answer is a step that can be taken back. */
  change(sheet: Sheet, isStep: boolean): void {
    if (this.state.kind !== "open" || this.state.busy) return;
    if (isStep) this.steps.push(this.state.sheet);
    this.set({ ...this.state, sheet });
    if (isStep) this.prepare();
  }

  /** Hand in what is answered; the rest goes back. Pictures that are refused stay, and nothing else does. */
  async submit(): Promise<void> {
    if (this.state.kind !== "open" || this.state.busy) return;
    const { sheet } = this.state;
    const sent = ready(sheet, this.schema);
    if (sent.length === 0) return;
    this.set({ ...this.state, busy: true });
    this.active.touch();
    const spent = this.active.take();
    try {
      const { results } = await api.post<Schemas["PageSubmitOut"]>(
        `/projects/${this.options.project}/tasks/submit-page`,
        {
          active_ms: spent,
          items: sent.map((one) => ({ assignment: one.assignment, token: one.token, answers: one.answers })),
        },
      );
      this.active.giveBack(spent - results.reduce((sum, one) => sum + one.active_ms, 0));
      await this.after(results);
    } catch (error) {
      this.active.giveBack(spent);
      if (this.state.kind === "open") this.set({ ...this.state, busy: false });
      throw error;
    }
  }

  private async after(results: Schemas["PageHandedIn"][]): Promise<void> {
    if (this.state.kind !== "open") return;
    const problems = new Map(results.flatMap((one) => (one.problem ? [[one.assignment, one.problem]] : [])));
    const gone = results.filter((one) => !one.problem).map((one) => one.assignment);
    if (gone.length > 0) this.handedIn.push(gone);
    this.handedIn.splice(0, this.handedIn.length - PAGES_KEPT);
    this.done += gone.length;
    this.steps = [];
    const left = this.state.sheet.tiles.filter((one) => !gone.includes(one.assignment));
    const stayed = left.flatMap((one) => {
      const problem = problems.get(one.assignment);
      return problem ? [{ ...one, problem }] : [];
    });
    if (stayed.length === 0) {
      this.set({ ...this.state, sheet: { ...this.state.sheet, tiles: left } });
      return this.next();
    }
    const tiles = left.map((one) => ({ ...one, problem: problems.get(one.assignment) ?? null }));
    const chosen = new Set(stayed.map((one) => one.assignment));
    this.set({ ...this.state, busy: false, sheet: { tiles, chosen, cursor: 0 } });
    this.options.onStay(stayed);
  }

  /** The last answer; where none was given, the page before. */
  async takeBack(): Promise<void> {
    if (this.state.kind === "open" && this.state.busy) return;
    const step = this.steps.pop();
    if (step && this.state.kind === "open") return this.set({ ...this.state, sheet: step });
    const last = this.handedIn.at(-1);
    if (!last) return;
    if (this.state.kind === "open") this.set({ ...this.state, busy: true });
    const path = `/projects/${this.options.project}/tasks/recall-page`;
    try {
      const { page, refused } = await api.post<Schemas["PageRecallOut"]>(path, { assignments: last });
      this.handedIn.pop();
      if (refused.length > 0) this.options.onRefused(refused);
      this.done -= last.length - refused.length;
      if (page) {
        await this.giveBack();
        this.show(page);
      } else if (this.state.kind === "open") this.set({ ...this.state, busy: false });
    } catch (error) {
      if (this.state.kind === "open") this.set({ ...this.state, busy: false });
      throw error;
    }
  }

  /** The page is left: what is on it goes back to the queue, even while the window closes. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    if (this.ahead?.page) void this.release(leasesOf(this.ahead.page), true);
    this.ahead = null;
    void this.giveBack(true);
  }

  /** The window came back out of the browser's memory: what was on it is gone. */
  reopen(): void {
    this.closed = false;
    this.state = { kind: "loading" };
    void this.next();
  }

  private show(page: WorkPage): void {
    const { items, ...shared } = page;
    this.steps = [];
    this.active = new ActiveTime();
    this.active.touch();
    this.set({
      kind: "open",
      page: shared,
      sheet: begun(items.map(tileOf), shared.schema.body as unknown as LabelSchema),
      busy: false,
    });
    if (this.closed) return void this.giveBack(true);
    this.keepSoon(items[0]?.assignment.lease_seconds ?? 60);
  }

  private keepSoon(seconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(seconds), (seconds * 1000) / KEEP_PARTS);
  }

  private async keep(seconds: number): Promise<void> {
    if (this.state.kind !== "open" || this.active.idle() > ABANDONED) return;
    try {
      const path = `/projects/${this.options.project}/tasks/keep-page`;
      const assignments = [...this.leases(), ...(this.ahead?.page ? leasesOf(this.ahead.page) : [])];
      const { lost } = await api.post<Schemas["PageKept"]>(path, { assignments }, { background: true });
      if (lost.length > 0) this.mark(lost);
    } catch (error) {
      if (error instanceof ApiError && error.status !== 0 && error.status < 500) return;
    }
    this.keepSoon(seconds);
  }

  private mark(lost: readonly number[]): void {
    if (this.state.kind !== "open" || this.state.busy) return;
    const problem = { code: "lease_lost", title: "", detail: "" };
    const tiles = this.state.sheet.tiles.map((one) => (lost.includes(one.assignment) ? { ...one, problem } : one));
    this.set({ ...this.state, sheet: { ...this.state.sheet, tiles } });
  }

  private leases(): Lease[] {
    const tiles = this.state.kind === "open" ? this.state.sheet.tiles : [];
    return tiles.map((one) => ({ assignment: one.assignment, token: one.token }));
  }

  private async giveBack(keepalive = false): Promise<void> {
    clearTimeout(this.timer);
    await this.release(this.leases(), keepalive);
  }

  private async release(assignments: readonly Lease[], keepalive = false): Promise<void> {
    if (assignments.length === 0) return;
    const path = `/projects/${this.options.project}/tasks/release-page`;
    await api.post(path, { assignments }, { keepalive, background: true }).catch(() => {}); // leases end by themselves
  }

  private set(state: DeskState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
