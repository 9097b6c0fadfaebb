import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, apiUrl, csrfToken, onSessionEnd } from "./client";
import { ApiError, readProblemsAs, saidOf } from "./errors";

const answer = (status: number, body: unknown, headers = {}) =>
  new Response(body === null ? null : JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => {
  onSessionEnd(null);
  vi.unstubAllGlobals();
});

describe("an address", () => {
  it("leaves out what is not set and repeats lists", () => {
    expect(apiUrl("/tasks", { search: "", cursor: null, state: ["done", "rework"], limit: 5 })).toBe(
      "/api/v1/tasks?state=done&state=rework&limit=5",
    );
  });

  it("keeps one that is already absolute in the API", () => {
    expect(apiUrl("/api/v1/annotations/3/elements")).toBe("/api/v1/annotations/3/elements");
  });
});

describe("a call", () => {
  it("finds the CSRF token among other cookies", () => {
    expect(csrfToken("a=1; labelwright_csrf=abc123; b=2")).toBe("abc123");
    expect(csrfToken("xlabelwright_csrf=no")).toBe("");
  });

  it("sends JSON with the CSRF header and gives back the body", async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: jsdom has no Cookie Store
    document.cookie = "labelwright_csrf=tok";
    fetched.mockResolvedValue(answer(201, { id: 7 }));
    await expect(api.post("/projects", { name: "Roofs" })).resolves.toEqual({ id: 7 });
    const [url, init] = fetched.mock.calls[0]!;
    expect(url).toBe("/api/v1/projects");
    expect(init?.body).toBe('{"name":"Roofs"}');
    expect(init?.headers).toMatchObject({ "X-CSRFToken": "tok", "Content-Type": "application/json" });
  });

  it("gives undefined where the server has nothing to say", async () => {
    fetched.mockResolvedValue(answer(204, null));
    await expect(api.post("/projects/1/tasks/claim")).resolves.toBeUndefined();
  });

  it("throws the problem document with its code, fields and further members", async () => {
    const problem = {
      status: 409,
      code: "lease_lost",
      title: "The lease has ended",
      detail: "Take the task again.",
      errors: [{ pointer: "/a/name", code: "invalid", detail: "too long" }],
      request_id: "r1",
      draft_kept: true,
    };
    fetched.mockResolvedValue(answer(409, problem));
    const error: unknown = await api.post("/x").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 409, code: "lease_lost", requestId: "r1", extra: { draft_kept: true } });
    expect((error as ApiError).field("name")).toBe("too long");
  });

  it("names the status when a proxy answers with a page", async () => {
    fetched.mockResolvedValue(new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    await expect(api.get("/x")).rejects.toMatchObject({ status: 502, code: "http_502", title: "Bad Gateway" });
  });

  it("says that the server could not be reached", async () => {
    fetched.mockRejectedValue(new TypeError("failed to fetch"));
    await expect(api.get("/x")).rejects.toMatchObject({ status: 0, code: "unreachable" });
  });
});

describe("a session that ended", () => {
  it("waits for the sign-in and then sends the call again", async () => {
    fetched
      .mockResolvedValueOnce(answer(401, { code: "not_signed_in" }))
      .mockResolvedValueOnce(answer(200, { ok: true }));
    const signIn = vi.fn(async () => {});
    onSessionEnd(signIn);
    await expect(api.post("/annotations/1/edits", { edits: [] })).resolves.toEqual({ ok: true });
    expect(signIn).toHaveBeenCalledOnce();
    expect(fetched.mock.calls[1]![1]?.body).toBe(fetched.mock.calls[0]![1]?.body);
  });

  it("is noticed by the person's own settings too", async () => {
    fetched
      .mockResolvedValueOnce(answer(401, { code: "not_signed_in" }))
      .mockResolvedValueOnce(answer(200, { theme: "dark" }));
    onSessionEnd(async () => {});
    await expect(api.patch("/auth/me", { theme: "dark" })).resolves.toEqual({ theme: "dark" });
  });

  it("is not what a call ahead of need may put a form over the work for", async () => {
    fetched.mockResolvedValue(answer(401, { code: "not_signed_in" }));
    const signIn = vi.fn(async () => {});
    onSessionEnd(signIn);
    await expect(api.post("/x", {}, { background: true })).rejects.toMatchObject({ status: 401 });
    expect(signIn).not.toHaveBeenCalled();
  });

  it("does not ask for a sign-in when the sign-in itself is refused", async () => {
    fetched.mockResolvedValue(answer(401, { code: "wrong_password" }));
    const signIn = vi.fn(async () => {});
    onSessionEnd(signIn);
    await expect(api.post("/auth/login", {})).rejects.toMatchObject({ code: "wrong_password" });
    expect(signIn).not.toHaveBeenCalled();
  });
});

describe("a problem read in another language", () => {
  afterEach(() => readProblemsAs({}));
  const problem = { code: "own_work", title: "Nobody judges their own work", detail: "You made task 4." };

  it("has the words of its code, and the server's detail where there is no other", async () => {
    readProblemsAs({ own_work: { title: "Niemand prüft die eigene Arbeit" } });
    fetched.mockResolvedValueOnce(answer(403, problem));
    const error = await api.get("/tasks").catch((refused: ApiError) => refused);
    expect(error).toMatchObject({ title: "Niemand prüft die eigene Arbeit", detail: "You made task 4." });
    expect((error as ApiError).sentence).toBe("Niemand prüft die eigene Arbeit. You made task 4.");
  });

  it("stays as the server said it where its code has none", () => {
    readProblemsAs({ own_work: { title: "Niemand prüft die eigene Arbeit" } });
    expect(saidOf({ code: "another", detail: "In English." })).toBe("In English.");
  });
});
