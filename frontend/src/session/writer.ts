import type { Outbox } from "./outbox";

const LEASE = 10_000; // ms a writer's place is kept without a renewal, where the browser has no locks
const RENEW = 3_000; // ms between renewals, and between attempts of who waits

/** The place of the one tab that sends the edits of an annotation. */
export interface WritersPlace {
  /** Take the place from the tab that has it: this is where the person works now. */
  take(): void;
  /** Another tab says that it has taken the place. */
  lose(): void;
  /** Give the place away and wait for it no more. */
  leave(): Promise<void>;
}

/** One tab writes an annotation at a time. Uses the browser's locks, on plain http a lease in IndexedDB.
 * `changed` says each time whether this tab has the place. */
export function becomeWriter(
  annotation: number,
  tab: string,
  outbox: Outbox,
  locks: LockManager | null,
  changed: (mine: boolean) => void,
): WritersPlace {
  return locks ? byLock(locks, annotation, changed) : byLease(annotation, tab, outbox, changed);
}

function byLock(locks: LockManager, annotation: number, changed: (mine: boolean) => void): WritersPlace {
  const name = `labelwright:annotation:${annotation}`;
  let next: LockOptions | null = { ifAvailable: true };
  let waiting = new AbortController();
  let ended = false;
  let mine = false;
  let free = () => {};
  const hold = (lock: Lock | null): Promise<void> | undefined => {
    mine = lock !== null && !ended;
    if (!ended) changed(mine);
    if (!mine) return;
    return new Promise((resolve) => {
      free = resolve;
    });
  };
  const compete = async () => {
    while (!ended) {
      const options = next ?? { signal: waiting.signal };
      next = null;
      // Rejects when the waiting ends, and when another tab takes the place away.
      await locks.request(name, options, hold).catch(() => {
        if (mine && !ended) changed(false);
      });
      mine = false;
    }
  };
  const done = compete();
  return {
    take() {
      if (mine || ended) return;
      next = { steal: true };
      waiting.abort();
      waiting = new AbortController();
    },
    lose() {}, // the browser's lock says so itself
    async leave() {
      ended = true;
      waiting.abort();
      free();
      await done;
    },
  };
}

function byLease(annotation: number, tab: string, outbox: Outbox, changed: (mine: boolean) => void): WritersPlace {
  let mine: boolean | null = null;
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const attempt = async (force = false) => {
    clearTimeout(timer);
    const now = await outbox.lease(annotation, tab, Date.now(), LEASE, force).catch(() => true);
    if (ended) return;
    if (now !== mine) changed(now);
    mine = now;
    timer = setTimeout(() => void attempt(), RENEW);
  };
  void attempt();
  return {
    take: () => void (mine || attempt(true)),
    lose() {
      if (!mine) return; // while it is not known yet, the disk says it
      mine = false; // asked again at the next renewal
      changed(false);
    },
    async leave() {
      ended = true;
      clearTimeout(timer);
      await outbox.release(annotation, tab).catch(() => {});
    },
  };
}
