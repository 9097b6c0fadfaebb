import type { Bounds } from "../geometry/boxes";
import type { ImageSize } from "../types";

/** A large image in pieces. Level 0 is the smallest; each next one has twice the pixels a side, the last all of them. */
export interface TileSet extends ImageSize {
  /** Pixels of a tile's side. */
  readonly size: number;
  readonly levels: number;
  url(tile: TileAt): string;
}

export interface TileAt {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

export const keyOf = ({ level, column, row }: TileAt): string => `${level}/${column}_${row}`;

/** Image pixels a pixel of the level: always a power of two, so that no coordinate is ever rounded. */
export const scaleOf = (set: TileSet, level: number): number => 2 ** (set.levels - 1 - level);

/** Pixels of a level: sides are halved and rounded up. */
export function levelSize(set: TileSet, level: number): ImageSize {
  const scale = scaleOf(set, level);
  return { width: Math.ceil(set.width / scale), height: Math.ceil(set.height / scale) };
}

/** The smallest level with a pixel for each device pixel; `zoom` is device pixels an image pixel. */
export function levelFor(set: TileSet, zoom: number): number {
  const below = Math.floor(Math.log2(1 / Math.max(zoom, 1e-9)) + 1e-6);
  return Math.min(set.levels - 1, Math.max(0, set.levels - 1 - Math.max(0, below)));
}

/** The part of the image that a tile shows, in image pixels; it may reach over the edge by less than a level's pixel. */
export function tileBounds(set: TileSet, { level, column, row }: TileAt): Bounds {
  const { width, height } = levelSize(set, level);
  const scale = scaleOf(set, level);
  const right = Math.min((column + 1) * set.size, width);
  const bottom = Math.min((row + 1) * set.size, height);
  return [column * set.size * scale, row * set.size * scale, right * scale, bottom * scale];
}

/** The tiles of a level that touch `seen` (image pixels), those nearest to its middle first. */
export function tilesIn(set: TileSet, level: number, seen: Bounds): TileAt[] {
  const { width, height } = levelSize(set, level);
  const side = set.size * scaleOf(set, level);
  const last = (pixels: number) => Math.ceil(pixels / set.size) - 1;
  const first = (from: number) => Math.max(0, Math.floor(from / side));
  const until = (to: number, pixels: number) => Math.min(last(pixels), Math.ceil(to / side) - 1);
  const found: TileAt[] = [];
  for (let row = first(seen[1]); row <= until(seen[3], height); row++)
    for (let column = first(seen[0]); column <= until(seen[2], width); column++) found.push({ level, column, row });
  const middle = { x: (seen[0] + seen[2]) / 2 / side - 0.5, y: (seen[1] + seen[3]) / 2 / side - 0.5 };
  const far = (t: TileAt) => Math.hypot(t.column - middle.x, t.row - middle.y);
  return found.sort((a, b) => far(a) - far(b));
}

export const parentOf = ({ level, column, row }: TileAt): TileAt | null =>
  level > 0 ? { level: level - 1, column: column >> 1, row: row >> 1 } : null;
