import type { ImageSource } from "@/engine/image/source";
import type { TileAt, TileSet } from "@/engine/image/tiles";
import type { Levels } from "@/engine/types";
import type { ClaimDocument } from "./desk";

type Asset = ClaimDocument["asset"];

const KEPT = 8; // decoded images: the one on screen, those just left and those to come
const bitmaps = new Map<string, Promise<ImageBitmap>>();
const settled = new Map<string, ImageBitmap>(); // those of the same addresses that are there

async function decode(url: string): Promise<ImageBitmap> {
  const response = await fetch(url, { mode: "cors", credentials: "omit" });
  if (!response.ok) throw new Error(`image: HTTP ${response.status}`);
  return createImageBitmap(await response.blob());
}

/** A decoded picture, from the few that are kept or from the network. */
export function picture(url: string): Promise<ImageBitmap> {
  const kept = bitmaps.get(url);
  const promise = kept ?? decode(url);
  bitmaps.delete(url);
  bitmaps.set(url, promise);
  if (!kept)
    promise.then(
      (bitmap) => bitmaps.get(url) === promise && settled.set(url, bitmap),
      () => bitmaps.delete(url),
    );
  for (const oldest of bitmaps.keys()) {
    if (bitmaps.size <= KEPT) break;
    bitmaps.delete(oldest);
    settled.delete(oldest);
  }
  return promise;
}

/** The picture where it is decoded already; null where it has to be waited for. */
export const decoded = (url: string): ImageBitmap | null => settled.get(url) ?? null;

/** `bitmap` is the picture or a preview of it; over the preview of a very large one lie its tiles. */
export function sourceOf(asset: Asset, bitmap: ImageBitmap): ImageSource {
  const { width, height } = asset;
  const tiles = tileSetOf(asset);
  return tiles ? { kind: "tiles", width, height, preview: bitmap, tiles } : { kind: "bitmap", width, height, bitmap };
}

/** The tiles of a very large image; null for others. */
export function tileSetOf({ width, height, tiles }: Pick<Asset, "width" | "height" | "tiles">): TileSet | null {
  if (!tiles) return null;
  const url = ({ level, column, row }: TileAt) =>
    tiles.url.replace("{level}", String(level)).replace("{column}", String(column)).replace("{row}", String(row));
  return { width, height, ...tiles, url };
}

/** Samples of a 16-bit image, to be shown through another window. */
export async function rawSource(asset: Asset, levels: Levels): Promise<ImageSource> {
  if (!asset.urls.raw16) throw new Error("this image has no 16-bit samples");
  const response = await fetch(asset.urls.raw16, { mode: "cors", credentials: "omit" });
  if (!response.ok) throw new Error(`image: HTTP ${response.status}`);
  const values = new Uint16Array(await response.arrayBuffer());
  const samples = asset.channels === 3 ? 3 : 1;
  return { kind: "raw16", width: asset.width, height: asset.height, samples, values, levels };
}
