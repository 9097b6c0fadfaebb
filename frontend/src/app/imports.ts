import { sendInParts } from "@/api/resumable";
import type { Schemas } from "@/api/types";
import { upload } from "@/api/upload";

/** What a file of annotations may be called. */
export const ANNOTATION_FILES =
  ".zip,.tar,.gz,.tgz,.json,.jsonl,.geojson,.xml,.csv,.tsv,.txt,.yaml,.yml,.tfrecord,.record,.parquet";

const LARGE = 16_000_000; // bytes from which on a file goes in parts that can be taken up again

/** Sends a file of annotations with what is to become of it; a job reads it. `onSent` is told the share that is there. */
export async function sendImport(
  project: number,
  file: File,
  fields: Record<string, string>,
  onSent: (share: number) => void = () => {},
): Promise<Schemas["ImportStarted"]> {
  const form = new FormData();
  if (file.size > LARGE) form.append("upload", String(await sendInParts(project, file, { onSent })));
  else form.append("file", file);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return upload<Schemas["ImportStarted"]>(`/projects/${project}/imports`, form, ({ loaded, total }) =>
    onSent(loaded / total),
  );
}
