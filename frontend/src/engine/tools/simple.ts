import { distance, type ScreenPoint } from "../geometry/points";
import { stay, type Tool } from "./tool";

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
