import type { GeometryOf } from "../types";

const KEPT = 512; // blobs known at once, the latest

/** Run lengths of masks too long for the document, by the hash of their bytes: what has a hash never changes. */
const known = new Map<string, string>();

export function knowBlob(hash: string, counts: string): void {
  known.delete(hash);
  known.set(hash, counts);
  if (known.size > KEPT) known.delete(known.keys().next().value as string);
}

export const knowsBlob = (hash: string): boolean => known.has(hash);

/** The compressed run lengths of a mask; undefined while its blob has not arrived. */
export const countsOf = (g: GeometryOf["mask"]): string | undefined =>
  g.counts ?? (g.blob === undefined ? undefined : known.get(g.blob));
