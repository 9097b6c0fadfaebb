import type { ImagePoint } from "../geometry/points";
import { type Frame, placed } from "../geometry/template";
import type { GeometryOf, SkeletonDef } from "../types";
import { frameOf } from "./box";
import { CLEAR, made, type PlacesState, type Placing, placesStep } from "./places";
import { type Command, type Step, stay, type Tool, type ToolEvent, type ToolView } from "./tool";

type Joints = GeometryOf["skeleton"]["joints"];

interface State {
  readonly frame: PlacesState;
  /** Joint by joint: those set so far, in the order of the template. */
  readonly joints: Joints;
}

const IDLE: State = { frame: { places: [], pressed: null }, joints: {} };

const BY_FRAME: Placing = {
  count: 2,
  drags: true,
  shape([from, at], held, view) {
    if (!from || !at || !view.skeleton) return null;
    const frame: Frame = frameOf(from, at, held, view);
    return { shape: "skeleton", geometry: { joints: frame.w > 0 && frame.h > 0 ? placed(view.skeleton, frame) : {} } };
  },
};

const whole = (joints: Joints, template: SkeletonDef): Joints =>
  Object.fromEntries(template.joints.map((name) => [name, joints[name] ?? [0, 0, 0]]));

function shown(state: State, template: SkeletonDef, pointer: ImagePoint | null): Step<State> {
  const set = Object.keys(state.joints).length;
  if (!set) return { state: IDLE, commands: CLEAR };
  const next = template.joints[set];
  const joints = pointer && next ? { ...state.joints, [next]: [pointer.x, pointer.y, 2] } : state.joints;
  const preview = { kind: "shape", shaped: { shape: "skeleton", geometry: { joints } }, closed: true, snap: false };
  return {
    state,
    commands: [{ type: "preview", preview } as Command, { type: "drawing", vertices: set }],
  };
}

const finish = (joints: Joints, template: SkeletonDef): Step<State> => ({
  state: IDLE,
  commands: made({ shape: "skeleton", geometry: { joints: whole(joints, template) } }),
});

const nextWord = (joints: Joints, template: SkeletonDef): Command[] => {
  const next = template.joints[Object.keys(joints).length];
  return next ? [{ type: "say", key: "nextJoint", values: { joint: next } }] : [];
};

/** A click sets the next joint, with Shift as hidden; Alt leaves it absent. */
function jointByJoint(state: State, event: ToolEvent, template: SkeletonDef): Step<State> {
  const set = Object.keys(state.joints);
  if (event.type === "down") {
    const name = template.joints[set.length];
    if (name === undefined) return stay(state);
    const v = event.modifiers.alt ? 0 : event.modifiers.shift ? 1 : 2;
    const joints: Joints = { ...state.joints, [name]: v ? [event.at.x, event.at.y, v] : [0, 0, 0] };
    if (set.length + 1 === template.joints.length) return finish(joints, template);
    const step = shown({ ...state, joints }, template, null);
    return { ...step, commands: [...step.commands, ...nextWord(joints, template)] };
  }
  if (!set.length) return stay(state);
  switch (event.type) {
    case "move":
      return shown(state, template, event.at);
    case "enter":
      return finish(state.joints, template);
    case "cancel":
      return { state: IDLE, commands: CLEAR };
    case "back": {
      const joints = Object.fromEntries(Object.entries(state.joints).slice(0, -1));
      return shown({ ...state, joints }, template, null);
    }
    default:
      return stay(state);
  }
}

function step(state: State, event: ToolEvent, view: ToolView): Step<State> {
  const template = view.skeleton;
  if (!template) return event.type === "down" ? { state, commands: [{ type: "say", key: "noTemplate" }] } : stay(state);
  if (view.options.skeletonBy === "joints") return jointByJoint(state, event, template);
  const { state: frame, commands } = placesStep(BY_FRAME, state.frame, event, view);
  return { state: { ...state, frame }, commands };
}

/** The template of the class drawn into a frame, or its joints one by one. */
export const skeletonTool: Tool<State> = {
  id: "skeleton",
  initial: IDLE,
  cursor: "crosshair",
  draws: true,
  busy: (state) => state.frame.places.length > 0 || Object.keys(state.joints).length > 0,
  step,
};
