import { knowBlob } from "../engine/geometry/blobs";
import { sha256 } from "./sha256";
import type { Edit, Transport } from "./types";

export const INLINE_LIMIT = 16_384; // characters of run lengths in an edit, as the server counts them

interface MaskElement {
  shape?: unknown;
  geometry?: { x: number; y: number; size: [number, number]; counts?: string };
}

const encoded = (counts: string) => new TextEncoder().encode(counts) as Uint8Array<ArrayBuffer>;

/** The hash by which documents name run lengths too long for them; null for those that stand in the document. */
export function blobOf(counts: string): string | null {
  if (counts.length <= INLINE_LIMIT) return null;
  const blob = sha256(encoded(counts));
  knowBlob(blob, counts);
  return blob;
}

/** Long masks go to the server as immutable blobs before the edit that names them. Until then, and without a network, they
 * wait inside their edits on this device. */
export class BlobSender {
  private readonly sent = new Set<string>();

  constructor(
    private readonly project: number,
    private readonly transport: Transport,
  ) {}

  /** The edits as the server takes them. Rejects when an upload did not arrive: nothing was sent then. */
  async prepared(edits: readonly Edit[]): Promise<Edit[]> {
    const out: Edit[] = [];
    for (const edit of edits) out.push(await this.withBlob(edit));
    return out;
  }

  private async withBlob(edit: Edit): Promise<Edit> {
    const region = edit.region as MaskElement | undefined;
    const counts = region?.shape === "mask" ? region.geometry?.counts : undefined;
    const blob = counts === undefined ? null : blobOf(counts);
    if (!region?.geometry || counts === undefined || blob === null) return edit;
    if (!this.sent.has(blob)) await this.transport.putBlob(this.project, blob, encoded(counts));
    this.sent.add(blob);
    const { x, y, size } = region.geometry;
    return { ...edit, region: { ...region, geometry: { x, y, size, blob } } };
  }
}
