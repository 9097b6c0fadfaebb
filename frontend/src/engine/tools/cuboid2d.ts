import { boxBetween } from "../geometry/boxes";
import { type Placing, placesTool } from "./places";

const PLACING: Placing = {
  count: 3,
  drags: true,
  shape([from, to, far]) {
    if (!from || !to) return null;
    const f = boxBetween(from, to);
    if (!far) return { shape: "box", geometry: f };
    const front: [number, number, number, number] = [f.x, f.y, f.w, f.h];
    return {
      shape: "cuboid2d",
      geometry: { front, back: [f.x + far.x - to.x, f.y + far.y - to.y, f.w, f.h] },
    };
  },
};

/** The front face by a drag or two clicks, then where its last corner lies at the back. */
export const cuboid2dTool = placesTool("cuboid2d", () => PLACING);
