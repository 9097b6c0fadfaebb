import { boxBetween } from "../geometry/boxes";
import type { ScreenPoint } from "../geometry/points";
import { distance, type ImagePoint, imagePoint } from "../geometry/points";
import { type Command, SLIP, type Step, stay, type Tool, type ToolView } from "./tool";

type State =
  | { mode: "idle" }
  /** Pointer held down: let go far away ends the box, let go near by waits for a second click. */
  | { mode: "dragging"; from: ImagePoint; screen: ScreenPoint }
  | { mode: "waiting"; from: ImagePoint };

const IDLE: State = { mode: "idle" };
const MIN_SIDE = 1; // image pixels; a smaller box is a slip of the hand
const CLEAR: Command[] = [
  { type: "preview", preview: null },
  { type: "drawing", vertices: null },
];

/** Shift keeps it square; the square is cut at the image border by shrinking, not by distorting. */
function corner(from: ImagePoint, at: ImagePoint, square: boolean, view: ToolView): ImagePoint {
  if (!square) return at;
  const sx = at.x < from.x ? -1 : 1;
  const sy = at.y < from.y ? -1 : 1;
  const room = (p: number, sign: number, size: number) => (sign < 0 ? p : size - p);
  const side = Math.min(
    Math.max(Math.abs(at.x - from.x), Math.abs(at.y - from.y)),
    room(from.x, sx, view.image.width),
    room(from.y, sy, view.image.height),
  );
  return imagePoint(from.x + sx * side, from.y + sy * side);
}

const show = (from: ImagePoint, to: ImagePoint): Command => ({
  type: "preview",
  preview: { kind: "shape", shaped: { shape: "box", geometry: boxBetween(from, to) }, closed: true, snap: false },
});

function finish(from: ImagePoint, to: ImagePoint): Step<State> {
  const geometry = boxBetween(from, to);
  const kept = Math.min(geometry.w, geometry.h) >= MIN_SIDE;
  return { state: IDLE, commands: kept ? [...CLEAR, { type: "create", shaped: { shape: "box", geometry } }] : CLEAR };
}

/** Drag from corner to corner, or click the one and then the other. */
export const boxTool: Tool<State> = {
  id: "box",
  initial: IDLE,
  cursor: "crosshair",
  draws: true,
  busy: (state) => state.mode !== "idle",
  step(state, event, view) {
    if (event.type === "cancel" || (event.type === "back" && state.mode !== "idle"))
      return state.mode === "idle" ? stay(state) : { state: IDLE, commands: CLEAR };
    if (event.type !== "down" && event.type !== "move" && event.type !== "up") return stay(state);
    if (state.mode === "idle") {
      if (event.type !== "down") return stay(state);
      return {
        state: { mode: "dragging", from: event.at, screen: event.screen },
        commands: [{ type: "drawing", vertices: 1 }],
      };
    }
    const to = corner(state.from, event.at, event.modifiers.shift, view);
    if (event.type === "move") return { state, commands: [show(state.from, to)] };
    if (state.mode === "waiting") return event.type === "down" ? finish(state.from, to) : stay(state);
    if (event.type === "down") return stay(state);
    if (distance(state.screen, event.screen) < SLIP) return stay({ mode: "waiting", from: state.from });
    return finish(state.from, to);
  },
};
