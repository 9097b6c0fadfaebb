import { type Bits, bitsOf, cropTo, EMPTY, maskOf, tightest } from "../geometry/bits";
import type { Bounds } from "../geometry/boxes";
import { bitsToParts } from "../geometry/contours";
import { clamp } from "../geometry/points";
import { signedArea } from "../geometry/polygons";
import { simplifyRing } from "../geometry/simplify";
import type { GeometryOf, ImageSize } from "../types";
import { labOf } from "./colour";
import { cutPieces } from "./graph_cut";
import type { Mixture } from "./mixture";
import { type Crop, type Pieces, piecesOf } from "./pieces";
import { hintsOf, type Prompt } from "./prompts";
import { refined } from "./refine";
import { grown } from "./wand";
import { edgesOf, type WireField, wireFrom } from "./wire";

/** Finds objects by graph cut, pixels of like colour, or asks a model behind the server, which is not done here. */
export type SmartMethod = "cut" | "wand" | "model";

export interface Question {
  readonly method: SmartMethod;
  readonly prompts: readonly Prompt[];
  /** ΔE that the wand goes along with. */
  readonly tolerance: number;
}

/** An object as both shapes that it can be kept as. */
export interface Found {
  readonly mask: GeometryOf["mask"] | null;
  readonly parts: number[][][];
  /** What found it, where that is not the tool itself. */
  readonly source?: string;
}

/** A first answer, and the part of the image (with image pixels a sample) that would make its border exact. */
export interface FirstAnswer {
  readonly found: Found;
  readonly finer: { readonly bounds: Bounds; readonly scale: number } | null;
}

type Samples = Omit<Crop, "rgba">;

interface Kept {
  readonly question: Question;
  readonly inside: Uint8Array;
  readonly models: { object: Mixture | null; rest: Mixture | null };
}

const PIECES = 3000; // enough to follow what is seen, few enough to be cut at once
const FINEST_STEP = 4; // times finer in one go: the band in doubt stays narrow
const MOST_FINE = 1_500_000; // samples of the crop that makes a border exact
const SMALLEST_PART = 0.004; // share of the object: less is a speck
const STRAY = 0.75; // samples that a simplified outline may stray

/** Answers questions about one crop of an image. What it learned of the crop is kept from question to question. */
export class Segmenter {
  private pieces: Pieces | null = null;
  private edges: Uint8Array | null = null;
  private last: Kept | null = null;

  constructor(
    readonly crop: Crop,
    private readonly image: ImageSize,
  ) {}

  /** What every question needs, before the first one is asked. */
  prepare(): void {
    const { w, h } = this.crop;
    this.pieces ??= piecesOf(this.crop, clamp(Math.round(Math.sqrt((w * h) / PIECES)), 3, 9));
  }

  /** A byte a sample of the crop. */
  private ask(question: Question): Uint8Array {
    const { crop } = this;
    const hints = hintsOf(question.prompts, crop);
    this.prepare();
    const pieces = this.pieces as Pieces;
    let models: Kept["models"] = { object: null, rest: null };
    let inside: Uint8Array;
    if (question.method === "wand") inside = grown(pieces.samples, crop.w, crop.h, hints, question.tolerance);
    else {
      const cut = cutPieces(pieces, crop.w, crop.h, hints);
      models = cut;
      const whole = new Uint8Array(pieces.labels.length);
      for (let at = 0; at < whole.length; at++) whole[at] = cut.inside[pieces.labels[at] as number] as number;
      inside = refined(crop, pieces.samples, whole, FINEST_STEP, models, hints);
    }
    this.last = { question, inside, models };
    return inside;
  }

  first(question: Question): FirstAnswer {
    const inside = this.ask(question);
    return { found: foundIn(this.crop, inside, this.image), finer: this.finer(inside) };
  }

  /** The border of the last answer in finer samples. */
  exact(fine: Crop): Found | null {
    if (!this.last) return null;
    const { question, inside, models } = this.last;
    const ratio = this.crop.scale / fine.scale;
    const hints = hintsOf(question.prompts, fine);
    const lab = labOf(fine.rgba);
    const pixels =
      question.method === "wand"
        ? grown(lab, fine.w, fine.h, hints, question.tolerance)
        : refined(fine, lab, resampled(inside, this.crop, fine), Math.ceil(ratio) + 1, models, hints);
    return foundIn(fine, pixels, this.image);
  }

  private finer(inside: Uint8Array): FirstAnswer["finer"] {
    const { x, y, scale } = this.crop;
    const box = tightest(bitsIn(this.crop, inside));
    if (!box || scale <= 1) return null;
    const rim = 4; // samples around the object
    const bounds: Bounds = [
      Math.max(0, Math.floor(x + (box[0] - rim) * scale)),
      Math.max(0, Math.floor(y + (box[1] - rim) * scale)),
      Math.min(this.image.width, Math.ceil(x + (box[2] + rim) * scale)),
      Math.min(this.image.height, Math.ceil(y + (box[3] + rim) * scale)),
    ];
    const area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]);
    const finest = Math.max(1, scale / FINEST_STEP, Math.sqrt(area / MOST_FINE));
    return finest < 0.8 * scale ? { bounds, scale: finest } : null;
  }

  wire(from: readonly [number, number]): WireField {
    this.edges ??= edgesOf(this.crop);
    return wireFrom(this.crop, this.edges, from);
  }
}

/** Samples of a crop, counted from its corner. */
const bitsIn = ({ w, h }: Crop, inside: Uint8Array): Bits => ({ x: 0, y: 0, w, h, data: inside });

/** The bytes of one crop in the samples of another. */
function resampled(bytes: Uint8Array, from: Samples, to: Samples): Uint8Array {
  const out = new Uint8Array(to.w * to.h);
  for (let y = 0, at = 0; y < to.h; y++) {
    const row = Math.floor((to.y + (y + 0.5) * to.scale - from.y) / from.scale);
    if (row < 0 || row >= from.h) {
      at += to.w;
      continue;
    }
    for (let x = 0; x < to.w; x++, at++) {
      const column = Math.floor((to.x + (x + 0.5) * to.scale - from.x) / from.scale);
      if (column >= 0 && column < from.w) out[at] = bytes[row * from.w + column] as number;
    }
  }
  return out;
}

/** Samples as image pixels, as a mask and as its outline. */
function foundIn(crop: Crop, inside: Uint8Array, image: ImageSize): Found {
  const mask = maskOf(pixelsOf(crop, inside, image));
  return { mask, parts: mask ? outlineInSamples(crop, inside, image) : [] };
}

/** The outline is followed from sample to sample, of which there are far fewer than pixels. */
function outlineInSamples(crop: Crop, inside: Uint8Array, { width, height }: ImageSize): number[][][] {
  const samples = bitsIn(crop, inside);
  const box = tightest(samples);
  if (!box) return [];
  const place = (c: number, i: number) =>
    i % 2 ? Math.min(height, crop.y + c * crop.scale) : Math.min(width, crop.x + c * crop.scale);
  return outlineOf(cropTo(samples, box)).map((part) => part.map((ring) => ring.map(place)));
}

function pixelsOf(crop: Crop, inside: Uint8Array, image: ImageSize): Bits {
  const box = tightest(bitsIn(crop, inside));
  if (!box) return EMPTY;
  const { x, y, scale } = crop;
  const [x0, y0] = [Math.max(0, Math.floor(x + box[0] * scale)), Math.max(0, Math.floor(y + box[1] * scale))];
  const x1 = Math.min(image.width, Math.ceil(x + box[2] * scale));
  const y1 = Math.min(image.height, Math.ceil(y + box[3] * scale));
  const whole = { x: x0, y: y0, scale: 1, w: Math.max(0, x1 - x0), h: Math.max(0, y1 - y0) };
  return { x: x0, y: y0, w: whole.w, h: whole.h, data: resampled(inside, crop, whole) };
}

/** The outline of a mask that came from elsewhere. */
export const outlineOfMask = (mask: GeometryOf["mask"]): number[][][] => outlineOf(bitsOf(mask));

/** Outlines of all that is no speck, with no more points than they need. */
function outlineOf(bits: Bits): number[][][] {
  const all = bitsToParts(bits).map((part) => part.map((ring) => ({ ring, area: Math.abs(signedArea(ring)) })));
  const largest = Math.max(0, ...all.map((part) => part[0]?.area ?? 0));
  const keep = ({ area }: { area: number }) => area >= Math.max(SMALLEST_PART * largest, 2);
  return all
    .filter((part) => part[0] && keep(part[0]))
    .map((part) => part.filter(keep).map(({ ring }) => simplifyRing(ring, STRAY)));
}
