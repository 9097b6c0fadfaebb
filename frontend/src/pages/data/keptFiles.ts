import type { PickedFile } from "@/app/pickedFiles";

const MOST_UPLOADS = 4; // whose files are kept; each is only a handle, not the bytes
const kept = new Map<number, PickedFile[]>();

/** Remember the files of an upload, so that refused ones can be sent again in another way. */
export function keepFiles(upload: number, files: PickedFile[]) {
  kept.set(upload, files);
  for (const old of [...kept.keys()].slice(0, -MOST_UPLOADS)) kept.delete(old);
}

export function keptFiles(upload: number, paths: ReadonlySet<string>): PickedFile[] {
  return (kept.get(upload) ?? []).filter(({ path }) => paths.has(path));
}
