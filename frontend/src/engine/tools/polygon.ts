import { distance, type ImagePoint } from "../geometry/points";
import { signedArea } from "../geometry/polygons";
import { type Command, HANDLE_REACH, type Step, stay, type Tool, type ToolView } from "./tool";

interface State {
  /** Flat vertices set so far; empty is idle. */
  points: readonly number[];
  /** Vertices taken back, last first: redo while drawing. */
  taken: readonly number[];
  pointer: ImagePoint | null;
}

const IDLE: State = { points: [], taken: [], pointer: null };
const CLEAR: Command[] = [
  { type: "preview", preview: null },
  { type: "drawing", vertices: null },
];

const nearFirst = (state: State, at: ImagePoint, view: ToolView): boolean =>
  state.points.length >= 6 &&
  distance({ x: state.points[0] as number, y: state.points[1] as number }, at) <= HANDLE_REACH * view.pixel;

function shown(state: State, view: ToolView): Step<State> {
  if (!state.points.length) return { state: IDLE, commands: CLEAR };
  const snap = state.pointer !== null && nearFirst(state, state.pointer, view);
  const ring = state.pointer && !snap ? [...state.points, state.pointer.x, state.pointer.y] : [...state.points];
  return {
    state,
    commands: [
      {
        type: "preview",
        preview: { kind: "shape", shaped: { shape: "polygon", geometry: { parts: [[ring]] } }, closed: snap, snap },
      },
      { type: "drawing", vertices: state.points.length / 2 },
    ],
  };
}

/** A double click sets its place twice: the ring is kept without repeats. */
function tidy(points: readonly number[], view: ToolView): number[] {
  const out: number[] = [];
  const near = view.pixel; // one screen pixel
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    const [px, py] = [out.at(-2), out.at(-1)];
    if (px === undefined || py === undefined || Math.hypot(x - px, y - py) >= near) out.push(x, y);
  }
  return out;
}

function finish(state: State, view: ToolView): Step<State> {
  const ring = tidy(state.points, view);
  if (ring.length < 6 || signedArea(ring) === 0)
    return { ...shown(state, view), commands: [...shown(state, view).commands, { type: "say", key: "needs3" }] };
  return {
    state: IDLE,
    commands: [...CLEAR, { type: "create", shaped: { shape: "polygon", geometry: { parts: [[ring]] } } }],
  };
}

function down(state: State, at: ImagePoint, view: ToolView): Step<State> {
  if (nearFirst(state, at, view)) return finish(state, view);
  return shown({ points: [...state.points, at.x, at.y], taken: [], pointer: at }, view);
}

/** Click the corners; Enter, a double click or a click on the first corner closes. */
export const polygonTool: Tool<State> = {
  id: "polygon",
  initial: IDLE,
  cursor: "crosshair",
  draws: true,
  busy: (state) => state.points.length > 0,
  step(state, event, view) {
    if (event.type === "down") return down(state, event.at, view);
    if (!state.points.length && !(event.type === "again" && state.taken.length)) return stay(state);
    switch (event.type) {
      case "move":
        return shown({ ...state, pointer: event.at }, view);
      case "double":
      case "enter":
        return finish(state, view);
      case "cancel":
        return { state: IDLE, commands: CLEAR };
      case "back":
        return shown(
          { ...state, points: state.points.slice(0, -2), taken: [...state.taken, ...state.points.slice(-2)] },
          view,
        );
      case "again":
        if (!state.taken.length) return stay(state);
        return shown(
          { ...state, points: [...state.points, ...state.taken.slice(-2)], taken: state.taken.slice(0, -2) },
          view,
        );
      default:
        return stay(state);
    }
  },
};
