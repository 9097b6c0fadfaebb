import { fitting } from "../engine/history/fitting";
import { uuid7 } from "../engine/ids";
import { blobOf } from "./blobs";
import type { Work as WorkOnDevice } from "./database";
import { Known } from "./known";
import { type Outbox, openOutbox } from "./outbox";
import type { Browser } from "./parts";
import { EditQueue } from "./queue";
import { Session } from "./session";
import { StepKeeper } from "./steps";
import type { ClaimDocument, TaskSession, Transport } from "./types";

export interface OpenOptions {
  outbox?: Outbox;
  keeper?: StepKeeper;
  newId?: () => string;
  now?: () => number;
  browser?: Browser;
}

/** Locks are only there on https and on this machine itself. */
const thisBrowser = (): Browser => ({
  locks: (typeof navigator === "undefined" ? null : navigator.locks) ?? null,
  channel: (name) => (typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name)),
});

/** Open a claimed task: what waits from before is laid over its elements and sent. */
export async function openTask(
  document: ClaimDocument,
  transport: Transport,
  options: OpenOptions = {},
): Promise<TaskSession> {
  const outbox = options.outbox ?? (await openOutbox());
  const newId = options.newId ?? uuid7;
  const { annotation, person } = document;
  const known = new Known(annotation.version, annotation.elements ?? []);
  const queue = new EditQueue({ annotation: annotation.id, person: person.id }, outbox, newId, known);
  const keeper = options.keeper ?? (await StepKeeper.open(annotation.id, person.id));
  const tab = newId();
  const [elements, steps, id] = await Promise.all([
    queue.restore(annotation.elements ?? []),
    keeper.restore().catch(() => null),
    outbox.name(workOf(document), newId()).catch(() => tab),
  ]);
  const kept = { elements, steps: steps && fitting(steps, elements, blobOf) };
  return new Session(document, kept, transport, {
    outbox,
    queue,
    known,
    keeper,
    id,
    tab,
    browser: options.browser ?? thisBrowser(),
    now: options.now ?? Date.now,
  });
}

const workOf = ({ annotation, assignment, person, task }: ClaimDocument): WorkOnDevice => ({
  annotation: annotation.id,
  assignment: assignment.id,
  person: person.id,
  who: person.name,
  task: task.name,
});
