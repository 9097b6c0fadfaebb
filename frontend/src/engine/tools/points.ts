import { CLEAR } from "./places";
import { type Step, stay, type Tool } from "./tool";

/** Points that make one region. */
interface State {
  readonly points: readonly number[];
  readonly taken: readonly number[];
}

const IDLE: State = { points: [], taken: [] };

const shown = (state: State): Step<State> =>
  state.points.length
    ? {
        state,
        commands: [
          {
            type: "preview",
            preview: {
              kind: "shape",
              shaped: { shape: "points", geometry: { points: [...state.points] } },
              closed: false,
              snap: false,
            },
          },
          { type: "drawing", vertices: state.points.length / 2 },
        ],
      }
    : { state, commands: CLEAR };

const finish = (points: readonly number[]): Step<State> => ({
  state: IDLE,
  commands: [...CLEAR, { type: "create", shaped: { shape: "points", geometry: { points: [...points] } } }],
});

/** Each click adds a point until Enter; where each click is a region of its own, Shift-clicks gather. */
export const pointsTool: Tool<State> = {
  id: "points",
  initial: IDLE,
  cursor: "crosshair",
  draws: true,
  busy: (state) => state.points.length > 0,
  step(state, event, { options }) {
    if (event.type === "down") {
      const points = [...state.points, event.at.x, event.at.y];
      const gathers = options.pointsBy === "several" || event.modifiers.shift;
      return gathers ? shown({ points, taken: [] }) : finish(points);
    }
    if (event.type === "again" && state.taken.length)
      return shown({ points: [...state.points, ...state.taken.slice(-2)], taken: state.taken.slice(0, -2) });
    if (!state.points.length) return stay(state);
    switch (event.type) {
      case "enter":
        return finish(state.points);
      case "cancel":
        return shown(IDLE);
      case "back":
        return shown({
          points: state.points.slice(0, -2),
          taken: [...state.taken, ...state.points.slice(-2)],
        });
      default:
        return stay(state);
    }
  },
};
