import type { ImagePoint } from "../geometry/points";
import { editStretch, nearestBorder } from "../geometry/snap";
import { withGeometry } from "../shapes";
import type { Region, RegionOf } from "../types";
import { moved, NO_PATH, type Path, setAgain, settled, takenBack, tidy, withPointer, withVertex } from "./path";
import { CLEAR } from "./places";
import { type Command, type Hold, type Step, stay, type ToolEvent, type ToolView } from "./tool";

type PolygonRegion = Region & RegionOf<"polygon">;

/** The place on the polygon's own contour in reach of (x, y); of one ring only when it has to end where it began. */
function onContour(region: PolygonRegion, x: number, y: number, view: ToolView, like: Hold | null): Hold | null {
  const { parts } = region.geometry;
  const offered = like
    ? parts.map((part, p) => part.map((ring, r) => (p === like.part && r === like.ring ? ring : [])))
    : parts;
  const found = nearestBorder(offered, x, y, view.reach * view.pixel);
  return found && { ...found, region: region.id };
}

function shown(path: Path, more: readonly Command[] = []): Step<Path> {
  if (!path.points.length) return { state: { ...NO_PATH, taken: path.taken }, commands: [...CLEAR, ...more] };
  const shaped = { shape: "polyline", geometry: { points: withPointer(path) } } as const;
  return {
    state: path,
    commands: [
      { type: "preview", preview: { kind: "shape", shaped, closed: false, snap: false } },
      { type: "drawing", vertices: path.points.length / 2 },
      ...more,
    ],
  };
}

/** The last vertex gives way to the place on the contour beside it. */
const withoutLast = (path: Path): Path => ({ ...path, points: path.points.slice(0, -2) });

const say = (key: string): Command => ({ type: "say", key });

/** From the place where the line began to the one where it ends: the contour goes along the line there. */
function finish(path: Path, start: Hold, end: Hold, region: PolygonRegion, view: ToolView): Step<Path> {
  const line = tidy([...path.points, end.x, end.y], view.pixel);
  if (line.length < 4) return shown(path, [say("needs2")]);
  const parts = region.geometry.parts.map((part, p) =>
    part.map((ring, r) => (p === start.part && r === start.ring ? editStretch(ring, start, end, line) : ring)),
  );
  return {
    state: NO_PATH,
    commands: [...CLEAR, { type: "replace", label: "stretch", regions: [withGeometry(region, { parts })] }],
  };
}

function begin(event: Extract<ToolEvent, { at: ImagePoint }>, region: PolygonRegion, view: ToolView): Step<Path> {
  const start = onContour(region, event.at.x, event.at.y, view, null);
  if (!start) return { state: NO_PATH, commands: [say("startOnContour")] };
  return shown({ ...NO_PATH, points: [start.x, start.y], hold: start, start, pulling: event.modifiers.shift });
}

/** Start on the contour of the selected polygon, draw, end on it: the stretch between is replaced. */
export function stretchStep(path: Path, event: ToolEvent, region: PolygonRegion | null, view: ToolView): Step<Path> {
  if (!region) return event.type === "down" ? { state: NO_PATH, commands: [say("needsPolygon")] } : stay(NO_PATH);
  const { start } = path;
  if (!path.points.length || !start) {
    if (event.type === "again" && path.taken.length) return stay(NO_PATH);
    return event.type === "down" ? begin(event, region, view) : stay(path);
  }
  const end = (x: number, y: number) => onContour(region, x, y, view, start);
  switch (event.type) {
    case "down": {
      const there = end(event.at.x, event.at.y);
      if (there) return finish(settled(path), start, there, region, view);
      return shown({ ...withVertex(path, event.at, event.modifiers, view), pulling: event.modifiers.shift });
    }
    case "move":
      return shown(moved(path, event, view));
    case "up": {
      if (!path.pulling) return stay(path);
      const drawn = { ...settled(path), pulling: false };
      const there = drawn.points.length > 2 ? end(event.at.x, event.at.y) : null;
      return there ? finish(withoutLast(drawn), start, there, region, view) : shown(drawn);
    }
    case "double":
    case "enter": {
      const drawn = settled(path);
      const there = drawn.points.length > 2 ? end(drawn.points.at(-2) as number, drawn.points.at(-1) as number) : null;
      return there ? finish(withoutLast(drawn), start, there, region, view) : shown(drawn, [say("endOnContour")]);
    }
    case "cancel":
      return { state: NO_PATH, commands: CLEAR };
    case "back":
      return shown(takenBack(path));
    case "again":
      return path.taken.length ? shown(setAgain(path)) : stay(path);
    default:
      return stay(path);
  }
}
