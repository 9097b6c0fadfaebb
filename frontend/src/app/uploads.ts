import { useSyncExternalStore } from "react";
import { api } from "@/api/client";
import { isApiError, saidOf } from "@/api/errors";
import { sendInParts } from "@/api/resumable";
import type { Schemas } from "@/api/types";
import { upload } from "@/api/upload";
import type { PickedFile } from "./pickedFiles";

/**
 * Uploads go on while the person walks through the application. One upload is one drop of files into one project;
 * it is sent in small requests so that the first tasks can be claimed at once and one bad file fails alone.
 */
export interface UploadFile {
  name: string;
  path: string;
  size: number;
  state: "waiting" | "sending" | "done" | "refused";
  /** 0 to 1 */
  sent: number;
  /** Name of the older asset with the same contents. */
  duplicateOf: number | null;
  /** The job that cuts a very large image into tiles or unpacks an archive; items are there when it has ended. */
  job?: number;
  code?: string;
  detail?: string;
}

export interface Upload {
  id: number;
  project: number;
  files: UploadFile[];
  state: "running" | "done" | "cancelled";
}

const FILES_A_REQUEST = 10;
const BYTES_A_REQUEST = 16_000_000;
const REQUESTS_AT_ONCE = 2;
const LARGE = 64_000_000; // bytes from which on a file goes in parts that can be taken up again
const ARCHIVE = /\.(zip|tar|tgz|tar\.gz)$/i;

/** Sent by itself in parts, and taken in by a job: what is too large for one request, and archives of images. */
export const goesInParts = ({ name, size }: { name: string; size: number }) => size > LARGE || ARCHIVE.test(name);

let uploads: readonly Upload[] = [];
let lastId = 0;
const listeners = new Set<() => void>();
const stops = new Map<number, AbortController>();

function replace(id: number, change: (upload: Upload) => Upload) {
  uploads = uploads.map((one) => (one.id === id ? change(one) : one));
  for (const listener of listeners) listener();
}

function setFile(id: number, index: number, change: Partial<UploadFile>) {
  replace(id, (one) => ({
    ...one,
    files: one.files.map((file, at) => (at === index ? { ...file, ...change } : file)),
  }));
}

/** Indices of the files in requests of bounded size. A large file goes alone. */
export function intoRequests(sizes: number[]): number[][] {
  const requests: number[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const [index, size] of sizes.entries()) {
    const last = requests.at(-1);
    if (!last || last.length >= FILES_A_REQUEST || bytes + size > BYTES_A_REQUEST) {
      requests.push([index]);
      bytes = size;
    } else {
      last.push(index);
      bytes += size;
    }
  }
  return requests;
}

interface StartOptions {
  project: number;
  files: PickedFile[];
  /** Once, as soon as the first image is in and can be claimed. */
  onFirst?: () => void;
  /** After each request, with the ids of the new assets. */
  onStored?: () => void;
  pages?: "refuse" | "split";
}

export function startUpload({ project, files, onFirst, onStored, pages = "refuse" }: StartOptions): number {
  lastId += 1;
  const id = lastId;
  const stop = new AbortController();
  stops.set(id, stop);
  const rows = files.map(
    ({ file, path }): UploadFile => ({
      name: file.name,
      path,
      size: file.size,
      state: "waiting",
      sent: 0,
      duplicateOf: null,
    }),
  );
  uploads = [...uploads, { id, project, files: rows, state: "running" }];
  for (const listener of listeners) listener();

  const queue = intoRequests(files.map(({ file }) => (goesInParts(file) ? Number.POSITIVE_INFINITY : file.size)));
  let first = true;
  async function work() {
    for (let request = queue.shift(); request && !stop.signal.aborted; request = queue.shift()) {
      const alone = files[request[0]!]!;
      const stored = goesInParts(alone.file)
        ? await sendLarge(id, project, alone, request[0]!, stop.signal)
        : await sendRequest(id, project, files, request, pages, stop.signal);
      if (stored > 0 && first) {
        first = false;
        onFirst?.();
      }
      onStored?.();
    }
  }
  void Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work)).then(() => {
    stops.delete(id);
    replace(id, (one) => ({ ...one, state: stop.signal.aborted ? "cancelled" : "done" }));
  });
  return id;
}

/** A job makes the items; nothing is stored yet when it has begun. */
async function sendLarge(
  id: number,
  project: number,
  { file, path }: PickedFile,
  index: number,
  signal: AbortSignal,
): Promise<number> {
  setFile(id, index, { state: "sending" });
  try {
    const whole = await sendInParts(project, file, {
      name: path,
      signal,
      onSent: (sent) => setFile(id, index, { sent }),
    });
    const { job } = await api.post<Schemas["JobStarted"]>(`/uploads/${whole}/take`);
    setFile(id, index, { state: "done", sent: 1, job: job.id });
  } catch (error) {
    refuse(id, [index], error);
  }
  return 0;
}

function refuse(id: number, indices: number[], error: unknown) {
  const problem = isApiError(error) ? error : null;
  for (const index of indices)
    setFile(id, index, { state: "refused", code: problem?.code ?? "aborted", detail: problem?.sentence ?? "" });
}

async function sendRequest(
  id: number,
  project: number,
  files: PickedFile[],
  indices: number[],
  pages: string,
  signal: AbortSignal,
): Promise<number> {
  const form = new FormData();
  form.append("pages", pages);
  for (const index of indices) {
    form.append("paths", files[index]!.path);
    form.append("files", files[index]!.file, files[index]!.file.name);
    setFile(id, index, { state: "sending" });
  }
  try {
    const answer = await upload<Schemas["UploadOut"]>(
      `/projects/${project}/assets`,
      form,
      (progress) => spread(id, indices, files, progress.loaded),
      signal,
    );
    settle(id, indices, files, answer);
    return answer.assets.length;
  } catch (error) {
    refuse(id, indices, error);
    return 0;
  }
}

/** A request sends its files one after another. */
function spread(id: number, indices: number[], files: PickedFile[], loaded: number) {
  let rest = loaded;
  for (const index of indices) {
    const size = files[index]!.file.size || 1;
    setFile(id, index, { sent: Math.max(0, Math.min(1, rest / size)) });
    rest -= size;
  }
}

function settle(id: number, indices: number[], files: PickedFile[], answer: Schemas["UploadOut"]) {
  const problems = [...answer.errors];
  for (const index of indices) {
    const { file, path } = files[index]!;
    const at = problems.findIndex((problem) => problem.name === path || problem.name === file.name);
    const problem = at >= 0 ? problems.splice(at, 1)[0] : undefined;
    const asset = answer.assets.find((one) => one.file === path || one.file === file.name);
    const pending = answer.pending?.find((one) => one.name === path || one.name === file.name);
    if (problem) setFile(id, index, { state: "refused", sent: 1, code: problem.code, detail: saidOf(problem) });
    else if (pending) setFile(id, index, { state: "done", sent: 1, job: pending.job.id });
    else setFile(id, index, { state: "done", sent: 1, duplicateOf: asset?.duplicate_of ?? null });
  }
}

export function cancelUpload(id: number) {
  stops.get(id)?.abort();
}

export function forgetUpload(id: number) {
  uploads = uploads.filter((one) => one.id !== id || one.state === "running");
  for (const listener of listeners) listener();
}

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => uploads,
  );
}

/** How far an upload is, by bytes. */
export function uploadShare(upload: Upload): number {
  const total = upload.files.reduce((sum, file) => sum + file.size, 0);
  const sent = upload.files.reduce((sum, file) => sum + file.size * (file.state === "waiting" ? 0 : file.sent), 0);
  return total > 0 ? sent / total : 1;
}
