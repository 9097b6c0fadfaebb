// @vitest-environment node
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { TaskSession } from "./types";
import { World, xOf } from "./world";

/** Sequences a property is tried with; thousands by `LABELWRIGHT_SEQUENCES=3000 npx vitest run many_tabs`. */
const RUNS = Number(process.env.LABELWRIGHT_SEQUENCES ?? 40);

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] }));
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

const tab = fc.nat(2);
const id = fc.constantFrom("a", "b");
const picks = fc.array(fc.nat(30), { maxLength: 8 });
const gates = fc.record({ do: fc.constant("gates" as const), picks });
const ACTS = {
  put: fc.record({ do: fc.constant("put" as const), tab, id, x: fc.nat(99), picks }),
  delete: fc.record({ do: fc.constant("delete" as const), tab, id, picks }),
  send: fc.record({ do: fc.constant("send" as const), tab, picks }),
  time: fc.record({ do: fc.constant("time" as const), ms: fc.constantFrom(50, 300, 1000, 4000), picks }),
  network: fc.record({ do: fc.constant("network" as const), online: fc.boolean() }),
  lost: fc.record({ do: fc.constant("lost" as const) }),
  kill: fc.record({ do: fc.constant("kill" as const), tab, picks }),
  close: fc.record({ do: fc.constant("close" as const), tab, picks }),
  /** Another device writes. */
  elsewhere: fc.record({ do: fc.constant("elsewhere" as const), id, x: fc.nat(99) }),
  /** The server takes nothing of this element any more, or again. */
  refuse: fc.record({ do: fc.constant("refuse" as const), id }),
  decide: fc.record({
    do: fc.constant("decide" as const),
    tab,
    id,
    how: fc.constantFrom("mine", "theirs", "retry"),
    picks,
  }),
};
const OWN = [
  { weight: 8, arbitrary: ACTS.put },
  { weight: 3, arbitrary: ACTS.delete },
  { weight: 4, arbitrary: gates },
  { weight: 3, arbitrary: ACTS.send },
  { weight: 3, arbitrary: ACTS.time },
  { weight: 1, arbitrary: ACTS.network },
  { weight: 1, arbitrary: ACTS.lost },
  { weight: 2, arbitrary: ACTS.kill },
  { weight: 1, arbitrary: ACTS.close },
] as const;
const OTHERS = [
  { weight: 3, arbitrary: ACTS.elsewhere },
  { weight: 1, arbitrary: ACTS.refuse },
  { weight: 2, arbitrary: ACTS.decide },
] as const;
const own = fc.oneof(...OWN);
const any = fc.oneof(...OWN, ...OTHERS);
type Act = typeof any extends fc.Arbitrary<infer T> ? T : never;
interface Case {
  readonly tabs: number;
  readonly locks: boolean;
  readonly acts: readonly Act[];
}
const caseOf = (act: fc.Arbitrary<Act>) =>
  fc.record({
    tabs: fc.integer({ min: 2, max: 3 }),
    locks: fc.boolean(),
    acts: fc.array(act, { minLength: 1, maxLength: 14 }),
  });

async function perform(world: World, tabs: number, one: Act): Promise<void> {
  const at = "tab" in one ? world.tabs[one.tab % tabs] : undefined;
  if (one.do === "put") at?.draw(one.id, one.x);
  else if (one.do === "delete") at?.erase(one.id);
  else if (one.do === "send") void at?.session?.flush().catch(() => {});
  else if (one.do === "time") await world.passes(one.ms);
  else if (one.do === "network") world.online = one.online;
  else if (one.do === "lost") world.answersLost = 1;
  else if (one.do === "elsewhere") world.server.elsewhere(one.id, one.x);
  else if (one.do === "refuse") {
    const { refuse } = world.server;
    if (!refuse.delete(one.id)) refuse.add(one.id);
  } else if (one.do === "decide" && at?.session) decide(at.session, one.id, one.how as "mine" | "theirs" | "retry");
  else if (one.do === "kill" && at) {
    world.kill(at);
    await world.tab();
  } else if (one.do === "close" && at) {
    void at.leave();
    await world.tab();
  }
  if ("picks" in one) for (const pick of one.picks) await world.open(pick);
}

function decide(session: TaskSession, id: string, how: "mine" | "theirs" | "retry"): void {
  if (how === "retry") void session.retry();
  else void session.resolve(id, how).catch(() => {});
}

/** All of it, and then as long as it takes with a network; a killed tab is heard of after a minute at the latest. */
async function played({ tabs, locks, acts }: Case): Promise<World> {
  vi.clearAllTimers();
  const world = new World(locks);
  for (let n = 0; n < tabs; n++) await world.tab();
  await world.settles(500);
  for (const one of acts) await perform(world, tabs, one);
  world.online = true;
  world.answersLost = 0;
  const cut = acts.some((one) => ["kill", "network", "lost", "elsewhere"].includes(one.do));
  await world.settles(cut ? 75_000 : 14_000, cut ? 2_500 : 250);
  return world;
}

const onServer = (world: World) =>
  new Map(world.server.rows().map(({ element }) => [(element as { id: string }).id, xOf(element)]));

async function allSaved(one: Case): Promise<void> {
  const world = await played(one);
  const there = onServer(world);
  expect(there, "the server has each region as it was made last").toEqual(world.last);
  for (const edit of world.made.keys()) expect(world.server.log.has(edit), `${edit} was sent`).toBe(true);
  for (const each of world.tabs) {
    expect(each.shown, "the canvas shows what the server has").toEqual(there);
    expect(each.session?.conflicts).toEqual([]);
    expect(each.session?.unsent()).toEqual([]);
  }
}

/** Nothing that came to the disk is dropped, but for what a person decided against. */
async function allSavedOrNamed(one: Case): Promise<void> {
  const world = await played(one);
  for (const each of world.tabs) {
    const shown = onServer(world);
    const open = each.session?.unsent() ?? [];
    for (const { element, after } of open)
      if (after === null) shown.delete(element);
      else shown.set(element, xOf(after));
    expect(each.shown, "the canvas shows what the server has, with what it does not have yet").toEqual(shown);
    expect(open.filter(({ state }) => state === "waiting")).toEqual([]);
    const named = new Set(
      [...(each.session?.conflicts ?? []), ...(each.session?.refused ?? [])].map((of) => of.element),
    );
    expect(new Set(open.map(({ element }) => element))).toEqual(named);
    for (const [edit, { element }] of world.made)
      expect(world.server.log.has(edit) || named.has(element), `${edit} was sent or is named`).toBe(true);
  }
}

describe("whatever tabs do, one after the other or in each other's midst, killed and cut off at any step", () => {
  test("all that was on disk is sent, the last of each region stands, and every canvas shows it", async () => {
    await fc.assert(fc.asyncProperty(caseOf(own), allSaved), { numRuns: RUNS, examples: SAVED.map((one) => [one]) });
  }, 3_600_000);

  test("also with other devices and refusals nothing is dropped: it is sent or named, and every canvas shows the same", async () => {
    await fc.assert(fc.asyncProperty(caseOf(any), allSavedOrNamed), {
      numRuns: RUNS,
      examples: NAMED.map((one) => [one]),
    });
  }, 3_600_000);
});

/** What went wrong once. */
const SAVED: Case[] = [
  // One region changed by turns within a moment: the second tab took the record away that the first had changed meanwhile.
  {
    tabs: 2,
    locks: true,
    acts: [
      { do: "put", tab: 1, id: "b", x: 1, picks: [] },
      { do: "put", tab: 0, id: "a", x: 2, picks: [] },
      { do: "put", tab: 1, id: "b", x: 3, picks: [] },
    ],
  },
  // A killed tab had sent the first of two changes: the deletion of the second was taken for one of a region nobody knows.
  {
    tabs: 2,
    locks: false,
    acts: [
      { do: "put", tab: 1, id: "a", x: 0, picks: [0, 0, 0, 0, 0] },
      { do: "time", ms: 50, picks: [0, 0, 0, 3, 0, 9, 0, 0] },
      { do: "time", ms: 300, picks: [] },
      { do: "put", tab: 0, id: "a", x: 0, picks: [] },
      { do: "put", tab: 1, id: "a", x: 0, picks: [4] },
      { do: "kill", tab: 0, picks: [] },
      { do: "delete", tab: 0, id: "a", picks: [] },
    ],
  },
  // Two tabs sent at the same time, each without knowing the other's record: the older one came last.
  {
    tabs: 2,
    locks: false,
    acts: [
      { do: "put", tab: 1, id: "b", x: 0, picks: [] },
      { do: "put", tab: 0, id: "b", x: 1, picks: [] },
      { do: "time", ms: 1000, picks: [] },
      { do: "network", online: false },
    ],
  },
  {
    tabs: 2,
    locks: false,
    acts: [
      { do: "put", tab: 1, id: "a", x: 0, picks: [] },
      { do: "gates", picks: [0, 0, 0] },
      { do: "put", tab: 0, id: "b", x: 0, picks: [0, 0, 1] },
      { do: "time", ms: 4000, picks: [] },
      { do: "put", tab: 1, id: "b", x: 1, picks: [] },
    ],
  },
  // A tab heard that another one sends before it knew it of the disk: it never learned that it does not.
  {
    tabs: 2,
    locks: false,
    acts: [
      { do: "put", tab: 0, id: "a", x: 0, picks: [0, 0] },
      { do: "close", tab: 0, picks: [13, 16] },
      { do: "close", tab: 0, picks: [0, 0] },
      { do: "kill", tab: 1, picks: [0, 0] },
      { do: "send", tab: 1, picks: [0, 2, 0] },
      { do: "send", tab: 1, picks: [0, 27, 5, 0, 0, 24, 3, 11] },
    ],
  },
];
const NAMED: Case[] = [
  // The tab that begins to send knew what another device had written; the one beside it was never told.
  {
    tabs: 2,
    locks: false,
    acts: [
      { do: "elsewhere", id: "a", x: 0 },
      { do: "close", tab: 0, picks: [] },
    ],
  },
  // Another device wrote over an edit before its answer, lost on the way, came by a repeat.
  {
    tabs: 2,
    locks: false,
    acts: [
      { do: "put", tab: 0, id: "a", x: 0, picks: [] },
      { do: "send", tab: 0, picks: [] },
      { do: "decide", tab: 0, id: "a", how: "mine", picks: [0, 0, 0] },
      { do: "lost" },
      { do: "gates", picks: [0, 7, 0, 0, 3, 3] },
      { do: "elsewhere", id: "a", x: 1 },
      { do: "send", tab: 1, picks: [] },
    ],
  },
  // Taken back before it was sent, while another device had made it.
  {
    tabs: 2,
    locks: false,
    acts: [
      { do: "put", tab: 1, id: "a", x: 0, picks: [0, 0] },
      { do: "put", tab: 0, id: "b", x: 0, picks: [] },
      { do: "gates", picks: [17, 5] },
      { do: "elsewhere", id: "b", x: 0 },
      { do: "delete", tab: 0, id: "b", picks: [] },
      { do: "network", online: false },
    ],
  },
];
