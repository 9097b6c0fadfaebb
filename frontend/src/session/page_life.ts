/** What happens to the page around a session. */
export interface PageLife {
  /** What waits goes out now: the network is back, or the page goes. */
  now(): void;
  offline(): void;
  /** Somebody looks at the page again. */
  seen(): void;
}

export function followPage({ now, offline, seen }: PageLife, signal: AbortSignal): void {
  if (typeof window === "undefined") return;
  window.addEventListener("online", now, { signal });
  window.addEventListener("pagehide", now, { signal });
  window.addEventListener("offline", offline, { signal });
  window.document.addEventListener("visibilitychange", () => (window.document.hidden ? now() : seen()), { signal });
}
