import { distance, type ScreenPoint } from "../geometry/points";
import { type Step, stay, type Tool } from "./tool";

/** Several points that make one region: Shift-click adds the next, a plain click is one region of its own. */
interface PointsState {
  points: readonly number[];
}

const NO_POINTS: PointsState = { points: [] };

export const pointsTool: Tool<PointsState> = {
  id: "points",
  initial: NO_POINTS,
  cursor: "crosshair",
  draws: true,
  busy: (state) => state.points.length > 0,
  step(state, event) {
    const finish = (points: readonly number[]): Step<PointsState> => ({
      state: NO_POINTS,
      commands: [
        { type: "preview", preview: null },
        { type: "drawing", vertices: null },
        { type: "create", shaped: { shape: "points", geometry: { points: [...points] } } },
      ],
    });
    const show = (points: readonly number[]): Step<PointsState> => ({
      state: { points },
      commands: [
        {
          type: "preview",
          preview: points.length
            ? {
                kind: "shape",
                shaped: { shape: "points", geometry: { points: [...points] } },
                closed: false,
                snap: false,
              }
            : null,
        },
        { type: "drawing", vertices: points.length ? points.length / 2 : null },
      ],
    });
    if (event.type === "down") {
      const points = [...state.points, event.at.x, event.at.y];
      return event.modifiers.shift ? show(points) : finish(points);
    }
    if (!state.points.length) return stay(state);
    if (event.type === "enter") return finish(state.points);
    if (event.type === "cancel") return show([]);
    if (event.type === "back") return show(state.points.slice(0, -2));
    return stay(state);
  },
};

/** A class for the whole image: one click anywhere, or Enter. */
export const tagTool: Tool<null> = {
  id: "tag",
  initial: null,
  cursor: "copy",
  draws: false,
  busy: () => false,
  step: (state, event) =>
    event.type === "down" || event.type === "enter"
      ? { state, commands: [{ type: "create", shaped: { shape: "tag", geometry: {} } }] }
      : stay(state),
};

/** Pin a comment to a point or to the region under it. */
export const commentTool: Tool<null> = {
  id: "comment",
  initial: null,
  cursor: "cell",
  draws: false,
  busy: () => false,
  step: (state, event, view) =>
    event.type === "down"
      ? { state, commands: [{ type: "comment", at: event.at, element: view.under(event.at)[0] ?? null }] }
      : stay(state),
};

type PanState = { last: ScreenPoint } | null;

export const panTool: Tool<PanState> = {
  id: "pan",
  initial: null,
  cursor: "grab",
  draws: false,
  busy: () => false,
  step(state, event) {
    if (event.type === "down")
      return { state: { last: event.screen }, commands: [{ type: "cursor", cursor: "grabbing" }] };
    if (event.type === "move" && state && distance(state.last, event.screen) > 0)
      return {
        state: { last: event.screen },
        commands: [{ type: "pan", dx: event.screen.x - state.last.x, dy: event.screen.y - state.last.y }],
      };
    if (event.type === "up" || event.type === "cancel")
      return { state: null, commands: [{ type: "cursor", cursor: "grab" }] };
    return stay(state);
  },
};
