import type { Outbox } from "./outbox";

const LEASE = 10_000; // ms a writer's place is kept without a renewal, where the browser has no locks
const RENEW = 3_000; // ms between renewals, and between attempts of who waits

/** One tab writes an annotation at a time. Uses the browser's locks, on plain http a lease in IndexedDB.
 * `gained` and `lost` may come again and again; the function returned gives the place away. */
export function becomeWriter(
  annotation: number,
  tab: string,
  outbox: Outbox,
  changed: (mine: boolean) => void,
): () => Promise<void> {
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  return locks ? byLock(locks, annotation, changed) : byLease(annotation, tab, outbox, changed);
}

function byLock(locks: LockManager, annotation: number, changed: (mine: boolean) => void): () => Promise<void> {
  const name = `labelwright:annotation:${annotation}`;
  const stop = new AbortController();
  let free = () => {};
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  const take = () => {
    changed(true);
    return held;
  };
  const done = locks
    .request(name, { ifAvailable: true }, (lock) => (lock ? take() : Promise.resolve(changed(false))))
    .then(() => (stop.signal.aborted ? undefined : locks.request(name, { signal: stop.signal }, take)))
    .catch(() => {});
  return async () => {
    stop.abort();
    free();
    await done;
  };
}

function byLease(
  annotation: number,
  tab: string,
  outbox: Outbox,
  changed: (mine: boolean) => void,
): () => Promise<void> {
  let mine: boolean | null = null;
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const attempt = async () => {
    const now = await outbox.lease(annotation, tab, Date.now(), LEASE).catch(() => true);
    if (ended) return;
    if (now !== mine) changed(now);
    mine = now;
    timer = setTimeout(attempt, RENEW);
  };
  void attempt();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await outbox.release(annotation, tab).catch(() => {});
  };
}
