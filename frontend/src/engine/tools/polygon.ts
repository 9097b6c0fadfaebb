import { fillParts } from "../geometry/bits";
import { subtractParts, unionParts } from "../geometry/boolean";
import { crossing } from "../geometry/crossing";
import { signedArea } from "../geometry/polygons";
import { withGeometry } from "../shapes";
import type { Region, RegionOf } from "../types";
import {
  moved,
  NO_PATH,
  nearFirst,
  type Path,
  setAgain,
  settled,
  takenBack,
  tidy,
  withPointer,
  withVertex,
} from "./path";
import { CLEAR } from "./places";
import { stretchStep } from "./stretch";
import { type Command, type Step, stay, type Tool, type ToolEvent, type ToolView } from "./tool";

type PolygonRegion = Region & RegionOf<"polygon">;

/** The one selected polygon, which the modes other than `new` work on. */
export function selectedPolygon(view: ToolView): PolygonRegion | null {
  const [id, ...more] = view.selection;
  const region = id !== undefined && more.length === 0 && view.editable(id) ? view.region(id) : undefined;
  return region?.shape === "polygon" ? region : null;
}

/** The one selected mask: a polygon adds to it or takes from it. */
function selectedMask(view: ToolView): Region | null {
  const [id, ...more] = view.selection;
  const region = id !== undefined && more.length === 0 && view.editable(id) ? view.region(id) : undefined;
  return region?.shape === "mask" ? region : null;
}

const reach = (view: ToolView): number => view.reach * view.pixel;

function shown(path: Path, view: ToolView): Step<Path> {
  if (!path.points.length) return { state: { ...NO_PATH, taken: path.taken }, commands: CLEAR };
  const snap = path.pointer !== null && nearFirst(path, path.pointer, reach(view));
  const ring = snap ? [...path.points] : withPointer(path);
  return {
    state: path,
    commands: [
      {
        type: "preview",
        preview: { kind: "shape", shaped: { shape: "polygon", geometry: { parts: [[ring]] } }, closed: snap, snap },
      },
      { type: "drawing", vertices: path.points.length / 2 },
    ],
  };
}

const replaced = (region: PolygonRegion, label: string, parts: number[][][]): readonly Command[] => [
  { type: "replace", label, regions: [withGeometry(region, { parts })] },
];

/** What a closed ring does: a region of its own, or a part or a hole of the selected one. */
function outcome(ring: number[], view: ToolView): readonly Command[] | { say: string } {
  const { polygonMode: mode } = view.options;
  const mask = mode === "new" || view.semantic ? null : selectedMask(view);
  if (mask || (view.semantic && mode === "hole"))
    return [{ type: "paint", pixels: fillParts([[ring]], view.image), erase: mode === "hole" }];
  const region = mode === "new" ? null : selectedPolygon(view);
  if (!region) {
    if (mode === "hole") return { say: "needsPolygon" };
    return [{ type: "create", shaped: { shape: "polygon", geometry: { parts: [[ring]] } } }];
  }
  if (mode === "add") return replaced(region, "addPart", unionParts(region.geometry.parts, [[ring]]));
  const left = subtractParts(region.geometry.parts, [[ring]]);
  return left.length ? replaced(region, "hole", left) : { say: "nothingLeft" };
}

/** On one line. The halves of a bow tie cancel out too, and are something. */
const flat = (ring: number[]): boolean => signedArea(ring) === 0 && crossing(ring) === null;

function finish(path: Path, view: ToolView): Step<Path> {
  const whole = settled(path);
  const ring = tidy(whole.points, view.pixel);
  const found = ring.length < 6 || flat(ring) ? { say: "needs3" } : outcome(ring, view);
  if ("say" in found) {
    const again = shown(whole, view);
    return { ...again, commands: [...again.commands, { type: "say", key: found.say }] };
  }
  return { state: NO_PATH, commands: [...CLEAR, ...found] };
}

function step(path: Path, event: ToolEvent, view: ToolView): Step<Path> {
  if (view.options.polygonMode === "edit") return stretchStep(path, event, selectedPolygon(view), view);
  if (event.type === "down") {
    if (nearFirst(path, event.at, reach(view))) return finish(path, view);
    return shown({ ...withVertex(path, event.at, event.modifiers, view), pulling: event.modifiers.shift }, view);
  }
  if (event.type === "again") return path.taken.length ? shown(setAgain(path), view) : stay(path);
  if (!path.points.length) return stay(path);
  switch (event.type) {
    case "move":
      return shown(moved(path, event, view), view);
    case "up": {
      if (!path.pulling) return stay(path);
      const drawn = { ...settled(path), pulling: false };
      return nearFirst(drawn, event.at, reach(view)) ? finish(drawn, view) : shown(drawn, view);
    }
    case "double":
    case "enter":
      return finish(path, view);
    case "cancel":
      return { state: NO_PATH, commands: CLEAR };
    case "back":
      return shown(takenBack(path), view);
    default:
      return stay(path);
  }
}

/** Click the corners, or move with Shift held; Enter, a double click or a click on the first corner closes. */
export const polygonTool: Tool<Path> = {
  id: "polygon",
  initial: NO_PATH,
  cursor: "crosshair",
  draws: true,
  worksOn: (region, options) =>
    (region.shape === "polygon" || region.shape === "mask") && options.polygonMode !== "new",
  busy: (path) => path.points.length > 0,
  step,
};
