import type { Affine } from "../geometry/affine";
import type { Bounds } from "../geometry/boxes";
import type { ImageSize } from "../types";
import { type Grey, greyOf } from "./grey";
import { type Tracked, track } from "./track";

/** Two pictures as delivered, the sizes of their images, and parts of the first in image pixels. */
export interface TrackTask {
  readonly from: ImageBitmap;
  readonly to: ImageBitmap;
  readonly sizes: readonly [ImageSize, ImageSize];
  readonly boxes: readonly Bounds[];
}

const SIDE = 640; // samples of the longer side

const scope = self as unknown as {
  onmessage: (event: MessageEvent<TrackTask>) => void;
  postMessage: (found: readonly Tracked[]) => void;
};

function shrunk(bitmap: ImageBitmap): Grey {
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const [w, h] = [Math.max(2, Math.round(bitmap.width * scale)), Math.max(2, Math.round(bitmap.height * scale))];
  const context = new OffscreenCanvas(w, h).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas in this worker");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, w, h);
  return greyOf(context.getImageData(0, 0, w, h).data, w, h);
}

/** What leads from samples to samples, as it leads from image pixels to image pixels. */
function inPixels(
  [a, b, c, d, e, f]: Affine,
  [fx, fy]: readonly [number, number],
  [tx, ty]: readonly [number, number],
): Affine {
  const half = 0.5; // the middle of a sample
  const [x, y] = [a * -half + c * -half + e + half, b * -half + d * -half + f + half];
  return [(a * fx) / tx, (b * fx) / ty, (c * fy) / tx, (d * fy) / ty, x / tx, y / ty];
}

scope.onmessage = ({ data: { from, to, sizes, boxes } }) => {
  const [before, after] = [shrunk(from), shrunk(to)];
  const scales = [before, after].map((grey, i) => {
    const size = sizes[i] as ImageSize;
    return [grey.w / size.width, grey.h / size.height] as const;
  });
  const [first, second] = scales as [readonly [number, number], readonly [number, number]];
  const samples = boxes.map(([x0, y0, x1, y1]): Bounds => [x0 * first[0], y0 * first[1], x1 * first[0], y1 * first[1]]);
  const found = track(before, after, samples);
  scope.postMessage(found.map(({ by, sure }) => ({ by: inPixels(by, first, second), sure })));
};
