import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openTask } from "./open";
import { type Outbox, openOutbox } from "./outbox";
import { StepKeeper } from "./steps";
import { del, FakeServer, put, user } from "./testing";
import { type OtherChange, type TaskSession, TransportError } from "./types";

let server: FakeServer;
let name = "";
let database = 0;
const opened = new Set<TaskSession>();

/** A tab; `shown` is what a canvas would have of it. Devices have no disk in common. */
async function tab(device = name, disk?: Outbox) {
  const claim = {
    project: { id: 9 },
    assignment: { id: 7, token: 3, expires_at: null },
    annotation: { id: 5 + database * 1000, version: server.version, elements: server.rows() },
    person: { id: 2, name: "Two" },
    task: { name: "photo.jpg" },
  };
  const keeper = await StepKeeper.open(claim.annotation.id, 2, device);
  const session = await openTask(claim as never, server, { outbox: disk ?? (await openOutbox(device)), keeper });
  opened.add(session);
  const shown = new Map(session.elements.map((row) => [row.element.id, xOf(row.element)]));
  session.on("others", (changes: readonly OtherChange[]) => {
    for (const { id, element } of changes)
      if (element === null) shown.delete(id);
      else shown.set(id, xOf(element));
  });
  const draw = (id: string, x: number) => {
    shown.set(id, x);
    session.applyDiff(user(put(id, x)));
  };
  const erase = (id: string) => {
    shown.delete(id);
    session.applyDiff(user(del(id)));
  };
  return { session, shown, draw, erase };
}

const methods = (disk: Outbox): Outbox => ({
  read: (...args) => disk.read(...args),
  change: (...args) => disk.change(...args),
  lease: (...args) => disk.lease(...args),
  release: (...args) => disk.release(...args),
  name: (...args) => disk.name(...args),
  waiting: () => disk.waiting(),
  close: () => disk.close(),
});

const xOf = (element: unknown) => (element as { geometry: { x: number } }).geometry.x;
const isWaiting = (session: TaskSession) => vi.waitFor(() => expect(session.saveState.kind).toBe("elsewhere"));

async function close(session: TaskSession) {
  opened.delete(session);
  await session.close();
}

beforeEach(() => {
  server = new FakeServer();
  name = `others-${database++}`;
});

afterEach(async () => {
  for (const session of [...opened]) await close(session);
});

describe("two tabs of one browser", () => {
  test("show each other's strokes at once, whoever sends them", async () => {
    const first = await tab();
    await first.session.flush();
    const second = await tab();
    await isWaiting(second.session);
    first.draw("a", 1);
    await vi.waitFor(() => expect(second.shown.get("a")).toBe(1));
    first.session.applyDiff(user(del("a")));
    await vi.waitFor(() => expect(second.shown.has("a")).toBe(false));
  });

  test("the one that is drawn in sends, over what the other saved, without a conflict", async () => {
    const first = await tab();
    await first.session.flush();
    const second = await tab();
    await isWaiting(second.session);
    first.draw("a", 1);
    await first.session.flush();
    await vi.waitFor(() => expect(second.shown.get("a")).toBe(1));

    second.draw("a", 2);
    await vi.waitFor(() => expect(second.session.saveState).toEqual({ kind: "saved" }));
    expect(server.x("a")).toBe(2);
    expect(second.session.conflicts).toEqual([]);
    await vi.waitFor(() => expect(first.shown.get("a")).toBe(2));
    await vi.waitFor(() => expect(first.session.saveState.kind).toBe("elsewhere"), { timeout: 5000 });

    first.draw("a", 3);
    await vi.waitFor(() => expect(first.session.saveState).toEqual({ kind: "saved" }));
    expect(server.x("a")).toBe(3);
    expect(first.session.conflicts).toEqual([]);
  });

  test("what both drew without a network is on disk side by side and arrives once", async () => {
    const { sendEdits } = server;
    server.sendEdits = () => Promise.reject(new TypeError("network"));
    const first = await tab();
    await first.session.flush().catch(() => {});
    const second = await tab();
    await isWaiting(second.session);
    for (let n = 0; n < 5; n++) first.draw(`a${n}`, n);
    for (let n = 0; n < 5; n++) second.draw(`b${n}`, 10 + n);
    await close(first.session);
    await close(second.session);
    const disk = await openOutbox(name);
    expect((await disk.read({ annotation: 5 + database * 1000, person: 2 })).records).toHaveLength(10);

    server.sendEdits = sendEdits;
    const third = await tab();
    expect(third.shown.size).toBe(10);
    await third.session.flush();
    expect(server.rows()).toHaveLength(10);
  });

  test("a tab that takes over has what the closed one left and saved", async () => {
    const first = await tab();
    await first.session.flush();
    const second = await tab();
    await isWaiting(second.session);
    first.draw("a", 1);
    await first.session.flush();
    await close(first.session);
    server.elsewhere("c", 7);
    await vi.waitFor(() => expect(second.session.saveState.kind).toBe("saved"), { timeout: 5000 });
    await vi.waitFor(() =>
      expect([...second.shown]).toEqual(
        expect.arrayContaining([
          ["a", 1],
          ["c", 7],
        ]),
      ),
    );
  });
});

describe("handing in from one of two tabs", () => {
  test("sends first what was drawn in the other and could not be sent there", async () => {
    const { sendEdits } = server;
    const first = await tab();
    await first.session.flush();
    const second = await tab();
    await isWaiting(second.session);
    server.sendEdits = () => Promise.reject(new TypeError("network"));
    second.draw("b", 2);
    await vi.waitFor(() => expect(first.shown.get("b")).toBe(2));
    await second.session.flush().catch(() => {});
    server.sendEdits = sendEdits;
    let there: unknown = null;
    server.submit = async () => {
      there = server.x("b");
      return { revision: { id: 1, number: 1 } };
    };
    await first.session.submit();
    expect(there).toBe(2);
  });

  test("keeps and names what is drawn in the other meanwhile", async () => {
    const first = await tab();
    const second = await tab();
    first.draw("a", 1);
    await first.session.submit();
    server.sendEdits = () => Promise.reject(new TransportError(409, "finished", "It is handed in."));
    second.draw("b", 2);
    await second.session.flush().catch(() => {});
    expect(second.session.refused).toMatchObject([{ element: "b", code: "finished", detail: "It is handed in." }]);
    expect(second.session.unsent()).toMatchObject([{ element: "b", after: { geometry: { x: 2 } } }]);
    const disk = await openOutbox(name);
    expect(await disk.waiting()).toMatchObject([{ edits: 1, task: "photo.jpg" }]);
  });
});

describe("a disk that takes nothing", () => {
  test("costs no stroke: what waits in the tab is sent by it, whichever tab had the place", async () => {
    const disk = await openOutbox(name);
    const full = { ...methods(disk), change: () => Promise.reject(new DOMException("full", "QuotaExceededError")) };
    const first = await tab();
    await first.session.flush();
    const second = await tab(name, full);
    second.draw("a", 1);
    await vi.waitFor(() => expect(server.x("a")).toBe(1), { timeout: 5000 });
    first.draw("b", 2);
    second.draw("c", 3);
    await vi.waitFor(() => expect([server.x("b"), server.x("c")]).toEqual([2, 3]), { timeout: 8000 });
  });
});

describe("two devices", () => {
  test("the next answer tells that somebody else wrote, and it comes onto the canvas", async () => {
    const here = await tab();
    here.draw("a", 1);
    await here.session.flush();
    server.elsewhere("b", 5);
    here.draw("a", 2);
    await here.session.flush();
    await vi.waitFor(() => expect(here.shown.get("b")).toBe(5));
    here.draw("b", 6);
    await here.session.flush();
    expect(server.x("b")).toBe(6);
  });

  test("what waits here stays on the canvas, and a real conflict is shown", async () => {
    const here = await tab();
    here.draw("a", 1);
    await here.session.flush();
    server.elsewhere("a", 5);
    here.draw("a", 2);
    await here.session.flush().catch(() => {});
    expect(here.session.conflicts).toHaveLength(1);
    expect(here.shown.get("a")).toBe(2);
  });
});

const act = fc.record({
  tab: fc.integer({ min: 0, max: 1 }),
  do: fc.constantFrom(
    "put" as const,
    "put" as const,
    "delete" as const,
    "send" as const,
    "reopen" as const,
    "cut" as const,
  ),
  id: fc.constantFrom("a", "b", "c"),
  x: fc.integer({ min: 0, max: 99 }),
});

test("whatever two tabs draw by turns, with answers lost and tabs reopened: each region is as it was drawn last", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), async (acts) => {
      server = new FakeServer();
      name = `by-turns-${database++}`;
      const tabs = [await tab(), await tab()];
      const drawn = new Map<string, number>();
      for (const { tab: n, do: what, id: letter, x } of acts) {
        const id = `${letter}${n}`; // both at one region within a moment is a conflict, and said to be one
        const one = tabs[n] as (typeof tabs)[number];
        if (what === "put") {
          one.draw(id, x);
          drawn.set(id, x);
        } else if (what === "delete" && drawn.delete(id)) one.erase(id);
        else if (what === "send") await one.session.flush().catch(() => {});
        else if (what === "cut") server.faults.push("answerLost");
        else if (what === "reopen") {
          await close(one.session);
          tabs[n] = await tab();
        }
        const shown = () => tabs.map((each) => [...each.shown].sort());
        const all = [...drawn].sort();
        await vi.waitFor(() => expect(shown()).toEqual([all, all]), { timeout: 8000, interval: 5 });
      }
      server.faults = [];
      for (const each of tabs) await each.session.flush().catch(() => {});
      await vi.waitFor(() => expect(there()).toEqual([...drawn].sort()), { timeout: 8000 });
      for (const each of tabs) {
        expect(each.session.conflicts).toEqual([]);
        await close(each.session);
      }
    }),
    { numRuns: 10, seed: 20, endOnFailure: true },
  );
}, 120_000);

const there = () =>
  server
    .rows()
    .map(({ element }) => [(element as { id: string }).id, xOf(element)])
    .sort();
