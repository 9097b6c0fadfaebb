import { type Bounds, contains } from "../geometry/boxes";
import { isShape, ops } from "../shapes";
import type { ElementId, Region } from "../types";
import type { Scene } from "./scene";
import type { SpatialIndex } from "./spatial";

/** Which regions a pointer can take, and in which order. */
export class Picker {
  readonly hidden = new Set<ElementId>();
  readonly locked = new Set<ElementId>();

  constructor(
    private readonly scene: Scene,
    private readonly index: SpatialIndex,
  ) {}

  reset(): void {
    this.hidden.clear();
    this.locked.clear();
  }

  targetable(id: ElementId): boolean {
    return !this.hidden.has(id) && !this.locked.has(id);
  }

  /** Under a point, smallest first; lines and points, which have no area, come before what is filled. */
  under(x: number, y: number, reach: number): ElementId[] {
    const hits: { id: ElementId; area: number; distance: number }[] = [];
    for (const id of this.index.search([x - reach, y - reach, x + reach, y + reach])) {
      const region = this.targetable(id) ? this.scene.get(id) : undefined;
      if (!region) continue;
      const d = ops.hitDistance(region, x, y);
      if (d <= (ops.isFilled(region) ? reach / 2 : reach)) hits.push({ id, area: ops.area(region), distance: d });
    }
    return hits.sort((a, b) => a.area - b.area || a.distance - b.distance).map((hit) => hit.id);
  }

  inside(box: Bounds): ElementId[] {
    return this.index.search(box).filter((id) => {
      const b = this.index.boundsOf(id);
      return b !== undefined && this.targetable(id) && contains(box, b);
    });
  }
}

const SAFE_FIELDS = ["shape", "geometry", "class"] as const;

/** A document's region, frozen, or null when this client does not know its shape or cannot draw it. */
export function readRegion(element: unknown): Region | null {
  if (typeof element !== "object" || element === null) return null;
  const raw = element as Record<string, unknown>;
  if (!SAFE_FIELDS.every((field) => field in raw) || typeof raw.id !== "string" || typeof raw.shape !== "string")
    return null;
  if (!isShape(raw.shape)) return null;
  const region = { attributes: {}, ...raw } as unknown as Region;
  try {
    const problem = ops.problem(region);
    return problem === null || problem === "degenerate" ? Object.freeze(region) : null;
  } catch {
    return null;
  }
}
