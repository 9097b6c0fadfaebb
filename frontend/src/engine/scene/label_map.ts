import { type Bits, cropTo, floodFrom, tightest } from "../geometry/bits";
import { type Bounds, boundsTouch, unionBounds } from "../geometry/boxes";
import { changedBetween, cropOf } from "../geometry/mask_edit";
import { nearestOwners } from "../geometry/nearest";
import { ops } from "../shapes";
import type { Change, ClassId, Diff, ImageSize, Region } from "../types";
import { isMask, type MaskRegion } from "./semantic";

const LARGEST = 120_000_000; // pixels: beyond it the map would take more memory than a tab should
const UNLABELLED = 0;
const BAND = 128; // rows

/** The class of each pixel, kept in step with the document: only what changed is painted again. */
export class LabelMap {
  data: Uint8Array | Uint16Array = new Uint8Array(0);
  width = 0;
  height = 0;
  /** Grows with every change: what is drawn from the map knows when it is old. */
  version = 0;
  unlabelled = 0;
  private codes = new Map<ClassId, number>();
  private classes: ClassId[] = [];
  private regions: () => Iterable<Region> = () => [];

  /** Begin with a document; without a size the map is off. */
  open(size: ImageSize | null, regions: () => Iterable<Region>, classes: readonly ClassId[]): void {
    this.version += 1;
    const { width, height } = size && size.width * size.height <= LARGEST ? size : { width: 0, height: 0 };
    Object.assign(this, { width, height, regions });
    this.codes.clear();
    this.classes = [];
    const Kind = classes.length < 200 ? Uint8Array : Uint16Array;
    this.data = new Kind(width * height);
    this.unlabelled = width * height;
    if (width) this.repaint([0, 0, width, height]);
  }

  get on(): boolean {
    return this.width > 0;
  }

  update(diff: Diff): void {
    if (!this.on) return;
    let dirty: Bounds | null = null;
    for (const change of diff.changes) {
      const box = changedBox(change);
      if (box) dirty = dirty ? unionBounds(dirty, box) : box;
    }
    if (dirty) this.repaint(dirty);
  }

  /** The class at a pixel's index, null where it is unlabelled. */
  classAt(index: number): ClassId | null {
    const code = this.data[index] as number;
    return code === UNLABELLED ? null : (this.classes[code - 1] as ClassId);
  }

  private codeOf(id: ClassId): number {
    const known = this.codes.get(id);
    if (known) return known;
    this.classes.push(id);
    this.codes.set(id, this.classes.length);
    return this.classes.length;
  }

  /** Paint a rectangle of the map anew from all masks that touch it. */
  repaint(box: Bounds): void {
    const [x0, y0, x1, y1] = [
      Math.max(0, Math.floor(box[0])),
      Math.max(0, Math.floor(box[1])),
      Math.min(this.width, Math.ceil(box[2])),
      Math.min(this.height, Math.ceil(box[3])),
    ];
    if (x1 <= x0 || y1 <= y0) return;
    this.version += 1;
    this.unlabelled -= this.count(x0, y0, x1, y1);
    for (let y = y0; y < y1; y++) this.data.fill(UNLABELLED, y * this.width + x0, y * this.width + x1);
    for (const region of this.regions())
      if (isMask(region) && boundsTouch(ops.bounds(region), [x0, y0, x1, y1])) this.put(region, [x0, y0, x1, y1]);
    this.unlabelled += this.count(x0, y0, x1, y1);
  }

  /** Band by band, so that the columns of a large mask do not run through all of the memory at once. */
  private put(region: MaskRegion, [x0, y0, x1, y1]: Bounds): void {
    const code = this.codeOf(region.class);
    const own = ops.bounds(region);
    const [left, right] = [Math.max(x0, own[0]), Math.min(x1, own[2])];
    for (let top = Math.max(y0, own[1]); top < Math.min(y1, own[3]); top += BAND) {
      const { x, y, w, h, data } = cropOf(region.geometry, [left, top, right, Math.min(y1, own[3], top + BAND)]);
      for (let row = 0; row < h; row++) {
        const to = (y + row) * this.width + x;
        for (let column = 0; column < w; column++) if (data[row * w + column]) this.data[to + column] = code;
      }
    }
  }

  private count(x0: number, y0: number, x1: number, y1: number): number {
    let count = 0;
    for (let y = y0; y < y1; y++)
      for (let at = y * this.width + x0; at < y * this.width + x1; at++) if (this.data[at] === UNLABELLED) count++;
    return count;
  }

  /** The unlabelled pixels that hang together with the first unlabelled one from `from` on; null when there is none. */
  gapFrom(from: number, skip?: Uint8Array): Bits | null {
    for (let at = from; at < this.data.length; at++)
      if (this.data[at] === UNLABELLED && !skip?.[at]) return this.gapAt(at);
    return null;
  }

  gapAt(index: number): Bits | null {
    if (this.data[index] !== UNLABELLED) return null;
    const data = floodFrom({ w: this.width, h: this.height, data: this.data }, index);
    const whole = { x: 0, y: 0, w: this.width, h: this.height, data };
    const box = tightest(whole);
    return box && cropTo(whole, box);
  }

  /** A gap's pixels by the class that is nearest by the straight way. Empty when nothing around is labelled. The nearest
   * labelled pixel is always in the gap's own rim: a way to any other one leaves the gap through the rim. */
  nearest(gap: Bits): ReadonlyMap<ClassId, Bits> {
    const wide = cropTo(gap, [gap.x - 1, gap.y - 1, gap.x + gap.w + 1, gap.y + gap.h + 1]);
    const labelled = new Uint16Array(wide.data.length);
    for (let at = 0; at < wide.data.length; at++) {
      const x = wide.x + (at % wide.w);
      const y = wide.y + Math.floor(at / wide.w);
      const outside = wide.data[at] || x < 0 || y < 0 || x >= this.width || y >= this.height;
      if (!outside) labelled[at] = this.data[y * this.width + x] as number;
    }
    const owner = nearestOwners(wide.w, wide.h, labelled);
    const parts = new Map<ClassId, Bits>();
    for (let at = 0; at < wide.data.length; at++) {
      if (!wide.data[at] || !owner[at]) continue;
      const id = this.classes[(owner[at] as number) - 1] as ClassId;
      const part = parts.get(id) ?? { ...wide, data: new Uint8Array(wide.data.length) };
      part.data[at] = 1;
      parts.set(id, part);
    }
    return parts;
  }
}

/** Where a change of a region changes the map. */
function changedBox(change: Change): Bounds | null {
  if (change.kind !== "region") return null;
  const before = isMask(change.before ?? undefined) ? (change.before as MaskRegion) : null;
  const after = isMask(change.after ?? undefined) ? (change.after as MaskRegion) : null;
  if (!before || !after) return before || after ? ops.bounds((before ?? after) as MaskRegion) : null;
  if (before.class !== after.class) return unionBounds(ops.bounds(before), ops.bounds(after));
  return before.geometry === after.geometry ? null : changedBetween(before.geometry, after.geometry);
}
