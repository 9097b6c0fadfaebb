import { apiUrl, csrfToken } from "./client";
import { problemFrom, unreached } from "./errors";

export interface UploadProgress {
  loaded: number;
  total: number;
}

/** A multipart POST that tells its progress, which fetch cannot. */
export function upload<T>(
  path: string,
  form: FormData,
  onProgress: (progress: UploadProgress) => void,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", apiUrl(path));
    call.setRequestHeader("X-CSRFToken", csrfToken());
    call.setRequestHeader("Accept", "application/json");
    call.responseType = "json";
    call.upload.onprogress = (event) => onProgress({ loaded: event.loaded, total: event.total });
    call.onerror = () => reject(unreached());
    call.onabort = () => reject(new DOMException("aborted", "AbortError"));
    call.onload = () => {
      if (call.status >= 200 && call.status < 300) return resolve(call.response as T);
      const request = call.getResponseHeader("X-Request-ID");
      reject(problemFrom(call.status, call.response ?? {}, { title: call.statusText, request }));
    };
    signal?.addEventListener("abort", () => call.abort());
    call.send(form);
  });
}
