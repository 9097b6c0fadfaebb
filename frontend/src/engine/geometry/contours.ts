import type { Bits } from "./bits";
import { signedArea } from "./polygons";

const RIGHT = 0;
const UP = 3;
const STEP_X = [1, 0, -1, 0] as const;
const STEP_Y = [0, 1, 0, -1] as const;

/** Pixels with a rim of background, so that looking beside the edge needs no question. */
class Walker {
  readonly pitch: number;
  private readonly pixels: Uint8Array;
  /** Upper edges that a ring has taken. */
  readonly seen: Uint8Array;
  /** Which ring (from 1) owns the left edge of a pixel. */
  readonly leftEdges = new Map<number, number>();

  constructor({ w, h, data }: Bits) {
    this.pitch = w + 2;
    this.pixels = new Uint8Array(this.pitch * (h + 2));
    for (let y = 0; y < h; y++) this.pixels.set(data.subarray(y * w, (y + 1) * w), (y + 1) * this.pitch + 1);
    this.seen = new Uint8Array(this.pixels.length);
  }

  /** The next upper edge that no ring has taken, or -1. */
  nextStart(from: number): number {
    const { pixels, pitch, seen } = this;
    for (let at = pixels.indexOf(1, Math.max(from, pitch)); at >= 0; at = pixels.indexOf(1, at + 1))
      if (!pixels[at - pitch] && !seen[at]) return at;
    return -1;
  }

  /** The corners of the ring that begins along the upper edge of the pixel at `start`, in pixels of the rimmed field. */
  walk(start: number, number: number): number[] {
    const { pixels, pitch } = this;
    // The pixels ahead of a corner on the left and the right hand, beside the one down right of the corner.
    const left = [-pitch, 0, -1, -pitch - 1] as const;
    const right = [0, -1, -pitch - 1, -pitch] as const;
    const ring: number[] = [];
    let [x, y, heading, turn] = [start % pitch, Math.floor(start / pitch), RIGHT, 1];
    for (let at = start; ; ) {
      if (turn) ring.push(x - 1, y - 1);
      if (heading === RIGHT) this.seen[at] = 1;
      else if (heading === UP) this.leftEdges.set(at - pitch, number);
      x += STEP_X[heading] as number;
      y += STEP_Y[heading] as number;
      at = y * pitch + x;
      // Where two pixels meet at a corner only, turning right keeps them apart.
      turn = !pixels[at + (right[heading] as number)] ? 1 : pixels[at + (left[heading] as number)] ? -1 : 0;
      heading = (heading + turn + 4) % 4;
      if (at === start && heading === RIGHT) return ring;
    }
  }

  /** The ring that owns the first left edge on the left of a pixel inside. */
  ringLeftOf(at: number): number {
    let here = at;
    while (this.pixels[here - 1]) here--;
    return this.leftEdges.get(here) as number;
  }
}

/** The outline of some pixels along their edges, as parts of an outer ring and its holes; filling it gives the very same
 * pixels. The foreground is joined over edges, the background over corners too. Rings begin at the left end of their
 * first upper edge in reading order, with the foreground on their right. The server's `contours` does the same. */
export function bitsToParts(bits: Bits): number[][][] {
  const walker = new Walker(bits);
  const rings: number[][] = [];
  for (let at = walker.nextStart(0); at >= 0; at = walker.nextStart(at + 1))
    rings.push(walker.walk(at, rings.length + 1));
  const parts = nested(rings, walker);
  return parts.map((part) => part.map((ring) => ring.map((c, i) => c + (i % 2 ? bits.y : bits.x))));
}

/** Each hole with the outer ring of the pixels around it: the pixel over its highest corner belongs to them, and the
 * first left edge beside that pixel is the outer ring's, or that of a hole that begins higher up. */
function nested(rings: readonly number[][], walker: Walker): number[][][] {
  const parts: number[][][] = [];
  const partOf = new Map<number, number>();
  const holes: { number: number; top: readonly [number, number] }[] = [];
  rings.forEach((ring, i) => {
    if (signedArea(ring) > 0) partOf.set(i + 1, parts.push([ring]) - 1);
    else holes.push({ number: i + 1, top: highest(ring) });
  });
  for (const { number, top } of holes.toSorted((a, b) => a.top[1] - b.top[1] || a.top[0] - b.top[0])) {
    const owner = walker.ringLeftOf(top[1] * walker.pitch + top[0] + 1);
    partOf.set(number, partOf.get(owner) as number);
  }
  for (const { number } of holes) parts[partOf.get(number) as number]?.push(rings[number - 1] as number[]);
  return parts;
}

function highest(ring: readonly number[]): readonly [number, number] {
  let best = [ring[0] as number, ring[1] as number] as const;
  for (let i = 2; i < ring.length; i += 2) {
    const [x, y] = [ring[i] as number, ring[i + 1] as number];
    if (y < best[1] || (y === best[1] && x < best[0])) best = [x, y];
  }
  return best;
}
