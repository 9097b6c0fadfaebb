import { distance, type ImagePoint } from "../geometry/points";
import { cellAt, pixelsOfCells, type Superpixels } from "../geometry/superpixels";
import { type Command, type Step, stay, type Tool } from "./tool";

interface State {
  readonly cells: readonly number[];
  readonly last: ImagePoint | null;
  readonly erase: boolean;
}

const IDLE: State = { cells: [], last: null, erase: false };
const CLEAR: Command = { type: "preview", preview: null };
const STRIDE = 4; // screen pixels between two looks at what lies under a fast drag

const shown = (state: State): Step<State> => ({
  state,
  commands: [{ type: "preview", preview: { kind: "cells", cells: state.cells, erase: state.erase } }],
});

/** The superpixels on the way from the last place to this one, each once. */
function gathered(state: State, grid: Superpixels, to: ImagePoint, pixel: number): State {
  const from = state.last ?? to;
  const steps = Math.max(1, Math.ceil(distance(from, to) / (STRIDE * pixel)));
  const cells = new Set(state.cells);
  for (let i = 1; i <= steps; i++) {
    const cell = cellAt(grid, from.x + ((to.x - from.x) * i) / steps, from.y + ((to.y - from.y) * i) / steps);
    if (cell >= 0) cells.add(cell);
  }
  return { ...state, cells: cells.size === state.cells.length ? state.cells : [...cells], last: to };
}

/** Click or drag over pieces of like colour; Alt takes them away. */
export const superpixelTool: Tool<State> = {
  id: "superpixel",
  initial: IDLE,
  cursor: "crosshair",
  draws: true,
  worksOn: (region) => region.shape === "mask",
  busy: (state) => state.last !== null,
  step(state, event, view) {
    const grid = view.superpixels;
    switch (event.type) {
      case "down":
        if (!grid) return { state: IDLE, commands: [{ type: "say", key: "superpixelsComing" }] };
        return shown(gathered({ ...IDLE, erase: event.modifiers.alt }, grid, event.at, view.pixel));
      case "move":
        if (state.last && grid) return shown(gathered(state, grid, event.at, view.pixel));
        if (!grid) return stay(state);
        // What a click would take.
        return {
          state,
          commands: [
            {
              type: "preview",
              preview: { kind: "cells", cells: [cellAt(grid, event.at.x, event.at.y)], erase: event.modifiers.alt },
            },
          ],
        };
      case "up": {
        if (!state.last || !grid) return stay(IDLE);
        const pixels = pixelsOfCells(grid, state.cells, view.image);
        return { state: IDLE, commands: [CLEAR, { type: "paint", pixels, erase: state.erase }] };
      }
      case "cancel":
      case "back":
        return { state: IDLE, commands: [CLEAR] };
      case "enter":
        return state.last || !view.selection.length ? stay(state) : { state, commands: [{ type: "select", ids: [] }] };
      default:
        return stay(state);
    }
  },
};
