import { type Bits, bitsOf, cropTo, maskOf, tightest } from "../geometry/bits";
import { knowsBlob } from "../geometry/blobs";
import type { GeometryOf } from "../types";

type Mask = GeometryOf["mask"];

const KEPT = 128 * 1024 * 1024; // bytes of decoded masks; a 12-megapixel frame is 12 MB
const decoded = new Map<Mask, Bits>();
let held = 0;

function remember(mask: Mask, bits: Bits): void {
  decoded.set(mask, bits);
  held += bits.data.length;
  for (const [oldest, { data }] of decoded) {
    if (held <= KEPT || oldest === mask) break;
    decoded.delete(oldest);
    held -= data.length;
  }
}

/** The pixels of a mask, decoded once while it is among the latest. Not to be written to. */
export function pixelsOf(mask: Mask): Bits {
  const known = decoded.get(mask);
  if (known) {
    decoded.delete(mask);
    decoded.set(mask, known);
    return known;
  }
  const bits = bitsOf(mask);
  if (mask.blob === undefined || knowsBlob(mask.blob)) remember(mask, bits);
  return bits;
}

/** The mask of some pixels, which need not be decoded again; null when none is set. */
export function maskWith(bits: Bits): Mask | null {
  const box = tightest(bits);
  if (!box) return null;
  const crop = cropTo(bits, box);
  const mask = maskOf(crop);
  if (mask) remember(mask, crop);
  return mask;
}
