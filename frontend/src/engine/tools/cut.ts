import { cutParts } from "../geometry/boolean";
import { ops, withGeometry } from "../shapes";
import type { Region, RegionOf } from "../types";
import { lineTool } from "./polyline";
import type { Command, ToolView } from "./tool";

type PolygonRegion = Region & RegionOf<"polygon">;

const isPolygon = (region: Region | undefined): region is PolygonRegion => region?.shape === "polygon";

/** The selected polygons, or where none is selected all that the line could reach. */
function targets(points: readonly number[], view: ToolView): PolygonRegion[] {
  const selected = view.selection.length > 0;
  const ids = selected ? view.selection : view.inside([0, 0, view.image.width, view.image.height]);
  return ids.flatMap((id) => {
    const region = view.region(id);
    if (!isPolygon(region) || !view.editable(id)) return [];
    return selected || touches(region, points) ? [region] : [];
  });
}

function touches(region: PolygonRegion, points: readonly number[]): boolean {
  const [x0, y0, x1, y1] = ops.bounds(region);
  const xs = points.filter((_, i) => i % 2 === 0);
  const ys = points.filter((_, i) => i % 2 === 1);
  return Math.min(...xs) <= x1 && Math.max(...xs) >= x0 && Math.min(...ys) <= y1 && Math.max(...ys) >= y0;
}

/** Every piece is a region of its own: the largest stays the region that it was. */
function cut(points: number[], view: ToolView): readonly Command[] | { say: string } {
  const regions: Region[] = [];
  const added: { like: Region; geometry: Region["geometry"] }[] = [];
  for (const region of targets(points, view)) {
    const pieces = region.geometry.parts.flatMap((part) => {
      const cuts = cutParts([part], points);
      return cuts.length > 1 ? cuts : [];
    });
    if (!pieces.length) continue;
    const uncut = region.geometry.parts.filter((part) => cutParts([part], points).length < 2);
    const [largest, ...rest] = pieces
      .map((part) => ({ parts: [part] }))
      .sort((a, b) => ops.area({ shape: "polygon", geometry: b }) - ops.area({ shape: "polygon", geometry: a }));
    regions.push(withGeometry(region, { parts: [...uncut, ...(largest?.parts ?? [])] }));
    added.push(...rest.map((geometry) => ({ like: region, geometry })));
  }
  return regions.length ? [{ type: "replace", label: "cut", regions, added }] : { say: "cutsNothing" };
}

/** Draw a line right across polygons: each becomes the pieces it is cut into. */
export const cutTool = lineTool("cut", cut, { worksOn: (region) => region.shape === "polygon" });
