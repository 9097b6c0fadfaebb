import { boundsOfFlat } from "../geometry/boxes";
import { distance } from "../geometry/points";
import type { Prompt } from "../smart/prompts";
import type { Found } from "../smart/segmenter";
import type { Shaped } from "../types";
import type { SmartShape } from "./options";
import { CLEAR } from "./places";
import { type Command, SLIP, type Step, stay, type Tool, type ToolEvent, type ToolView } from "./tool";
import { NO_WIRE, type WireState, wireStep } from "./wire";

type Pointer = Extract<ToolEvent, { at: unknown }>;

interface Pulling {
  /** Where the pointer went down. */
  readonly from: Pointer;
  /** Flat places on the way since. */
  readonly way: readonly number[];
}

interface PromptState {
  readonly prompts: readonly Prompt[];
  /** Prompts taken back, last first. */
  readonly taken: readonly Prompt[];
  /** Number of the request that was made last; only its answer counts. */
  readonly asked: number;
  readonly found: Found | null;
  /** The border of what was found is as exact as it gets. */
  readonly exact: boolean;
  readonly pulling: Pulling | null;
  /** Enter was pressed before the answer was there. */
  readonly ending: boolean;
}

export interface SmartState {
  readonly by: PromptState;
  readonly wire: WireState;
}

const NOTHING: PromptState = {
  prompts: [],
  taken: [],
  asked: 0,
  found: null,
  exact: true,
  pulling: null,
  ending: false,
};

/** Shift turns round what the option says. */
const insideOf = (event: Pointer, view: ToolView): boolean => view.options.smartInside !== event.modifiers.shift;

function step(state: PromptState, event: ToolEvent, view: ToolView): Step<PromptState> {
  switch (event.type) {
    case "down":
      return shown({ ...state, pulling: { from: event, way: [event.at.x, event.at.y] } }, view);
    case "move":
      return state.pulling ? shown(pulled(state, event), view) : stay(state);
    case "up":
      return state.pulling ? said(state, pulled(state, event).pulling as Pulling, event, view) : stay(state);
    case "answer":
      return answered(state, event, view);
    case "option":
      return state.prompts.length ? ask(state, view) : stay(state);
    case "back":
      return back(state, view);
    case "again": {
      const prompt = state.taken.at(-1);
      if (!prompt) return stay(state);
      return ask({ ...state, prompts: [...state.prompts, prompt], taken: state.taken.slice(0, -1) }, view);
    }
    case "enter":
      if (!state.prompts.length) return stay(state);
      return state.exact ? accepted(state, view) : stay({ ...state, ending: true });
    case "cancel":
      return dropped(state);
    default:
      return stay(state);
  }
}

const pulled = (state: PromptState, { at }: Pointer): PromptState =>
  state.pulling ? { ...state, pulling: { ...state.pulling, way: [...state.pulling.way, at.x, at.y] } } : state;

/** A press that did not move is a click; one that did is a box, or a scribble. */
function said(state: PromptState, { from, way }: Pulling, to: Pointer, view: ToolView): Step<PromptState> {
  const inside = insideOf(from, view);
  const [x0, y0] = [from.at.x, from.at.y];
  const far = (_: number, i: number) =>
    i % 2 === 0 && Math.hypot((way[i] as number) - x0, (way[i + 1] as number) - y0) >= SLIP * view.pixel;
  // A scribble may end where it began.
  const moved = view.options.smartDrag === "scribble" ? way.some(far) : distance(from.screen, to.screen) >= SLIP;
  const prompt: Prompt = !moved
    ? { kind: "click", at: [x0, y0], inside }
    : view.options.smartDrag === "scribble"
      ? { kind: "scribble", points: way, inside }
      : { kind: "box", box: boundsOfFlat([x0, y0, to.at.x, to.at.y]) };
  return ask({ ...state, pulling: null, prompts: [...state.prompts, prompt], taken: [] }, view);
}

function ask(state: PromptState, view: ToolView): Step<PromptState> {
  const asked = state.asked + 1;
  const next = { ...state, asked, exact: false, ending: false };
  const wished = view.options.smartMethod;
  const method = wished === "wand" || (wished === "model" && view.model !== null) ? wished : "cut";
  const question = { method, prompts: next.prompts, tolerance: view.options.tolerance } as const;
  const request: Command = { type: "segment", request: { kind: "object", id: asked, question } };
  return { state: next, commands: [...shown(next, view).commands, request] };
}

function answered(state: PromptState, { answer }: ToolEvent & { type: "answer" }, view: ToolView): Step<PromptState> {
  if (answer.id !== state.asked || !state.prompts.length) return stay(state);
  const next = { ...state, found: answer.found, exact: answer.last };
  if (next.ending && next.exact) return accepted(next, view);
  const none: Command[] = answer.found?.mask || answer.found === null ? [] : [{ type: "say", key: "nothingFound" }];
  return { ...shown(next, view), commands: [...shown(next, view).commands, ...none] };
}

function back(state: PromptState, view: ToolView): Step<PromptState> {
  if (state.pulling) return shown({ ...state, pulling: null }, view);
  const prompt = state.prompts.at(-1);
  if (!prompt) return stay(state);
  const rest = { ...state, prompts: state.prompts.slice(0, -1), taken: [...state.taken, prompt] };
  if (rest.prompts.length) return ask(rest, view);
  return { state: { ...NOTHING, asked: state.asked + 1, taken: rest.taken }, commands: forgotten() };
}

const forgotten = (): readonly Command[] => [...CLEAR, { type: "segment", request: null }];

const dropped = (state: PromptState): Step<PromptState> =>
  state.prompts.length || state.pulling
    ? { state: { ...NOTHING, asked: state.asked + 1 }, commands: forgotten() }
    : stay(state);

function accepted(state: PromptState, view: ToolView): Step<PromptState> {
  const shaped = shapedAs(state.found, view);
  if (!shaped) return { state: { ...state, ending: false }, commands: [{ type: "say", key: "nothingFound" }] };
  const own = view.options.smartMethod === "wand" ? "smart:wand" : "smart:graph_cut";
  const source = state.found?.source ?? own;
  return {
    state: { ...NOTHING, asked: state.asked + 1 },
    commands: [...forgotten(), { type: "create", shaped, source }],
  };
}

const ORDER: readonly Exclude<SmartShape, "auto">[] = ["mask", "polygon", "box"];

/** What was found in the shape that is wished, or the first one that the class allows. */
export function shapedAs(found: Found | null, view: ToolView): Shaped | null {
  if (!found?.mask) return null;
  const { smartShape } = view.options;
  const allowed = ORDER.filter((shape) => view.shapes.includes(shape));
  const shape = allowed.find((one) => one === smartShape) ?? allowed[0] ?? "mask";
  const { x, y, size } = found.mask;
  if (shape === "mask" || view.semantic) return { shape: "mask", geometry: found.mask };
  if (shape === "box") return { shape, geometry: { x, y, w: size[1], h: size[0] } };
  return found.parts.length ? { shape, geometry: { parts: found.parts } } : null;
}

function shown(state: PromptState, view: ToolView): Step<PromptState> {
  const { pulling, prompts } = state;
  if (!pulling && !prompts.length) return { state, commands: CLEAR };
  return {
    state,
    commands: [
      {
        type: "preview",
        preview: {
          kind: "smart",
          shaped: shapedAs(state.found, view),
          prompts,
          pulled: pulling && {
            way: pulling.way,
            inside: insideOf(pulling.from, view),
            box: view.options.smartDrag === "box",
          },
        },
      },
      { type: "drawing", vertices: prompts.length },
    ],
  };
}

/** Click, pull a box or scribble, with Shift beside the object; Enter takes what was found, undo one prompt back. Along
 * edges it draws an outline from click to click. */
export const smartTool: Tool<SmartState> = {
  id: "smart",
  initial: { by: NOTHING, wire: NO_WIRE },
  cursor: "crosshair",
  draws: true,
  busy: ({ by, wire }) => by.prompts.length > 0 || by.pulling !== null || wire.path.points.length > 0,
  step(state, event, view) {
    if (view.options.smartMethod === "wire") {
      const next = wireStep(state.wire, event, view);
      return { state: { ...state, wire: next.state }, commands: next.commands };
    }
    const next = step(state.by, event, view);
    return { state: { ...state, by: next.state }, commands: next.commands };
  },
};
