import { moved, NO_PATH, type Path, setAgain, settled, takenBack, tidy, withPointer, withVertex } from "./path";
import { CLEAR } from "./places";
import { type Command, type Step, stay, type Tool, type ToolView } from "./tool";

function shown(path: Path): Step<Path> {
  if (!path.points.length) return { state: { ...NO_PATH, taken: path.taken }, commands: CLEAR };
  return {
    state: path,
    commands: [
      {
        type: "preview",
        preview: {
          kind: "shape",
          shaped: { shape: "polyline", geometry: { points: withPointer(path) } },
          closed: false,
          snap: path.hold !== null,
        },
      },
      { type: "drawing", vertices: path.points.length / 2 },
    ],
  };
}

/** What a finished line becomes; null when the line will not do, with the word that says so. */
type Finish = (points: number[], view: ToolView) => readonly Command[] | { say: string };

function finished(path: Path, view: ToolView, finish: Finish): Step<Path> {
  const whole = settled(path);
  const points = tidy(whole.points, view.pixel);
  const outcome: ReturnType<Finish> = points.length < 4 ? { say: "needs2" } : finish(points, view);
  if ("say" in outcome) {
    const again = shown(whole);
    return { ...again, commands: [...again.commands, { type: "say", key: outcome.say }] };
  }
  return { state: NO_PATH, commands: [...CLEAR, ...outcome] };
}

/** A tool that draws an open line by clicks, or freely with Shift; Enter or a double click ends it. */
export function lineTool(id: Tool<Path>["id"], finish: Finish, more: Partial<Tool<Path>> = {}): Tool<Path> {
  return {
    id,
    initial: NO_PATH,
    cursor: "crosshair",
    draws: true,
    busy: (path) => path.points.length > 0,
    step(path, event, view) {
      if (event.type === "down") {
        const next = withVertex(path, event.at, event.modifiers, view);
        return shown({ ...next, pulling: event.modifiers.shift });
      }
      if (event.type === "again") return path.taken.length ? shown(setAgain(path)) : stay(path);
      if (!path.points.length) return stay(path);
      switch (event.type) {
        case "move":
          return shown(moved(path, event, view));
        case "up":
          return path.pulling ? shown({ ...settled(path), pulling: false }) : stay(path);
        case "double":
        case "enter":
          return finished(path, view, finish);
        case "cancel":
          return { state: NO_PATH, commands: CLEAR };
        case "back":
          return shown(takenBack(path));
        default:
          return stay(path);
      }
    },
    ...more,
  };
}

export const polylineTool = lineTool("polyline", (points) => [
  { type: "create", shaped: { shape: "polyline", geometry: { points } } },
]);
