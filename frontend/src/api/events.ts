import { useEffect, useRef } from "react";
import { API_ROOT } from "./client";
import { eventParser, type StreamEvent } from "./sse";

/**
 * One event stream a person, shared by the tabs. A browser allows six connections to a server, so one tab holds the
 * stream and passes events on; when it closes, another takes over. Which tab: a Web Lock, or where plain http has
 * none, a lease in localStorage.
 */
const LEASE_KEY = "labelwright-stream";
const LEASE = 8_000; // ms
const RENEW = 3_000; // ms
const QUIET = 45_000; // ms without a byte (pings come each 15 s) before the stream counts as dead
const FIRST_PAUSE = 1_000; // ms
const LONGEST_PAUSE = 30_000; // ms

type Listener = (event: StreamEvent) => void;
const listeners = new Map<string, Set<Listener>>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("labelwright-events");
let lastEventId = "";

function deliver(event: StreamEvent) {
  if (event.id) lastEventId = event.id;
  for (const type of [event.type, "*"]) for (const listener of listeners.get(type) ?? []) listener(event);
}

if (channel) channel.onmessage = (message) => deliver(message.data as StreamEvent);

function spread(event: StreamEvent) {
  deliver(event);
  channel?.postMessage(event);
}

async function readStream(stop: AbortSignal): Promise<void> {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), QUIET);
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (lastEventId) headers["Last-Event-ID"] = lastEventId;
  try {
    const response = await fetch(`${API_ROOT}/events`, {
      headers,
      signal: AbortSignal.any([stop, quiet.signal]),
      credentials: "same-origin",
      cache: "no-store",
    });
    if (response.status === 401) spread({ id: "", type: "session.ended", data: null });
    if (!response.ok || !response.body) throw new Error(`event stream: ${response.status}`);
    const parse = eventParser(spread);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), QUIET);
      parse(value);
    }
  } finally {
    clearTimeout(timer);
  }
}

async function holdStream(stop: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE;
  while (!stop.aborted) {
    const started = Date.now();
    try {
      await readStream(stop);
    } catch {
      // Signed out, offline or restarting: ask again, less and less often.
    }
    if (stop.aborted) return;
    pause = Date.now() - started > LONGEST_PAUSE ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
    await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
    spread({ id: "", type: "reconnected", data: null });
  }
}

async function leadByLease(stop: AbortSignal, lead: (stop: AbortSignal) => Promise<void>) {
  const me = `${Date.now()}.${Math.random()}`;
  const read = (): { holder?: string; until?: number } => JSON.parse(localStorage.getItem(LEASE_KEY) ?? "{}");
  const write = () => localStorage.setItem(LEASE_KEY, JSON.stringify({ holder: me, until: Date.now() + LEASE }));
  while (!stop.aborted) {
    const { holder, until = 0 } = read();
    if (holder === me || until < Date.now()) {
      write();
      await new Promise((resolve) => setTimeout(resolve, 100)); // two tabs may write at once; the later one wins
      if (read().holder === me) break;
    }
    await new Promise((resolve) => setTimeout(resolve, RENEW));
  }
  if (stop.aborted) return;
  const renewal = setInterval(write, RENEW);
  try {
    await lead(stop);
  } finally {
    clearInterval(renewal);
    if (read().holder === me) localStorage.removeItem(LEASE_KEY);
  }
}

/** Take part in the shared stream while somebody is signed in. Returns how to leave. */
export function joinEvents(): () => void {
  const stop = new AbortController();
  if (navigator.locks)
    void navigator.locks.request(LEASE_KEY, { signal: stop.signal }, () => holdStream(stop.signal)).catch(() => {});
  else void leadByLease(stop.signal, holdStream);
  return () => stop.abort();
}

/**
 * Run `handler` for each event of a type ("job.progress", "*" for all; "reconnected" after a gap; "session.ended" when
 * the server does not know the session any more).
 */
export function useEvent(type: string, handler: (data: unknown, event: StreamEvent) => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const listener: Listener = (event) => latest.current(event.data, event);
    const known = listeners.get(type) ?? new Set();
    known.add(listener);
    listeners.set(type, known);
    return () => void known.delete(listener);
  }, [type]);
}
