import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Change, Region } from "../engine/types";
import { openTask } from "./open";
import { openOutbox } from "./outbox";
import { NotSaved } from "./session";
import { StepKeeper } from "./steps";
import { del, FakeServer, put, region, user } from "./testing";
import { type EditsRequest, TransportError } from "./types";

let server: FakeServer;
let database = 0;
let name = "";
const claim = () => ({
  project: { id: 9 },
  assignment: { id: 7, token: 3, expires_at: null },
  annotation: { id: 5, version: server.version, elements: server.rows() },
  person: { id: 2, name: "Two" },
  task: { name: "photo.jpg" },
});
const opened: { close(): Promise<void> }[] = [];

async function open(now?: () => number) {
  const keeper = await StepKeeper.open(5, 2, name);
  const session = await openTask(claim(), server, { outbox: await openOutbox(name), keeper, ...(now ? { now } : {}) });
  opened.push(session);
  return session;
}

/** The page is gone without a word: nothing more is sent, the disk keeps what it has. */
async function crash(session: { close(): Promise<void> }) {
  const { sendEdits } = server;
  server.sendEdits = () => Promise.reject(new TypeError("the page is gone"));
  await session.close();
  server.sendEdits = sendEdits;
}

beforeEach(() => {
  server = new FakeServer();
  name = `test-${database++}`;
});

afterEach(async () => {
  vi.useRealTimers();
  for (const session of opened.splice(0)) await session.close();
});

describe("saving", () => {
  test("a stroke is on the server within a second, without being asked for", async () => {
    const session = await open();
    session.applyDiff(user(put("a", 4)));
    expect(session.saveState).toEqual({ kind: "saving", waiting: 1 });
    await vi.waitFor(() => expect(server.x("a")).toBe(4), { timeout: 1000 });
    await vi.waitFor(() => expect(session.saveState).toEqual({ kind: "saved" }));
  });

  test("several changes of one element that wait are sent as one edit", async () => {
    const session = await open();
    for (let x = 0; x < 20; x++) session.applyDiff(user(put("a", x)));
    await session.flush();
    expect(server.calls.flatMap((call) => call.edits)).toHaveLength(1);
    expect(server.x("a")).toBe(19);
  });

  test("an element drawn and deleted before it was sent is never sent", async () => {
    const session = await open();
    session.applyDiff(user(put("a")));
    session.applyDiff(user(del("a")));
    await session.flush();
    expect(server.calls).toHaveLength(0);
  });

  test("the next change of a saved element names the version it was made on", async () => {
    const session = await open();
    session.applyDiff(user(put("a", 1)));
    await session.flush();
    session.applyDiff(user(put("a", 2)));
    await session.flush();
    expect(server.calls.map((call) => call.edits[0]?.over)).toEqual([null, 1]);
  });

  test("undo of a delete writes over the tombstone", async () => {
    const session = await open();
    session.applyDiff(user(put("a", 1)));
    await session.flush();
    session.applyDiff(user(del("a")));
    await session.flush();
    session.applyDiff({ origin: "history", changes: [put("a", 1)] });
    await session.flush();
    expect(server.elements.get("a")).toMatchObject({ deleted: false, version: 3 });
  });

  test("what the server or loading wrote is not sent back", async () => {
    const session = await open();
    session.applyDiff({ origin: "remote", changes: [put("a")] });
    session.applyDiff({ origin: "load", changes: [put("b")] });
    await session.flush();
    expect(server.calls).toHaveLength(0);
  });

  test("an answer to an item attribute is an element of its own", async () => {
    const session = await open();
    session.applyDiff(user({ kind: "answer", id: "weather", before: null, after: "rain" }));
    await session.flush();
    expect(server.calls[0]?.edits[0]).toMatchObject({
      op: "put",
      kind: "answer",
      answer: { id: "weather", value: "rain" },
    });
  });

  test("more than a thousand edits go in several calls and all arrive", async () => {
    const session = await open();
    session.applyDiff(user(...Array.from({ length: 2300 }, (_, i) => put(`e${i}`, i))));
    await session.flush();
    expect(server.calls.map((call) => call.edits.length)).toEqual([1000, 1000, 300]);
    expect(server.elements.size).toBe(2300);
  });
});

describe("without a network", () => {
  test("edits wait, are counted, and go out when it is back", async () => {
    const session = await open();
    server.faults = ["down"];
    session.applyDiff(user(put("a"), put("b")));
    await expect(session.flush()).rejects.toBeInstanceOf(NotSaved);
    expect(session.saveState).toEqual({ kind: "offline", waiting: 2 });
    window.dispatchEvent(new Event("online"));
    await vi.waitFor(() => expect(session.saveState).toEqual({ kind: "saved" }));
    expect(server.elements.size).toBe(2);
  });

  test("an answer that got lost leads to a repeat that changes nothing, and its time counts once", async () => {
    let now = 0;
    const session = await open(() => now);
    session.touch();
    now = 5000;
    session.touch();
    server.faults = ["answerLost"];
    session.applyDiff(user(put("a", 1)));
    await session.flush().catch(() => {});
    await session.flush();
    expect(server.calls[0]).toEqual(server.calls[1]);
    expect(server.version).toBe(1);
    expect(server.activeMs).toBe(5000);
  });

  test("a change made while the answer was lost arrives after the repeat", async () => {
    const session = await open();
    server.faults = ["answerLost"];
    session.applyDiff(user(put("a", 1)));
    await session.flush().catch(() => {});
    session.applyDiff(user(put("a", 2)));
    await session.flush();
    expect(server.x("a")).toBe(2);
    expect(session.saveState).toEqual({ kind: "saved" });
  });

  test("a page that died keeps its unsent edits and the next one sends them", async () => {
    const first = await open();
    server.faults = ["down", "down", "down"];
    first.applyDiff(user(put("a", 3)));
    await first.flush().catch(() => {});
    await crash(first);
    server.faults = [];

    const second = await open();
    expect(second.elements.map((row) => row.element.geometry.x)).toEqual([3]);
    await second.flush();
    expect(server.x("a")).toBe(3);
  });

  test("a page that died after sending, before the answer, repeats the same edit and newer work stays on top", async () => {
    const first = await open();
    server.faults = ["answerLost"];
    first.applyDiff(user(put("a", 1)));
    await first.flush().catch(() => {});
    first.applyDiff(user(put("a", 2)));
    await crash(first);

    const second = await open();
    expect(second.elements).toHaveLength(1);
    expect(second.elements[0]?.element.geometry.x).toBe(2);
    await second.flush();
    expect(server.x("a")).toBe(2);
    expect(second.conflicts).toEqual([]);
  });
});

describe("conflicts and refusals", () => {
  async function conflicting() {
    server.elsewhere("a", 1);
    const session = await open();
    server.elsewhere("a", 50);
    session.applyDiff(user(put("a", 7), put("b", 8)));
    await session.flush().catch(() => {});
    return session;
  }

  test("a change made over an older version is shown with theirs and mine; the others are saved", async () => {
    const session = await conflicting();
    expect(session.saveState).toEqual({ kind: "conflict", count: 1 });
    expect(session.conflicts[0]).toMatchObject({ element: "a", theirs: { version: 2 } });
    expect(server.x("a")).toBe(50);
    expect(server.x("b")).toBe(8);
  });

  test("keeping mine writes over theirs", async () => {
    const session = await conflicting();
    await session.resolve("a", "mine");
    await session.flush();
    expect(server.x("a")).toBe(7);
    expect(session.conflicts).toEqual([]);
  });

  test("keeping theirs drops mine, and my next change is made on theirs", async () => {
    const session = await conflicting();
    const theirs = await session.resolve("a", "theirs");
    expect(theirs.element).toMatchObject({ geometry: { x: 50 } });
    expect(server.x("a")).toBe(50);
    session.applyDiff(user(put("a", 60)));
    await session.flush();
    expect(server.x("a")).toBe(60);
  });

  test("a conflict survives a reload with both sides", async () => {
    await (await conflicting()).close();
    const session = await open();
    expect(session.conflicts[0]).toMatchObject({ element: "a", mine: { geometry: { x: 7 } } });
  });

  test("a refused edit is kept and named, the others are saved, and correcting it sends it again", async () => {
    server.refuse.add("bad");
    const session = await open();
    session.applyDiff(user(put("bad"), put("good")));
    await session.flush().catch(() => {});
    expect(session.refused).toMatchObject([{ element: "bad", code: "bad_geometry", detail: "bad is bad" }]);
    expect(server.elements.has("good")).toBe(true);
    await expect(session.submit()).rejects.toBeInstanceOf(NotSaved);
    server.refuse.clear();
    session.applyDiff(user(put("bad", 5)));
    await session.flush();
    expect(server.x("bad")).toBe(5);
  });

  test("a call refused as a whole is taken apart until only its cause is refused", async () => {
    const session = await open();
    const { sendEdits } = server;
    server.sendEdits = function (this: FakeServer, a: number, body: EditsRequest) {
      if (body.edits.some((edit) => (edit.region as Region).id === "e3"))
        return Promise.reject(new TransportError(400, "malformed_json", "NaN"));
      return sendEdits.call(server, a, body);
    };
    session.applyDiff(user(...Array.from({ length: 8 }, (_, i) => put(`e${i}`, i))));
    await session.flush().catch(() => {});
    expect(session.refused.map((edit) => edit.element)).toEqual(["e3"]);
    expect(server.elements.size).toBe(7);
  });
});

describe("the task", () => {
  test("submit sends what waits first, then the outcome with the token", async () => {
    const session = await open();
    session.applyDiff(user(put("a", 1)));
    await session.submit({ outcome: "labelled" });
    expect(server.x("a")).toBe(1);
    expect(server.submitted).toMatchObject([{ outcome: "labelled", token: 3 }]);
  });

  test("a second tab of the same browser waits until the first is closed", async () => {
    const first = await open();
    first.applyDiff(user(put("a")));
    await first.flush();
    const second = await open();
    await vi.waitFor(() => expect(second.saveState).toEqual({ kind: "elsewhere" }));
    await first.close();
    await vi.waitFor(() => expect(second.saveState).toEqual({ kind: "saved" }), { timeout: 5000 });
  });

  test("pauses of a minute and more are not work", async () => {
    let now = 0;
    const session = await open(() => now);
    for (const at of [0, 10_000, 20_000, 200_000, 205_000]) {
      now = at;
      session.touch();
    }
    await session.submit();
    expect(server.submitted).toMatchObject([{ active_ms: 25_000 }]);
  });
});

describe("a mask too long for an edit", () => {
  const counts = "0".repeat(20_000);
  const drawn = (): Change => ({
    kind: "region",
    id: "m1",
    before: null,
    after: { ...region("m1", 3), shape: "mask", geometry: { x: 3, y: 4, size: [10, 10], counts } } as never,
  });

  test("is uploaded before the edit that names it, once", async () => {
    const session = await open();
    session.applyDiff({ origin: "user", changes: [drawn()] });
    await session.flush();
    const [hash] = [...server.blobs.keys()];
    expect(server.blobs.get(hash as string)).toBe(counts);
    const sent = server.calls[0]?.edits[0]?.region as { geometry: unknown };
    expect(sent.geometry).toEqual({ x: 3, y: 4, size: [10, 10], blob: hash });
  });

  test("waits on this device when the upload does not arrive, and no edit goes ahead of it", async () => {
    const session = await open();
    server.lostBlobs = 9;
    session.applyDiff({ origin: "user", changes: [drawn()] });
    await expect(session.flush()).rejects.toThrow();
    expect(server.calls).toHaveLength(0);
    expect(session.saveState.kind).toBe("offline");
    await session.close();
    server.lostBlobs = 0;
    const again = await open();
    expect(
      ((again.elements[0] as { element: unknown }).element as { geometry: { counts: string } }).geometry.counts,
    ).toBe(counts);
    await again.flush();
    expect(server.blobs.size).toBe(1);
    expect(server.elements.has("m1")).toBe(true);
  });
});
