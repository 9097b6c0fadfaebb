export interface PickedFile {
  file: File;
  /** Its path inside the folder that was dropped, "folder/sub/name.jpg"; the bare name without one. */
  path: string;
}

const LITTER = /^(\.|Thumbs\.db$|desktop\.ini$|__MACOSX)/i;

function isLitter(path: string): boolean {
  return path.split("/").some((part) => LITTER.test(part));
}

function readEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

async function walk(entry: FileSystemEntry, found: PickedFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ file, path: entry.fullPath.replace(/^\//, "") });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader hands out at most 100 entries a call, and an empty list at the end.
  for (let batch = await readEntries(reader); batch.length > 0; batch = await readEntries(reader)) {
    for (const child of batch) await walk(child, found);
  }
}

/** Every file of a drop, folders included, in the order of their paths. */
export async function droppedFiles(transfer: DataTransfer): Promise<PickedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry != null);
  const found: PickedFile[] = [];
  if (entries.length > 0) for (const entry of entries) await walk(entry, found);
  else for (const file of transfer.files) found.push({ file, path: file.name });
  return tidy(found);
}

/** The files of an input, also one with `webkitdirectory`. */
export function inputFiles(files: FileList | null): PickedFile[] {
  return tidy([...(files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
}

function tidy(files: PickedFile[]): PickedFile[] {
  return files
    .filter(({ path }) => !isLitter(path))
    .sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
}

/** The folder that all files lie in, null when there is none. */
export function commonFolder(files: PickedFile[]): string | null {
  const first = files[0]?.path.split("/");
  if (!first || first.length < 2) return null;
  return files.every(({ path }) => path.startsWith(`${first[0]}/`)) ? first[0]! : null;
}
