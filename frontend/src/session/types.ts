import type { Steps } from "../engine/history/history";
import type { Change, ElementRow } from "../engine/types";

/** Functions that reach the server. Each rejects with a `TransportError`; anything else counts as no network. */
export interface Transport {
  sendEdits(annotation: number, body: EditsRequest, options: { keepalive: boolean }): Promise<EditsAnswer>;
  heartbeat(assignment: number, body: { token: number; active_ms: number }): Promise<{ expires_at: string }>;
  /** What others than this editing session wrote after a version. */
  changes(annotation: number, since: number, session: string): Promise<ChangesAnswer>;
  submit(assignment: number, body: SubmitRequest): Promise<SubmitAnswer>;
  skip(assignment: number, body: { token: number; reason: string }): Promise<void>;
  release(assignment: number, body: { token: number }): Promise<void>;
  park(assignment: number, body: { token: number; question: string; element?: string }): Promise<void>;
  /** Immutable bytes under their SHA-256. */
  putBlob(project: number, sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** Code of the error when the call waited for a sign-in and somebody else came. */
export const SOMEBODY_ELSE = "somebody_else";

export class TransportError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${status} ${code}: ${detail}`);
    this.name = "TransportError";
  }
}

export interface Edit {
  /** Client-made UUIDv7: a repeat of the same edit changes nothing. */
  id: string;
  op: "put" | "delete";
  kind: "region" | "answer";
  /** Version of the element this edit was made on, null for a new one. */
  over: number | null;
  region?: unknown;
  answer?: { id: string; value: unknown };
  element_id?: string;
}

export interface EditsRequest {
  session: string;
  edits: Edit[];
  active_ms: number;
}

export interface Theirs {
  kind?: string;
  version: number;
  deleted?: boolean;
  element?: unknown;
  editor?: unknown;
}

export interface Conflict {
  /** The edit's id. */
  id: string;
  element: string;
  /** The server's row; `deleted` when it is gone there. */
  theirs: Theirs;
}

export interface Rejection {
  id: string;
  code: string;
  detail: string;
}

export interface EditsAnswer {
  version: number;
  /** `changed`: the element as it was stored, where that differs from what was sent (cut to the image). */
  accepted: { id: string; element: string; version: number; changed?: ElementRow | null }[];
  conflicts: Conflict[];
  rejected: Rejection[];
  findings: unknown[];
  rules_pending: string[];
}

export interface ChangesAnswer {
  version: number;
  /** `element` null: it was deleted. */
  results: { kind: string; id: string; version: number; element?: unknown }[];
  more: boolean;
  /** The document was handed in since that version. */
  stale: boolean;
}

/** An element as another tab or device left it: a region, the value of an answer, or null where it is gone. */
export interface OtherChange {
  readonly kind: "region" | "answer";
  readonly id: string;
  readonly element: unknown;
}

export interface SubmitRequest {
  token: number;
  outcome?: string;
  outcome_reason?: string;
  active_ms: number;
}

export interface SubmitAnswer {
  revision: { id: number; number: number };
}

/** What the session needs of a claim's document. */
export interface ClaimDocument {
  project: { id: number };
  assignment: { id: number; token: number; expires_at: string | null };
  annotation: { id: number; version: number; elements: readonly ElementRow[] | null; removed?: readonly string[] };
  person: { id: number; name: string };
  task: { name: string };
}

export type SaveState =
  | { kind: "saved" }
  | { kind: "saving"; waiting: number }
  | { kind: "offline"; waiting: number }
  /** The server does not take work of this person here (any more): it is kept on this device. */
  | { kind: "blocked"; waiting: number; detail: string }
  | { kind: "conflict"; count: number }
  | { kind: "refused"; count: number }
  /** Another tab of this browser edits the same annotation. */
  | { kind: "elsewhere" };

export interface RefusedEdit {
  element: string;
  code: string;
  detail: string;
  change: Change["after"];
  /** The server has no such region: without this edit there is nothing of it. */
  readonly isNew: boolean;
}

/** An edit that the server does not have. */
export interface Unsent {
  kind: "region" | "answer";
  element: string;
  state: "waiting" | "conflict" | "refused";
  /** The element as it would be, null where it was deleted. */
  after: unknown;
  code?: string;
  detail?: string;
  theirs?: Theirs;
}

export interface OpenConflict {
  element: string;
  /** My element as it would be, null when I deleted it. */
  mine: Change["after"];
  theirs: Theirs;
}

export interface SessionEvents {
  save: SaveState;
  lease: { state: "held" | "lost"; expires_at: string | null };
  conflict: readonly OpenConflict[];
  refused: readonly RefusedEdit[];
  /** The server stored an element otherwise than it was sent (cut to the image): put it into the editor. */
  stored: ElementRow;
  /** What other tabs and devices did: put it into the editor. */
  others: readonly OtherChange[];
  /** Findings of the last answer, with the ids of the elements it was about. */
  findings: { findings: unknown[]; pending: string[]; elements: string[] };
}

export interface TaskSession {
  readonly saveState: SaveState;
  readonly conflicts: readonly OpenConflict[];
  readonly refused: readonly RefusedEdit[];
  on<K extends keyof SessionEvents>(event: K, listener: (value: SessionEvents[K]) => void): () => void;
  /** The elements to load: the claim's rows with everything still waiting here laid over them. */
  readonly elements: ElementRow[];
  /** Ids of regions that were deleted, here or on the server. */
  readonly removed: readonly string[];
  /** Give every diff of the editor here; `remote` and `load` ones are ignored. */
  applyDiff(diff: { origin: string; changes: readonly Change[] }): void;
  /** The person did something (pointer, key): counts as active time until 60 s without. */
  touch(): void;
  /** Ask at once whether the task is still in one's hands: something about it has changed. */
  check(): Promise<void>;
  /** `mine` sends my version over theirs; `theirs` drops mine: put the returned element into the editor. */
  resolve(element: string, keep: "mine" | "theirs"): Promise<Theirs>;
  /** Try all refused edits once more. */
  retry(): Promise<void>;
  /** What the server does not have, to keep it in a file. */
  unsent(): Unsent[];
  /** Undo and redo as they were before a reload, as far as they fit the elements. */
  readonly steps: Steps | null;
  /** Keep undo and redo for a reload. */
  keep(steps: Steps): void;
  /** Drop a refused edit; the element stays as the server has it. */
  discard(element: string): Promise<void>;
  /** Everything on the server now; rejects when it cannot be. */
  flush(): Promise<void>;
  submit(outcome?: { outcome?: string; outcome_reason?: string }): Promise<SubmitAnswer>;
  skip(reason: string): Promise<void>;
  release(): Promise<void>;
  /** `element`: the region that it is about. */
  park(question: string, element?: string): Promise<void>;
  /** Stops timers and gives the writer's place away; unsent edits stay in IndexedDB. */
  close(): Promise<void>;
}
