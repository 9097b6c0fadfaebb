import { fitting } from "../engine/history/fitting";
import { uuid7 } from "../engine/ids";
import { blobOf } from "./blobs";
import type { Work as WorkOnDevice } from "./database";
import { type Outbox, openOutbox } from "./outbox";
import { EditQueue } from "./queue";
import { Session } from "./session";
import { StepKeeper } from "./steps";
import type { ClaimDocument, TaskSession, Transport } from "./types";

export interface OpenOptions {
  outbox?: Outbox;
  keeper?: StepKeeper;
  newId?: () => string;
  now?: () => number;
}

/** Open a claimed task: what waits from before is laid over its elements and sent. */
export async function openTask(
  document: ClaimDocument,
  transport: Transport,
  options: OpenOptions = {},
): Promise<TaskSession> {
  const outbox = options.outbox ?? (await openOutbox());
  const newId = options.newId ?? uuid7;
  const { annotation, person } = document;
  const queue = new EditQueue(annotation.id, outbox, newId, person.id);
  const keeper = options.keeper ?? (await StepKeeper.open(annotation.id, person.id));
  const [elements, steps] = await Promise.all([
    queue.restore(annotation.elements ?? []),
    keeper.restore().catch(() => null),
    outbox.name(workOf(document)).catch(() => {}),
  ]);
  const kept = { elements, steps: steps && fitting(steps, elements, blobOf) };
  return new Session(document, kept, transport, outbox, queue, keeper, newId(), options.now ?? Date.now);
}

const workOf = ({ annotation, assignment, person, task }: ClaimDocument): WorkOnDevice => ({
  annotation: annotation.id,
  assignment: assignment.id,
  person: person.id,
  who: person.name,
  task: task.name,
});
