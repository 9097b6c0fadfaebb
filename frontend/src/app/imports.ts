import type { Schemas } from "@/api/types";
import { upload } from "@/api/upload";

/** What a file of annotations may be called. */
export const ANNOTATION_FILES =
  ".zip,.tar,.gz,.tgz,.json,.jsonl,.geojson,.xml,.csv,.tsv,.txt,.yaml,.yml,.tfrecord,.record,.parquet";

/** Sends a file of annotations with what is to become of it; a job reads it. `onSent` is told the share that is there. */
export function sendImport(
  project: number,
  file: File,
  fields: Record<string, string>,
  onSent: (share: number) => void = () => {},
): Promise<Schemas["ImportStarted"]> {
  const form = new FormData();
  form.append("file", file);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return upload<Schemas["ImportStarted"]>(`/projects/${project}/imports`, form, ({ loaded, total }) =>
    onSent(loaded / total),
  );
}
