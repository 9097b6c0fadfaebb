import { IDBFactory } from "fake-indexeddb";
import { vi } from "vitest";
import { openTask } from "./open";
import type { Channel } from "./others";
import { type Outbox, openOutbox, type Rewrite } from "./outbox";
import { StepKeeper } from "./steps";
import { del, FakeServer, put, user } from "./testing";
import { type OtherChange, type TaskSession, type Transport, TransportError } from "./types";

export const xOf = (element: unknown) => (element as { geometry: { x: number } }).geometry.x;

interface Gate {
  readonly tab: Tab;
  open(): void;
}

/** A browser with tabs, a disk and a server where nothing happens by itself: each read, write, call, message and lock waits
 * at a gate before it begins and before its outcome is heard, and the test says which gate opens next. A killed tab's
 * gates never open. */
export class World {
  readonly server = new FakeServer();
  readonly tabs: Tab[] = [];
  private gates: Gate[] = [];
  private busy = 0;
  private ids = 0;
  readonly locks = new Locks(this);
  online = true;
  answersLost = 0;
  /** The edits that were made, in the order in which they came to the disk, without those that another one took the place
   * of or that were taken back before they were sent; null: a deletion. */
  readonly made = new Map<string, { element: string; x: number | null }>();

  constructor(readonly withLocks: boolean) {
    globalThis.indexedDB = new IDBFactory();
  }

  newId = () => `id${this.ids++}`;

  async gate(tab: Tab): Promise<void> {
    if (tab.dead) return new Promise(() => {});
    await new Promise<void>((resolve) => this.gates.push({ tab, open: resolve }));
  }

  /** What lies between two gates happens also when the tab dies meanwhile. */
  async step<T>(tab: Tab, run: () => T | Promise<T>): Promise<T> {
    await this.gate(tab);
    this.busy += 1;
    const outcome = await Promise.resolve()
      .then(run)
      .then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
    this.busy -= 1;
    await this.gate(tab);
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Open one gate and wait until everything stands at gates again; false when there was none. */
  async open(pick: number): Promise<boolean> {
    await this.idle();
    this.gates = this.gates.filter(({ tab }) => !tab.dead);
    if (!this.gates.length) return false;
    const [gate] = this.gates.splice(pick % this.gates.length, 1);
    gate?.open();
    await this.idle();
    return true;
  }

  private async idle(): Promise<void> {
    do await new Promise(setImmediate);
    while (this.busy);
    await new Promise(setImmediate);
  }

  async passes(ms: number): Promise<void> {
    vi.advanceTimersByTime(ms);
    await this.idle();
  }

  /** Until nothing moves any more, but for what waits longer than this time. */
  async settles(ms: number, step = 250): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      while (await this.open(0));
      await this.passes(step);
    }
    while (await this.open(0));
  }

  async tab(device = "device"): Promise<Tab> {
    const tab = new Tab(this, device);
    this.tabs.push(tab);
    void tab.begin();
    return tab;
  }

  kill(tab: Tab): void {
    tab.dead = true;
    tab.inbox.length = 0;
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    this.locks.gone(tab);
  }

  tell(from: Tab, message: unknown): void {
    for (const tab of this.tabs) {
      if (tab === from || tab.device !== from.device) continue;
      tab.inbox.push(structuredClone(message));
      if (tab.inbox.length === 1) void this.deliver(tab);
    }
  }

  private async deliver(tab: Tab): Promise<void> {
    while (tab.inbox.length) {
      await this.gate(tab);
      const data = tab.inbox.shift();
      tab.channel.onmessage?.call(null as never, { data } as MessageEvent);
    }
  }

  /** Keep account of what came to the disk, and of what is out before it was sent. */
  wrote({ put: written = [], remove = [] }: Rewrite): void {
    for (const { editId } of remove) if (!this.server.log.has(editId)) this.made.delete(editId);
    for (const { editId, element, after } of written)
      if (!this.made.has(editId)) this.made.set(editId, { element, x: after === null ? null : xOf(after) });
  }

  /** Each element as it was made last. */
  get last(): Map<string, number> {
    const last = new Map<string, number>();
    for (const { element, x } of this.made.values())
      if (x === null) last.delete(element);
      else last.set(element, x);
    return last;
  }
}

export class Tab {
  dead = false;
  private leaving = false;
  session: TaskSession | null = null;
  shown = new Map<string, number>();
  readonly inbox: unknown[] = [];
  readonly channel: Channel;

  constructor(
    private readonly world: World,
    readonly device: string,
  ) {
    this.channel = { postMessage: (message) => world.tell(this, message), close() {}, onmessage: null };
  }

  async begin(): Promise<void> {
    const { world, device } = this;
    const claim = await world.step(this, () => ({
      project: { id: 9 },
      assignment: { id: 7, token: 3, expires_at: null },
      annotation: { id: 5, version: world.server.version, elements: world.server.rows() },
      person: { id: 2, name: "Two" },
      task: { name: "photo.jpg" },
    }));
    const session = await openTask(claim as never, this.transport(), {
      outbox: this.outbox(await openOutbox(device)),
      keeper: new StepKeeper(null, 5, 2),
      newId: world.newId,
      browser: { locks: world.withLocks ? world.locks.of(this) : null, channel: () => this.channel },
    });
    if (this.dead) return;
    this.session = session;
    for (const { element } of session.elements) this.shown.set(element.id, xOf(element));
    session.on("others", (changes: readonly OtherChange[]) => {
      for (const { id, element } of changes)
        if (element === null) this.shown.delete(id);
        else this.shown.set(id, xOf(element));
    });
  }

  draw(id: string, x: number): void {
    if (!this.session || this.leaving) return;
    this.shown.set(id, x);
    this.session.applyDiff(user(put(id, x)));
  }

  erase(id: string): void {
    if (!this.session || this.leaving || !this.shown.delete(id)) return;
    this.session.applyDiff(user(del(id)));
  }

  async leave(): Promise<void> {
    this.leaving = true;
    await this.session?.close();
    this.world.kill(this);
  }

  private transport(): Transport {
    const { world } = this;
    const { server } = world;
    const reach = <T>(call: () => Promise<T>) =>
      world.step(this, () => {
        if (!world.online) throw new TypeError("network");
        return call();
      });
    return {
      sendEdits: (annotation, body) =>
        reach(async () => {
          const answer = await server.sendEdits(annotation, body);
          if (world.answersLost-- > 0) throw new TypeError("network");
          return answer;
        }),
      changes: (annotation, since, reader) => reach(() => server.changes(annotation, since, reader)),
      heartbeat: (assignment, body) => reach(() => server.heartbeat(assignment, body)),
      submit: () => Promise.reject(new TransportError(500, "", "")),
      skip: () => server.skip(),
      release: () => server.release(),
      park: () => server.park(),
      putBlob: () => Promise.resolve(),
    };
  }

  private outbox(disk: Outbox): Outbox {
    const { world } = this;
    return {
      read: (owner) => world.step(this, () => disk.read(owner)),
      change: (owner, seqs, plan) =>
        world.step(this, async () => {
          const done = await disk.change(owner, seqs, plan);
          world.wrote(done);
          return done;
        }),
      lease: (...args) => world.step(this, () => disk.lease(...args)),
      release: (...args) => world.step(this, () => disk.release(...args)),
      name: (...args) => world.step(this, () => disk.name(...args)),
      waiting: () => disk.waiting(),
      close: () => disk.close(),
    };
  }
}

interface Held {
  readonly tab: Tab;
  readonly take: () => void;
  readonly fail: (error: Error) => void;
}

/** The browser's lock of one annotation. */
class Locks {
  private holder: Held | null = null;
  private line: Held[] = [];

  constructor(private readonly world: World) {}

  of(tab: Tab): LockManager {
    const request = (_name: string, options: LockOptions, run: (lock: Lock | null) => unknown) =>
      new Promise((resolve, fail) => {
        const told = (lock: object | null) => {
          void this.world.gate(tab).then(async () => {
            const value = await run(lock as Lock | null);
            if (this.holder === held) this.next();
            resolve(value);
          });
        };
        const held: Held = {
          tab,
          take: () => told({}),
          fail: (error) => void this.world.gate(tab).then(() => fail(error)),
        };
        if (options.steal) {
          this.holder?.fail(new Error("stolen"));
          this.holder = held;
          held.take();
        } else if (!this.holder) {
          this.holder = held;
          held.take();
        } else if (options.ifAvailable) told(null);
        else {
          this.line.push(held);
          options.signal?.addEventListener("abort", () => {
            this.line = this.line.filter((one) => one !== held);
            held.fail(new Error("aborted"));
          });
        }
      });
    return { request } as unknown as LockManager;
  }

  private next(): void {
    this.holder = this.line.shift() ?? null;
    this.holder?.take();
  }

  gone(tab: Tab): void {
    this.line = this.line.filter((one) => one.tab !== tab);
    if (this.holder?.tab === tab) this.next();
  }
}
