import type { Known } from "./known";
import type { Channel } from "./others";
import type { Outbox } from "./outbox";
import type { EditQueue } from "./queue";
import type { StepKeeper } from "./steps";

/** What a session uses of the browser to get along with other tabs; null: there is none. */
export interface Browser {
  readonly locks: LockManager | null;
  channel(name: string): Channel | null;
}

/** What a session is put together of. */
export interface SessionParts {
  readonly outbox: Outbox;
  readonly queue: EditQueue;
  readonly known: Known;
  readonly keeper: StepKeeper;
  /** One editing session a device: the server takes its edits over each other, whichever tab sends them. */
  readonly id: string;
  /** This tab among those of the device. */
  readonly tab: string;
  readonly browser: Browser;
  readonly now: () => number;
}
