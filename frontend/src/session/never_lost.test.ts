import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { History } from "../engine/history/history";
import { Scene } from "../engine/scene/scene";
import type { Change, Diff, Region } from "../engine/types";
import { openTask } from "./open";
import { openOutbox } from "./outbox";
import { StepKeeper } from "./steps";
import { del, FakeServer, put, region, user } from "./testing";
import { SOMEBODY_ELSE, type TaskSession } from "./types";

let server: FakeServer;
let database = 0;
let name = "";
const opened = new Set<TaskSession>();

async function open(person = 2): Promise<TaskSession> {
  const claim = {
    project: { id: 9 },
    assignment: { id: 7, token: 3, expires_at: null },
    annotation: { id: 5, version: server.version, elements: server.rows() },
    person: { id: person, name: `Person ${person}` },
    task: { name: "photo.jpg" },
  };
  const keeper = await StepKeeper.open(5, person, name);
  const session = await openTask(claim, server, { outbox: await openOutbox(name), keeper });
  opened.add(session);
  return session;
}

/** The page is gone without a word: nothing more is sent, the disk keeps what it has. */
async function crash(session: TaskSession) {
  const { sendEdits } = server;
  server.sendEdits = () => Promise.reject(new TypeError("the page is gone"));
  await session.close();
  opened.delete(session);
  server.sendEdits = sendEdits;
}

beforeEach(() => {
  server = new FakeServer();
  name = `never-lost-${database++}`;
});

afterEach(async () => {
  for (const session of opened) await session.close();
  opened.clear();
});

describe("two people at one device", () => {
  test("what one left unsent is neither shown to the other nor sent in their name, and goes out when the first is back", async () => {
    server.faults = Array(50).fill("down");
    const first = await open(2);
    first.applyDiff(user(put("a", 4)));
    await crash(first);
    server.faults = [];

    const second = await open(3);
    expect(second.elements).toEqual([]);
    second.applyDiff(user(put("b", 1)));
    await second.flush();
    await second.close();
    expect([server.x("a"), server.x("b")]).toEqual([undefined, 1]);
    expect(await (await openOutbox(name)).waiting()).toMatchObject([{ person: 2, edits: 1 }]);

    const again = await open(2);
    await again.flush();
    expect([server.x("a"), server.x("b")]).toEqual([4, 1]);
  });

  test("a call that waited for a sign-in is not tried again in the name of whoever came, also when the page closes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    server.faults = [{ status: 401, code: SOMEBODY_ELSE }];
    const session = await open(2);
    session.applyDiff(user(put("a", 4)));
    await session.flush().catch(() => {});
    await vi.advanceTimersByTimeAsync(120_000);
    vi.useRealTimers();
    await session.close();
    expect(server.calls).toHaveLength(1);
    expect(await (await openOutbox(name)).waiting()).toMatchObject([{ person: 2, edits: 1 }]);
  });

  test("unsent work of a device is listed with its task and its person", async () => {
    server.faults = Array(50).fill("down");
    const session = await open();
    session.applyDiff(user(put("a", 4), put("b", 5)));
    await crash(session);
    const [waiting] = await (await openOutbox(name)).waiting();
    expect(waiting).toMatchObject({ assignment: 7, person: 2, who: "Person 2", task: "photo.jpg", edits: 2 });
  });
});

describe("a server that takes nothing of this person", () => {
  test("keeps the edits, says why, and sends them once it takes them again", async () => {
    const session = await open();
    server.faults = [{ status: 403, code: "not_your_draft" }];
    session.applyDiff(user(put("a", 4)));
    await session.flush().catch(() => {});
    expect(session.saveState).toEqual({ kind: "blocked", waiting: 1, detail: "no" });
    await session.flush();
    expect([session.saveState.kind, server.x("a")]).toEqual(["saved", 4]);
  });
});

describe("refused edits", () => {
  test("can be tried again, and taken away in a file", async () => {
    const session = await open();
    server.refuse.add("a");
    session.applyDiff(user(put("a", 4)));
    await session.flush().catch(() => {});
    expect(session.unsent()).toMatchObject([
      { element: "a", state: "refused", code: "bad_geometry", after: { geometry: { x: 4 } } },
    ]);
    server.refuse.clear();
    await session.retry();
    await session.flush();
    expect([session.unsent(), server.x("a")]).toEqual([[], 4]);
  });
});

/** A canvas without a picture: scene, history and session as the page joins them. */
function desk(session: TaskSession) {
  const scene = new Scene();
  const history = new History(scene, () => session.keep(history.steps));
  scene.apply({
    label: "load",
    origin: "load",
    changes: session.elements.map((row) => ({ ...put(row.element.id, 0), after: row.element }) as Change),
  });
  if (session.steps) history.restore(session.steps);
  scene.onDiff((diff) => session.applyDiff(diff));
  const draw = (id: string, x: number) => {
    const before = scene.get(id) ?? null;
    scene.apply({
      label: "draw",
      origin: "user",
      changes: [{ kind: "region", id, before, after: region(id, x) }],
    } as Diff);
  };
  return { scene, history, draw, x: (id: string) => (scene.get(id)?.geometry as { x: number } | undefined)?.x };
}

describe("undo over a reload", () => {
  test("goes on where it was, back and forth", async () => {
    let canvas = desk(await open());
    canvas.draw("a", 1);
    canvas.draw("a", 2);
    canvas.draw("b", 3);
    canvas.history.undo();
    for (const session of opened) await session.close();
    opened.clear();

    canvas = desk(await open());
    expect([canvas.x("a"), canvas.x("b")]).toEqual([2, undefined]);
    canvas.history.redo();
    expect(canvas.x("b")).toBe(3);
    canvas.history.undo();
    canvas.history.undo();
    expect(canvas.x("a")).toBe(1);
    canvas.history.undo();
    expect([canvas.x("a"), canvas.history.canUndo]).toEqual([undefined, false]);
  });

  test("takes back the strokes of a mask too long for the document", async () => {
    const long = (n: number) => {
      const geometry = { x: 0, y: 0, size: [9, 9] as [number, number], counts: `${n}`.repeat(20_000) };
      return { id: "m", class: 1, shape: "mask", geometry, attributes: {} } as Region;
    };
    let canvas = desk(await open());
    const stroke = (before: Region | null, after: Region) =>
      canvas.scene.apply({
        label: "paint",
        origin: "user",
        changes: [{ kind: "region", id: "m", before, after }],
      } as Diff);
    stroke(null, long(1));
    stroke(long(1), long(2));
    for (const session of opened) await session.flush();
    for (const session of opened) await session.close();
    opened.clear();
    expect(server.rows().map((row) => "blob" in (row.element as Region).geometry)).toEqual([true]);

    canvas = desk(await open());
    canvas.history.undo();
    expect(canvas.scene.get("m")?.geometry).toEqual(long(1).geometry);
    canvas.history.undo();
    expect(canvas.scene.get("m")).toBeUndefined();
  });

  test("never takes back what another device drew", async () => {
    let canvas = desk(await open());
    canvas.draw("a", 1);
    canvas.draw("b", 1);
    canvas.draw("a", 2);
    for (const session of opened) {
      await session.flush();
      await session.close();
    }
    opened.clear();
    const there = server.elements.get("a");
    server.elements.set("a", { ...there, version: 99, deleted: false, session: "other", body: region("a", 50) });

    canvas = desk(await open());
    canvas.history.undo();
    expect([canvas.x("a"), canvas.x("b"), canvas.history.canUndo]).toEqual([50, undefined, false]);
  });

  test("ends with the task, and belongs to its person", async () => {
    const session = await open();
    desk(session).draw("a", 1);
    await session.submit();
    opened.delete(session);
    expect((await open()).steps).toBeNull();
    desk([...opened][0] as TaskSession).draw("b", 1);
    for (const one of opened) await one.close();
    opened.clear();
    expect((await open(3)).steps).toBeNull();
  });
});

type Act =
  | { do: "put"; id: string; x: number }
  | { do: "delete"; id: string }
  | { do: "send" }
  | { do: "crash" }
  | { do: "fault"; kind: "down" | "answerLost" };
const ids = fc.constantFrom("a", "b", "c");
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("put" as const), id: ids, x: fc.integer({ min: 0, max: 500 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), id: ids }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("send" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("fault" as const),
      kind: fc.constantFrom("down" as const, "answerLost" as const),
    }),
  },
);

test("whatever is cut, lost and reopened on the way: in the end the server has each region as it was drawn last", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 25 }), async (line) => {
      server = new FakeServer();
      name = `never-lost-${database++}`;
      const drawn = new Map<string, number>();
      let session = await open();
      for (const act of line) {
        if (act.do === "put") {
          session.applyDiff(user(put(act.id, act.x)));
          drawn.set(act.id, act.x);
        } else if (act.do === "delete" && drawn.has(act.id)) {
          session.applyDiff(user(del(act.id)));
          drawn.delete(act.id);
        } else if (act.do === "send") await session.flush().catch(() => {});
        else if (act.do === "fault") server.faults.push(act.kind);
        else if (act.do === "crash") {
          await crash(session);
          session = await open();
          const shown = new Map(session.elements.map((row) => [row.element.id, row.element.geometry.x]));
          expect(shown).toEqual(drawn);
        }
      }
      server.faults = [];
      await session.flush();
      await session.close();
      opened.delete(session);
      const there = new Map(
        server.rows().map((row) => [(row.element as Region).id, server.x((row.element as Region).id)]),
      );
      expect(there).toEqual(drawn);
    }),
    { numRuns: 60 },
  );
});
