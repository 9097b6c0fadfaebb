import { api } from "./client";
import { ApiError, isApiError } from "./errors";
import type { Schemas } from "./types";

const PART = 8 * 1024 * 1024; // bytes
const TRIES = 6; // of one part in a row
const FIRST_WAIT = 1_000; // ms; each is twice as long as the one before
const TUS = { "Tus-Resumable": "1.0.0" };
type State = Schemas["UploadState"];

/** The same file of the same project, also after the page was loaded anew. */
function keyOf(project: number, name: string, file: File): string {
  return `labelwright-upload/${project}/${name}/${file.size}/${file.lastModified}`;
}

/** Base64 of UTF-8, as tus wants its metadata. */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** An upload of this file that was broken off, or a new one. */
async function begun(project: number, name: string, file: File): Promise<State> {
  const key = keyOf(project, name, file);
  const kept = Number(localStorage.getItem(key));
  if (kept)
    try {
      const found = await api.get<State>(`/uploads/${kept}`);
      if (found.size === file.size) return found;
    } catch (error) {
      if (!(isApiError(error) && error.status === 404)) throw error; // it expired, or was used up
    }
  const headers = { ...TUS, "Upload-Length": String(file.size), "Upload-Metadata": `filename ${base64(name)}` };
  const made = await api.post<State>(`/projects/${project}/uploads`, undefined, { headers });
  localStorage.setItem(key, String(made.id));
  return made;
}

/** What may be over in a moment: no answer, a tired server, or another place than the server is at. */
const passes = (error: unknown) =>
  error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.code === "offset_wrong");

/**
 * Sends a file of any size in parts (tus 1.0.0) and gives the id of the whole upload. A part that does not arrive is sent again from
 * where the server is; a file that was broken off goes on there when it is chosen again.
 *
 * @throws the ApiError of a part that did not arrive in six tries, or that is refused; an AbortError of the signal.
 */
export async function sendInParts(
  project: number,
  file: File,
  { name = file.name, onSent, signal }: { name?: string; onSent?: (share: number) => void; signal?: AbortSignal } = {},
): Promise<number> {
  const upload = await begun(project, name, file);
  let { offset } = upload;
  let lost = false;
  for (let failed = 0; offset < file.size || lost; ) {
    onSent?.(offset / file.size);
    try {
      if (lost) offset = (await api.get<State>(`/uploads/${upload.id}`, { signal })).offset;
      lost = false;
      if (offset < file.size) {
        const headers = { ...TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
        await api.patch(`/uploads/${upload.id}`, file.slice(offset, offset + PART), { headers, signal });
        offset = Math.min(file.size, offset + PART);
      }
      failed = 0;
    } catch (error) {
      failed += 1;
      if (!passes(error) || failed === TRIES) throw error;
      lost = true;
      await new Promise((go) => setTimeout(go, FIRST_WAIT * 2 ** (failed - 1)));
    }
  }
  onSent?.(1);
  localStorage.removeItem(keyOf(project, name, file));
  return upload.id;
}
