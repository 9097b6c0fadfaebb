import { maskOf } from "../geometry/bits";
import type { ImageSize, Shaped } from "../types";
import { ops, opsOf } from ".";

/** What a shape can be made into. */
export type Target = "box" | "polygon" | "mask";

/** The same thing in another shape, or null when it cannot be: what encloses nothing is no polygon and no mask.
 * Polygon to mask takes the pixels whose centres are inside; mask to polygon follows the pixels' edges, so that mask,
 * polygon, mask gives the first mask. */
export function convert(shaped: Shaped, to: Target, image: ImageSize): Shaped | null {
  if (shaped.shape === to) return shaped;
  const made = MAKERS[to](shaped, image);
  return made && ops.problem(made) === null ? made : null;
}

const MAKERS: Record<Target, (shaped: Shaped, image: ImageSize) => Shaped | null> = {
  box(shaped, image) {
    const [x0, y0, x1, y1] = ops.bounds(shaped);
    const inside = opsOf("box").clamp({ x: x0, y: y0, w: x1 - x0, h: y1 - y0 }, image);
    return inside && ({ shape: "box", geometry: inside } as Shaped);
  },
  polygon(shaped, image) {
    const parts = ops.outline(shaped);
    const inside = parts && opsOf("polygon").clamp({ parts }, image);
    return inside && ({ shape: "polygon", geometry: inside } as Shaped);
  },
  mask(shaped, image) {
    const bits = ops.toBits(shaped, image);
    const geometry = bits && maskOf(bits);
    return geometry && { shape: "mask", geometry };
  },
};
