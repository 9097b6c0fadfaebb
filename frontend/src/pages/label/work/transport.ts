import { api } from "@/api/client";
import { type ApiError, isApiError } from "@/api/errors";
import {
  type ChangesAnswer,
  type EditsAnswer,
  type SubmitAnswer,
  type Transport,
  TransportError,
} from "@/session/types";

/** The session knows no fetch: its errors are `TransportError`s, and anything else means that nothing was reached. */
async function translated<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isApiError(error) || error.status === 0) throw error;
    const translation = new TransportError(error.status, error.code, error.detail);
    translation.cause = error;
    throw translation;
  }
}

/** The server's problem behind an error of the session, where there is one. */
export function problemBehind(error: unknown): ApiError | null {
  if (isApiError(error)) return error;
  const cause = error instanceof Error ? error.cause : null;
  return isApiError(cause) ? cause : null;
}

export const transport: Transport = {
  sendEdits: (annotation, body, { keepalive }) =>
    translated(api.post<EditsAnswer>(`/annotations/${annotation}/edits`, body, { keepalive })),
  changes: (annotation, since, session) =>
    translated(
      api.get<ChangesAnswer>(`/annotations/${annotation}/changes`, { query: { since, session }, background: true }),
    ),
  heartbeat: (assignment, body) =>
    translated(api.post<{ expires_at: string }>(`/assignments/${assignment}/heartbeat`, body)),
  submit: (assignment, body) => translated(api.post<SubmitAnswer>(`/assignments/${assignment}/submit`, body)),
  skip: (assignment, body) => translated(api.post<void>(`/assignments/${assignment}/skip`, body)),
  release: (assignment, body) => translated(api.post<void>(`/assignments/${assignment}/release`, body)),
  putBlob: (project, sha256, bytes) =>
    translated(
      api.put<void>(`/projects/${project}/blobs/${sha256}`, new Blob([bytes], { type: "application/octet-stream" })),
    ),
  park: (assignment, body) => translated(api.post<void>(`/assignments/${assignment}/park`, body)),
};
