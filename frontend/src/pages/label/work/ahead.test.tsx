import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api } from "@/api/client";
import { Ahead, comingWork } from "./ahead";
import type { ClaimDocument } from "./desk";

vi.mock("./pictures", async (original) => ({ ...(await original<object>()), picture: async () => ({}) }));

const urls = { preview: "/media/next", display: "/media/next" };
const promised = (slot: number) => ({
  slot,
  stage: "annotate",
  until: new Date(Date.now() + 120_000).toISOString(),
  task: { id: slot, number: slot, name: "next.jpg", state: "waiting", outcome: "", web_url: "" },
  asset: { id: slot, width: 10, height: 10, urls, tiles: null },
  schema_version: 1,
  elements: [],
});
const doc = {
  project: { id: 7 },
  schema: { number: 1 },
  asset: { urls },
  assignment: { id: 3, token: 5 },
  annotation: { id: 4, elements: [{}] },
  marks: [{}],
  remaining: 2,
} as unknown as ClaimDocument;
let post = vi.spyOn(api, "post");

beforeEach(() => {
  vi.useFakeTimers();
  post = vi.spyOn(api, "post");
});
afterEach(() => vi.useRealTimers());

const ahead = () => new Ahead({ stage: "annotate" });

test("what was promised is ready once its picture is decoded, and only under the same schema", async () => {
  post.mockResolvedValue(promised(11));
  const one = ahead();
  await one.ask(doc);
  expect(one.ready(doc)?.slot).toBe(11);
  expect(one.ready({ ...doc, schema: { ...doc.schema, number: 2 } })).toBeNull();
  one.close(7);
});

test("a tab in use renews its promise; a forgotten one lets it run out", async () => {
  post.mockImplementation(async () => promised(11));
  const one = ahead();
  await one.ask(doc);
  window.dispatchEvent(new Event("pointermove"));
  await vi.advanceTimersByTimeAsync(100_000);
  expect(post).toHaveBeenLastCalledWith(
    "/projects/7/tasks/promise",
    { stage: "annotate", again: 11 },
    { background: true },
  );
  const asked = post.mock.calls.length;
  await vi.advanceTimersByTimeAsync(900_000);
  expect(post.mock.calls.length - asked).toBeLessThanOrEqual(3);
  expect(one.ready(doc)).toBeNull();
  one.close(7);
});

test("a page that closes gives its promise back, also one whose answer comes afterwards", async () => {
  post.mockResolvedValue(promised(11));
  const one = ahead();
  await one.ask(doc);
  one.close(7);
  const back = [
    "/projects/7/tasks/promise/let-go",
    { stage: "annotate", slots: [11] },
    { keepalive: true, background: true },
  ];
  expect(post).toHaveBeenLastCalledWith(...back);

  let answer: (value: unknown) => void = () => {};
  post.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
  const late = ahead();
  const asking = late.ask(doc);
  await vi.advanceTimersByTimeAsync(1);
  late.close(7);
  answer(promised(12));
  await asking;
  expect(post).toHaveBeenLastCalledWith(back[0], { stage: "annotate", slots: [12] }, back[2]);
});

test("a coming task holds nothing of the one before", () => {
  const work = comingWork(promised(11) as never, doc);
  expect(work.session).toBeNull();
  expect(work.doc.assignment).toMatchObject({ id: 0, token: 0 });
  expect(work.doc.marks).toEqual([]);
  expect(work.doc.annotation.elements).toEqual([]);
  expect(work.doc.remaining).toBe(1);
});
