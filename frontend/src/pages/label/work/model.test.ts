import { beforeEach, expect, test, vi } from "vitest";
import { api } from "@/api/client";
import type { Prompt } from "@/engine/smart/prompts";
import { decoder } from "../decoding/decoder";
import { askedBy, asksModel, encodeAhead, finderOf, modelFor } from "./model";

const click = (x: number, y: number, inside = true): Prompt => ({ kind: "click", at: [x, y], inside });
const signal = new AbortController().signal;
let post = vi.spyOn(api, "post");

beforeEach(() => {
  post = vi.spyOn(api, "post");
});

test("clicks and the last box are told as they are, of a scribble some places", () => {
  const scribble: Prompt = { kind: "scribble", points: Array.from({ length: 100 }, (_, i) => i), inside: false };
  const told = askedBy([click(1, 2), { kind: "box", box: [0, 0, 5, 5] }, scribble, { kind: "box", box: [1, 1, 9, 9] }]);
  expect(told.box).toEqual([1, 1, 9, 9]);
  expect(told.points?.[0]).toEqual({ x: 1, y: 2, inside: true });
  expect(told.points?.length).toBeLessThanOrEqual(7);
  expect(told.points?.[1]).toEqual({ x: 0, y: 1, inside: false });
});

test("more prompts refine the answer before; fewer, or others, begin anew", async () => {
  post.mockResolvedValue({ mask: null, score: 0, source: "Stub:1", refines: "a".repeat(24) });
  const finder = finderOf(7, "Stub:1");
  const [one, two, other] = [click(1, 1), click(2, 2), click(3, 3)];
  const refines = async (...prompts: Prompt[]) => {
    await finder.find(prompts, signal, "flower");
    const sent = post.mock.lastCall?.[1] as { refines?: string; words?: string } | undefined;
    expect(sent?.words).toBe("flower");
    return sent?.refines !== undefined;
  };
  expect(finder.source).toBe("smart:Stub:1");
  expect(await refines(one)).toBe(false);
  expect(await refines(one, two)).toBe(true);
  expect(await refines(one)).toBe(false);
  expect(await refines(other, two)).toBe(false);
});

test("tasks to come are encoded only in projects where a model was found", async () => {
  post.mockResolvedValue({ state: "none", version: null, source: null });
  expect(await modelFor(5, 50, signal)).toBeNull();
  encodeAhead(5, 51);
  expect(post).toHaveBeenCalledTimes(1);
  post.mockResolvedValue({ state: "coming", version: 3, source: "Stub:1" });
  expect((await modelFor(5, 50, signal))?.source).toBe("smart:Stub:1");
  encodeAhead(5, 51);
  expect(asksModel(5)).toBe(true);
  expect(post.mock.lastCall?.[0]).toBe("/tasks/51/embedding");
});

test("whoever is quicker answers, the page or the server, and the page where the server does not", async () => {
  const takes = (ms: number) => Object.assign(decoder, { takes: ms });
  const here = vi.spyOn(decoder, "ask").mockResolvedValue({ mask: null, refines: 1 });
  const has = vi.spyOn(decoder, "has").mockReturnValue(true);
  const server = { mask: null, score: 0, source: "Stub:1", refines: "a".repeat(24) };
  const who = async () => {
    here.mockClear();
    post.mockClear();
    await finderOf(7, "Stub:1").find([click(1, 1)], signal, "");
    return [here.mock.calls.length, post.mock.calls.length];
  };
  takes(20);
  expect(await who()).toEqual([1, 0]);
  takes(100_000);
  post.mockResolvedValue(server);
  expect(await who()).toEqual([0, 1]);
  post.mockRejectedValue(new Error("no worker"));
  expect(await who()).toEqual([1, 1]);
  has.mockReturnValue(false);
  await expect(finderOf(7, "Stub:1").find([click(1, 1)], signal, "")).rejects.toThrow("no worker");
  has.mockReturnValue(true);
  here.mockRejectedValue(new Error("not open"));
  takes(20);
  post.mockResolvedValue(server);
  expect(await who()).toEqual([1, 1]);
});
