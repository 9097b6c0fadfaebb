import { type ApiError, problemFrom, unreached } from "./errors";

export const API_ROOT = "/api/v1";

type QueryValue = string | number | boolean | null | undefined | (string | number)[];

export interface RequestOptions {
  query?: Record<string, QueryValue>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Outlives the page: for the last edits before a tab closes. */
  keepalive?: boolean;
  /** Asked ahead of need: where the session ended, it fails, and no form comes between the person and the work. */
  background?: boolean;
}

/** Refusals here are answers to the person, not an ended session. */
const ENTRANCES = new Set(["/auth/login", "/auth/logout"]);
let signIn: (() => Promise<void>) | null = null;

/** What to do when the session ended: resolves once somebody has signed in again. Null: throw the 401. */
export function onSessionEnd(handler: (() => Promise<void>) | null) {
  signIn = handler;
}

export function csrfToken(cookies: string = document.cookie): string {
  return /(?:^|;\s*)labelwright_csrf=([^;]+)/.exec(cookies)?.[1] ?? "";
}

export function apiUrl(path: string, query: RequestOptions["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(key, String(one));
  }
  const text = search.toString();
  return `${path.startsWith("/api/") ? "" : API_ROOT}${path}${text ? `?${text}` : ""}`;
}

async function problemOf(response: Response): Promise<ApiError> {
  const { status } = response;
  let document: Record<string, unknown> = {};
  try {
    document = (await response.json()) as Record<string, unknown>;
  } catch {
    // A proxy's HTML page or an empty body: the status is all there is.
  }
  return problemFrom(status, document, { title: response.statusText, request: response.headers.get("X-Request-ID") });
}

async function send(method: string, path: string, body: unknown, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  let payload: BodyInit | undefined;
  if (body instanceof FormData || body instanceof Blob || body instanceof ArrayBuffer) payload = body;
  else if (body !== undefined) {
    payload = JSON.stringify(body);
    headers["Content-Type"] = "application/json";
  }
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  try {
    return await fetch(apiUrl(path, options.query), {
      method,
      headers,
      body: payload,
      signal: options.signal,
      keepalive: options.keepalive,
      credentials: "same-origin",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreached(String((error as Error).message));
  }
}

async function request<T>(method: string, path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
  let response = await send(method, path, body, options);
  if (response.status === 401 && signIn && !options.background && !ENTRANCES.has(path)) {
    await signIn();
    response = await send(method, path, body, options);
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204 || response.headers.get("Content-Length") === "0") return undefined as T;
  return (await response.json()) as T;
}

/** A thin fetch: JSON in, JSON out, problem+json thrown as ApiError. `T` is a struct of `Schemas`. */
export const api = {
  get: <T>(path: string, options?: RequestOptions) => request<T>("GET", path, undefined, options),
  post: <T>(path: string, body?: unknown, options?: RequestOptions) => request<T>("POST", path, body, options),
  put: <T>(path: string, body?: unknown, options?: RequestOptions) => request<T>("PUT", path, body, options),
  patch: <T>(path: string, body?: unknown, options?: RequestOptions) => request<T>("PATCH", path, body, options),
  delete: <T = void>(path: string, options?: RequestOptions) => request<T>("DELETE", path, undefined, options),
};
