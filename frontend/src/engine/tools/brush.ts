import { sweep } from "../geometry/brush";
import type { ToolId } from "../public";
import { type Command, type Step, stay, type Tool, type ToolView } from "./tool";

interface State {
  /** Flat places of the stroke so far; empty is idle. */
  readonly points: readonly number[];
  readonly erase: boolean;
}

const IDLE: State = { points: [], erase: false };
const CLEAR: Command = { type: "preview", preview: null };

const shown = (state: State, view: ToolView): Step<State> => ({
  state,
  commands: [{ type: "preview", preview: { kind: "stroke", ...view.options.brush, ...state } }],
});

/** Press and draw; what the stroke passed over is one change when the pointer is let go. Alt turns one into the other. */
const paintTool = (id: ToolId, erases: boolean): Tool<State> => ({
  id,
  initial: IDLE,
  cursor: "none",
  draws: true,
  worksOn: (region) => region.shape === "mask",
  busy: (state) => state.points.length > 0,
  step(state, event, view) {
    const drawing = state.points.length > 0;
    switch (event.type) {
      case "down":
        return shown({ points: [event.at.x, event.at.y], erase: erases !== event.modifiers.alt }, view);
      case "move":
        if (!drawing) return stay(state);
        return shown({ ...state, points: [...state.points, event.at.x, event.at.y] }, view);
      case "up":
        if (!drawing) return stay(state);
        return {
          state: IDLE,
          commands: [
            CLEAR,
            { type: "paint", pixels: sweep(state.points, view.options.brush, view.image), erase: state.erase },
          ],
        };
      case "cancel":
      case "back":
        return drawing ? { state: IDLE, commands: [CLEAR] } : stay(state);
      case "enter":
        // The mask is done: the next stroke begins another.
        return drawing || !view.selection.length ? stay(state) : { state, commands: [{ type: "select", ids: [] }] };
      default:
        return stay(state);
    }
  },
});

export const brushTool = paintTool("brush", false);
export const eraserTool = paintTool("eraser", true);
