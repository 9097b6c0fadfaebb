import { EMPTY } from "../geometry/boxes";
import type { ShapeOps } from "./ops";

/** Says something of the whole image: it is listed, never hit or drawn. */
export const tag: ShapeOps<"tag"> = {
  filled: false,
  bounds: () => EMPTY,
  area: () => 0,
  hitDistance: () => Number.POSITIVE_INFINITY,
  translate: (g) => g,
  transform: (g) => g,
  outline: () => null,
  toBits: () => null,
  handles: () => [],
  resize: (g) => g,
  path: () => {},
  problem: () => null,
  clamp: (g) => g,
};
