import { distance, type ImagePoint, type ScreenPoint } from "../geometry/points";
import { ops } from "../shapes";
import type { Shaped } from "../types";
import { type Command, type Modifiers, SLIP, type Step, stay, type Tool, type ToolEvent, type ToolView } from "./tool";

/** A shape that is known by a few places: clicks set one each, and a drag sets the first and the second. */
export interface Placing {
  /** How many places make the shape. */
  readonly count: number;
  /** A drag sets the first two (else every press is one place, wherever it is let go). */
  readonly drags: boolean;
  /** The shape of these places, the last of them still under the pointer; a line while there are too few. */
  shape(places: readonly ImagePoint[], held: Modifiers, view: ToolView): Shaped | null;
  /** Where a place goes that the hand set at `at`: on a step of 15°, for instance. */
  place?(before: readonly ImagePoint[], at: ImagePoint, held: Modifiers): ImagePoint;
}

export interface PlacesState {
  readonly places: readonly ImagePoint[];
  /** Where the pointer went down for the last place, while it is still down. */
  readonly pressed: ScreenPoint | null;
}

type Pointer = Extract<ToolEvent, { at: ImagePoint }>;

const IDLE: PlacesState = { places: [], pressed: null };
export const CLEAR: readonly Command[] = [
  { type: "preview", preview: null },
  { type: "drawing", vertices: null },
];

const MIN_SIDE = 1; // image pixels; smaller is a slip of the hand

const tooSmall = (shaped: Shaped): boolean => {
  if (ops.problem(shaped) !== null) return true;
  const [x0, y0, x1, y1] = ops.bounds(shaped);
  return ops.isFilled(shaped) && Math.min(x1 - x0, y1 - y0) < MIN_SIDE;
};

/** A finished shape, or the word that there was none: nothing without an area is ever made. */
export const made = (shaped: Shaped | null): readonly Command[] =>
  shaped && !tooSmall(shaped) ? [...CLEAR, { type: "create", shaped }] : [...CLEAR, { type: "say", key: "tooSmall" }];

function set(how: Placing, state: PlacesState, event: Pointer, view: ToolView): Step<PlacesState> {
  const at = how.place?.(state.places, event.at, event.modifiers) ?? event.at;
  const places = [...state.places, at];
  if (places.length === how.count) return { state: IDLE, commands: made(how.shape(places, event.modifiers, view)) };
  return {
    state: { places, pressed: event.type === "down" ? event.screen : null },
    commands: [{ type: "drawing", vertices: places.length }],
  };
}

function shown(how: Placing, state: PlacesState, event: Pointer, view: ToolView): Step<PlacesState> {
  const at = how.place?.(state.places, event.at, event.modifiers) ?? event.at;
  const shaped = how.shape([...state.places, at], event.modifiers, view);
  return {
    state,
    commands: [{ type: "preview", preview: shaped && { kind: "shape", shaped, closed: true, snap: false } }],
  };
}

/** Takes the last place back; the first one back is the end of it. */
function back(state: PlacesState): Step<PlacesState> {
  const places = state.places.slice(0, -1);
  if (!places.length) return { state: IDLE, commands: CLEAR };
  return {
    state: { places, pressed: null },
    commands: [
      { type: "preview", preview: null },
      { type: "drawing", vertices: places.length },
    ],
  };
}

export function placesStep(how: Placing, state: PlacesState, event: ToolEvent, view: ToolView): Step<PlacesState> {
  const idle = state.places.length === 0;
  switch (event.type) {
    case "down":
      return state.pressed ? stay(state) : set(how, state, event, view);
    case "move":
      return idle ? stay(state) : shown(how, state, event, view);
    case "up": {
      if (!state.pressed) return stay(state);
      const dragged = how.drags && state.places.length === 1 && distance(state.pressed, event.screen) >= SLIP;
      return dragged ? set(how, state, event, view) : stay({ ...state, pressed: null });
    }
    case "back":
      return idle ? stay(state) : back(state);
    case "cancel":
      return idle ? stay(state) : { state: IDLE, commands: CLEAR };
    default:
      return stay(state);
  }
}

/** A tool whose shape is known by a few places; `how` may depend on its options. */
export const placesTool = (id: Tool<PlacesState>["id"], how: (view: ToolView) => Placing): Tool<PlacesState> => ({
  id,
  initial: IDLE,
  cursor: "crosshair",
  draws: true,
  busy: (state) => state.places.length > 0,
  step: (state, event, view) => placesStep(how(view), state, event, view),
});

/** The line between two places: what is seen of a shape before it has a width. */
export const lineBetween = (a: ImagePoint, b: ImagePoint): Shaped => ({
  shape: "polyline",
  geometry: { points: [a.x, a.y, b.x, b.y] },
});
