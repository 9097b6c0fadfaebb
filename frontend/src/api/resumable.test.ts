import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sendInParts } from "./resumable";

const PART = 8 * 1024 * 1024;
const SIZE = PART + 10;
const file = new File([new Uint8Array(SIZE)], "größer.zip", { lastModified: 7 });

/** A server that keeps what arrives, and drops the line at the parts that are named. */
function serving(drops: number[]) {
  const calls: string[] = [];
  const state = { id: 3, name: file.name, size: SIZE, offset: 0, expires_at: "" };
  let parts = 0;
  vi.stubGlobal("fetch", async (url: string, { method, headers, body }: RequestInit) => {
    const sent = headers as Record<string, string>;
    calls.push(`${method} ${url} ${sent["Upload-Offset"] ?? ""}`.trim());
    if (method === "PATCH") {
      parts += 1;
      if (drops.includes(parts)) throw new TypeError("the line is down");
      state.offset += (body as Blob).size;
      return new Response(null, { status: 204 });
    }
    return new Response(JSON.stringify(state), { status: 200 });
  });
  return { calls, state };
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a file that is sent in parts", () => {
  it("goes on where the server is after the line was down", async () => {
    const { calls } = serving([2]);
    const shares: number[] = [];
    const done = sendInParts(5, file, { onSent: (share) => shares.push(share) });
    await vi.runAllTimersAsync();
    expect(await done).toBe(3);
    expect(calls).toEqual([
      "POST /api/v1/projects/5/uploads",
      "PATCH /api/v1/uploads/3 0",
      `PATCH /api/v1/uploads/3 ${PART}`,
      "GET /api/v1/uploads/3",
      `PATCH /api/v1/uploads/3 ${PART}`,
    ]);
    expect(shares.at(-1)).toBe(1);
    expect(localStorage.length).toBe(0);
  });

  it("is taken up again when the same file is chosen after the page was closed", async () => {
    const { calls, state } = serving([2, 3, 4, 5, 6, 7]);
    const broken = sendInParts(5, file).catch((error: Error) => error);
    await vi.runAllTimersAsync();
    expect(await broken).toMatchObject({ code: "unreachable" });
    calls.length = 0;
    const done = sendInParts(5, file);
    await vi.runAllTimersAsync();
    await done;
    expect(calls).toEqual(["GET /api/v1/uploads/3", `PATCH /api/v1/uploads/3 ${PART}`]);
    expect(state.offset).toBe(SIZE);
  });
});
