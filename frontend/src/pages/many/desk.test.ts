import { beforeEach, expect, test, vi } from "vitest";
import { api } from "@/api/client";
import { PageDesk } from "./desk";
import type { Tile } from "./tiles";
import { answered, toggled } from "./tiles";

const WEATHER = { name: "weather", kind: "select" as const, options: ["clear", "rain"], required: true };
type Sent = { path: string; body: Record<string, unknown>; keepalive?: boolean };
let sent: Sent[] = [];
let refuse: number[] = [];
let first = 1;
let remaining = 0;
let fetched: string[] = [];

function page(ids: number[]) {
  const items = ids.map((id) => ({
    task: { id, number: id },
    asset: { id, urls: { thumb: `thumb/${id}`, preview: `preview/${id}` } },
    assignment: { id, token: 7, lease_seconds: 600 },
    elements: [],
  }));
  return {
    project: { name: "Weather" },
    schema: { body: { classes: [], item_attributes: [WEATHER] } },
    items,
    remaining,
  };
}

function answer(path: string, body: Record<string, unknown>) {
  if (path.endsWith("claim-page")) {
    first += 4;
    return page([first, first + 1, first + 2, first + 3]);
  }
  if (path.endsWith("recall-page")) return { page: page(body.assignments as number[]), refused: [] };
  if (!path.endsWith("submit-page")) return {};
  const items = body.items as { assignment: number }[];
  const part = Math.floor((body.active_ms as number) / items.length);
  const results = items.map(({ assignment }) =>
    refuse.includes(assignment)
      ? { assignment, revision: null, active_ms: 0, problem: { code: "submit_blocked", title: "", detail: "no" } }
      : { assignment, revision: { id: assignment, number: 1 }, active_ms: part, problem: null },
  );
  return { results };
}

function desk() {
  const stayed: Tile[] = [];
  const made = new PageDesk({
    project: 1,
    size: 6,
    only: null,
    onStay: (tiles) => stayed.push(...tiles),
    onRefused: () => {},
  });
  const sheet = () => {
    if (made.state.kind !== "open") throw new Error(made.state.kind);
    return made.state.sheet;
  };
  const give = (value: string) =>
    made.change(answered(sheet(), made.schema, made.schema.item_attributes![0]!, value), true);
  const calls = () => sent.map((one) => one.path.split("/").at(-1));
  return { made, stayed, sheet, give, calls };
}

beforeEach(() => {
  sent = [];
  refuse = [];
  first = 1;
  remaining = 0;
  fetched = [];
  vi.stubGlobal(
    "Image",
    class {
      set src(url: string) {
        fetched.push(url);
      }
    },
  );
  vi.spyOn(api, "post").mockImplementation(async (path, body, options) => {
    sent.push({ path, body: body as Record<string, unknown>, keepalive: options?.keepalive });
    return answer(path, body as Record<string, unknown>) as never;
  });
});

test("what is answered is handed in, what is open goes back, and the next page comes", async () => {
  const { made, sheet, give, calls } = desk();
  await made.next();
  made.change(toggled(sheet(), 3), false);
  give("rain");
  await made.submit();
  expect(calls()).toEqual(["claim-page", "submit-page", "release-page", "claim-page"]);
  expect((sent[1]!.body.items as { assignment: number }[]).map((one) => one.assignment)).toEqual([5, 6, 7]);
  expect(sent[2]!.body.assignments).toEqual([{ assignment: 8, token: 7 }]);
  expect([made.done, sheet().tiles.map((one) => one.assignment)]).toEqual([3, [9, 10, 11, 12]]);
});

test("once all is answered the next page is taken and its pictures are fetched, and it is shown without another question", async () => {
  const { made, sheet, give, calls } = desk();
  await made.next();
  give("rain");
  await vi.waitFor(() => expect(fetched).toEqual([9, 10, 11, 12].map((id) => `preview/${id}`)));
  give("clear"); // changed once more: nothing else is taken
  await made.submit();
  expect(calls()).toEqual(["claim-page", "claim-page", "submit-page"]);
  expect(sheet().tiles.map((one) => one.assignment)).toEqual([9, 10, 11, 12]);
});

test("a page ahead goes back where a limit cut it short, where another size is chosen, and where the page is left", async () => {
  const { made, give, calls } = desk();
  await made.next();
  remaining = 3;
  give("rain");
  await vi.waitFor(() => expect(calls().at(-1)).toBe("release-page"));
  await made.submit();
  expect(calls().slice(-2)).toEqual(["submit-page", "claim-page"]);
  remaining = 0;
  give("rain");
  await vi.waitFor(() => expect(fetched).toContain("preview/17"));
  made.resize(12);
  await vi.waitFor(() => expect(calls().slice(-3)).toEqual(["release-page", "release-page", "claim-page"]));
  await vi.waitFor(() => expect(made.state.kind).toBe("open"));
  give("rain");
  await vi.waitFor(() => expect(fetched).toContain("preview/25"));
  made.close();
  const back = sent
    .slice(-2)
    .flatMap((one) => (one.body.assignments as { assignment: number }[]).map((a) => a.assignment));
  expect(back.sort((a, b) => a - b)).toEqual([21, 22, 23, 24, 25, 26, 27, 28]);
});

test("pictures that are refused stay by name, chosen, while the next page waits", async () => {
  const { made, stayed, sheet, give, calls } = desk();
  await made.next();
  give("clear");
  refuse = [6];
  await made.submit();
  expect(calls()).toEqual(["claim-page", "claim-page", "submit-page"]);
  expect(stayed.map((one) => one.problem?.code)).toEqual(["submit_blocked"]);
  expect([sheet().tiles.map((one) => one.assignment), [...sheet().chosen], made.done]).toEqual([[6], [6], 3]);
});

test("taking back undoes answers one by one, then the page before", async () => {
  const { made, sheet, give } = desk();
  await made.next();
  give("clear");
  await made.takeBack();
  expect(sheet().tiles[0]!.answers).toEqual({});
  give("rain");
  await made.submit();
  await made.takeBack();
  expect([sheet().tiles.map((one) => one.assignment), made.done]).toEqual([[5, 6, 7, 8], 0]);
  expect(sent.at(-1)!.body.assignments).toEqual([9, 10, 11, 12].map((assignment) => ({ assignment, token: 7 })));
});

test("a page that is left goes back even while the window closes", async () => {
  const { made } = desk();
  await made.next();
  made.close();
  expect(sent.at(-1)).toMatchObject({ path: "/projects/1/tasks/release-page", keepalive: true });
});
