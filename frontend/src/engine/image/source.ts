import type { Levels } from "../types";
import type { TileSet } from "./tiles";

/** Where pixels come from. `width` and `height` are the full-resolution image's, even when the bitmap is a smaller
 * preview of it: coordinates are always in full-resolution pixels. */
export type ImageSource =
  | { readonly kind: "bitmap"; readonly width: number; readonly height: number; readonly bitmap: CanvasImageSource }
  | {
      readonly kind: "raw16";
      readonly width: number;
      readonly height: number;
      /** One (grey) or three (RGB) samples a pixel, row by row. */
      readonly samples: 1 | 3;
      readonly values: Uint16Array;
      readonly levels: Levels;
    }
  | {
      readonly kind: "tiles";
      readonly width: number;
      readonly height: number;
      readonly tiles: TileSet;
      /** The whole picture in few pixels, shown where a tile is not there yet. */
      readonly preview: CanvasImageSource | null;
    };

/** Raw values to 8-bit RGBA through a table: 65,536 entries are made once, each pixel is one look-up. */
export function applyLevels(
  values: Uint16Array,
  samples: 1 | 3,
  { low, high }: Levels,
): Uint8ClampedArray<ArrayBuffer> {
  const table = new Uint8ClampedArray(65536);
  const span = Math.max(high - low, 1);
  for (let v = 0; v < table.length; v++) table[v] = ((v - low) * 255) / span;
  const pixels = values.length / samples;
  const out = new Uint8ClampedArray(pixels * 4);
  for (let i = 0; i < pixels; i++) {
    const at = i * samples;
    out[i * 4] = table[values[at] as number] as number;
    out[i * 4 + 1] = table[values[samples === 3 ? at + 1 : at] as number] as number;
    out[i * 4 + 2] = table[values[samples === 3 ? at + 2 : at] as number] as number;
    out[i * 4 + 3] = 255;
  }
  return out;
}
