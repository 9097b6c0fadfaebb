import { saveJson } from "@/app/saveJson";
import type { Unsent } from "@/session";
import type { ClaimDocument } from "./desk";

/** Everything of a task that the server does not have, as a JSON file of the person's own. */
export function saveCopy(doc: ClaimDocument, edits: readonly Unsent[]): void {
  const { project, task, asset, assignment, annotation } = doc;
  const content = {
    project: { id: project.id, name: project.name },
    task: { id: task.id, number: task.number },
    image: { id: asset.id, name: asset.name, width: asset.width, height: asset.height },
    assignment: assignment.id,
    annotation: annotation.id,
    schema_version: doc.schema.number,
    saved_at: new Date().toISOString(),
    edits,
  };
  saveJson(`task-${task.number}-unsent.json`, content);
}
