import type { ImagePoint } from "../geometry/points";
import { wayTo } from "../smart/wire";
import type { Shaped } from "../types";
import { firstOf, nearFirst } from "./path";
import { CLEAR } from "./places";
import { type Command, type Step, stay, type ToolEvent, type ToolView } from "./tool";

/** An outline that follows edges from click to click. */
export interface WireState {
  readonly path: {
    /** Flat vertices so far. */
    readonly points: readonly number[];
    /** How many numbers of `points` there were before each click. */
    readonly clicks: readonly number[];
  };
  readonly asked: number;
  readonly pointer: ImagePoint | null;
}

export const NO_WIRE: WireState = { path: { points: [], clicks: [] }, asked: 0, pointer: null };

const lastOf = ({ points }: WireState["path"]): readonly [number, number] => [
  points.at(-2) as number,
  points.at(-1) as number,
];

/** The field counts only while it begins where the outline has come to. */
function ahead(state: WireState, to: { x: number; y: number }, view: ToolView): number[] {
  const { field } = view;
  const [x, y] = lastOf(state.path);
  return field && field.from[0] === x && field.from[1] === y ? wayTo(field, to) : [to.x, to.y];
}

const closes = ({ path }: WireState, at: ImagePoint, view: ToolView): boolean =>
  path.clicks.length > 1 && nearFirst(path, at, view.reach * view.pixel);

function shown(state: WireState, view: ToolView): Step<WireState> {
  const { path, pointer } = state;
  if (!path.points.length) return { state, commands: CLEAR };
  const snap = pointer !== null && closes(state, pointer, view);
  const to = snap ? firstOf(path) : pointer;
  const ring = to ? path.points.concat(ahead(state, to, view)) : [...path.points];
  const shaped: Shaped = { shape: "polygon", geometry: { parts: [[ring]] } };
  return {
    state,
    commands: [
      { type: "preview", preview: { kind: "shape", shaped, closed: false, snap } },
      { type: "drawing", vertices: path.clicks.length },
    ],
  };
}

/** Asks for the ways from the end of the outline. */
function from(state: WireState, view: ToolView): Step<WireState> {
  const asked = state.asked + 1;
  const next = { ...state, asked };
  const request: Command = {
    type: "segment",
    request: { kind: "wire", id: asked, from: lastOf(next.path) },
  };
  return { state: next, commands: [...shown(next, view).commands, request] };
}

function clicked(state: WireState, at: ImagePoint, view: ToolView): Step<WireState> {
  if (closes(state, at, view)) return closed(state, view);
  const { points, clicks } = state.path;
  const added = points.length ? ahead(state, at, view) : [at.x, at.y];
  const path = { points: points.concat(added), clicks: [...clicks, points.length] };
  return from({ ...state, path, pointer: at }, view);
}

const dropped = (state: WireState): Step<WireState> =>
  state.path.points.length
    ? {
        state: { ...NO_WIRE, asked: state.asked + 1 },
        commands: [...CLEAR, { type: "segment", request: null }],
      }
    : stay(state);

function closed(state: WireState, view: ToolView): Step<WireState> {
  const { points } = state.path;
  const ring = points.concat(ahead(state, firstOf(state.path), view).slice(0, -2));
  if (ring.length < 6) return { state, commands: [{ type: "say", key: "needs3" }] };
  const end = dropped(state);
  const shaped: Shaped = { shape: "polygon", geometry: { parts: [[ring]] } };
  return { state: end.state, commands: [...end.commands, { type: "create", shaped, source: "smart:live_wire" }] };
}

export function wireStep(state: WireState, event: ToolEvent, view: ToolView): Step<WireState> {
  if (event.type === "down") return clicked(state, event.at, view);
  if (!state.path.points.length) return stay(state);
  switch (event.type) {
    case "move":
      return shown({ ...state, pointer: event.at }, view);
    case "option":
      return shown(state, view);
    case "double":
    case "enter":
      return closed(state, view);
    case "cancel":
      return dropped(state);
    case "back": {
      const { points, clicks } = state.path;
      const path = { points: points.slice(0, clicks.at(-1)), clicks: clicks.slice(0, -1) };
      return path.points.length ? from({ ...state, path }, view) : dropped(state);
    }
    default:
      return stay(state);
  }
}
