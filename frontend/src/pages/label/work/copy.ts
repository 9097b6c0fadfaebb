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
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
  link.download = `task-${task.number}-unsent.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
