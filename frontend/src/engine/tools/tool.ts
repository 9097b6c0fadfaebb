import type { Bits } from "../geometry/bits";
import type { Bounds } from "../geometry/boxes";
import type { ImagePoint, ScreenPoint } from "../geometry/points";
import type { Hold } from "../geometry/snap";
import type { Superpixels } from "../geometry/superpixels";
import type { ToolId } from "../public";
import type { Prompt } from "../smart/prompts";
import type { Found, Question } from "../smart/segmenter";
import type { WireField } from "../smart/wire";
import type { ElementId, Geometry, ImageSize, Region, Shaped, SkeletonDef } from "../types";
import type { ToolOptions } from "./options";

export interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
  /** Ctrl, or ⌘ on a Mac. */
  readonly mod: boolean;
}

interface PointerFields {
  /** Clamped to the image for tools that draw. */
  readonly at: ImagePoint;
  readonly screen: ScreenPoint;
  readonly modifiers: Modifiers;
}

export type ToolEvent =
  | ({ readonly type: "down" | "move" | "up" | "double" } & PointerFields)
  /** Escape, a change of tool, a lost pointer. */
  | { readonly type: "cancel" }
  | { readonly type: "enter" }
  | { readonly type: "back" }
  | { readonly type: "again" }
  /** What was found for a `segment` command. */
  | {
      readonly type: "answer";
      readonly answer: { readonly id: number; readonly found: Found | null; readonly last: boolean };
    }
  /** An option changed in the middle of something. */
  | { readonly type: "option" };

/** What a tool asks the picture. */
export type SmartRequest =
  | { readonly kind: "object"; readonly id: number; readonly question: Question }
  | { readonly kind: "wire"; readonly id: number; readonly from: readonly [number, number] };

export type SmartAnswer =
  | { readonly kind: "found"; readonly id: number; readonly found: Found | null; readonly last: boolean }
  | { readonly kind: "wire"; readonly id: number; readonly field: WireField };

/** What a tool may look at; it changes nothing here. */
export interface ToolView {
  readonly image: ImageSize;
  /** Image pixels a screen pixel. */
  readonly pixel: number;
  /** Screen pixels around a handle that still take it: more for a finger. */
  readonly reach: number;
  readonly readOnly: boolean;
  readonly selection: readonly ElementId[];
  region(id: ElementId): Region | undefined;
  editable(id: ElementId): boolean;
  /** Regions under a point, the one to take first. Locked and hidden ones are left out. */
  under(at: ImagePoint): readonly ElementId[];
  inside(box: Bounds): readonly ElementId[];
  /** The whole group of a region, as far as it can be selected. */
  readonly together: (id: ElementId) => readonly ElementId[];
  readonly outsideAllowed: boolean;
  /** One class a pixel. */
  readonly semantic: boolean;
  readonly options: ToolOptions;
  /** The template of the class in hand. */
  readonly skeleton: SkeletonDef | null;
  /** Shapes that the class in hand may have. */
  readonly shapes: readonly string[];
  /** How regions name the model that the tool may ask; null: there is none. */
  readonly model: string | null;
  /** Ways along edges from the end of an outline; null while they are being found. */
  readonly field: WireField | null;
  /** The picture in pieces of like colour; null while they are being made. */
  readonly superpixels: Superpixels | null;
  /** The place on a neighbour's border to take hold of, when there is one in reach of the hand. */
  hold(at: ImagePoint): Hold | null;
  /** The vertices of that border between two holds on it, the shorter way round. */
  between(from: Hold, to: Hold): readonly number[];
}

export type { Hold };

export type Preview =
  | { readonly kind: "shape"; readonly shaped: Shaped; readonly closed: boolean; readonly snap: boolean }
  | { readonly kind: "marquee"; readonly box: Bounds }
  /** What a brush passed over so far, or an eraser. */
  | {
      readonly kind: "stroke";
      readonly points: readonly number[];
      readonly size: number;
      readonly round: boolean;
      readonly erase: boolean;
    }
  /** Superpixels gathered so far, by number. */
  | { readonly kind: "cells"; readonly cells: readonly number[]; readonly erase: boolean }
  /** What the prompts so far have found, and the prompt under the hand. */
  | {
      readonly kind: "smart";
      readonly shaped: Shaped | null;
      readonly prompts: readonly Prompt[];
      readonly pulled: { readonly way: readonly number[]; readonly inside: boolean; readonly box: boolean } | null;
    }
  /** Regions as they would be when the pointer is let go. */
  | { readonly kind: "moved"; readonly regions: readonly Region[]; readonly handle: string | null };

export type Command =
  | { readonly type: "preview"; readonly preview: Preview | null }
  /** `source` says what made it, where that was not the hand alone. */
  | { readonly type: "create"; readonly shaped: Shaped; readonly source?: string }
  /** Find what prompts speak of, or the ways along edges; null forgets what was asked. */
  | { readonly type: "segment"; readonly request: SmartRequest | null }
  | {
      readonly type: "replace";
      readonly label: string;
      readonly regions: readonly Region[];
      /** New regions like one that is there, with another geometry. */
      readonly added?: readonly { readonly like: Region; readonly geometry: Geometry }[];
    }
  /** Pixels for the selected mask, or for a new one of the class in hand; or out of it. */
  | { readonly type: "paint"; readonly pixels: Bits; readonly erase: boolean }
  | { readonly type: "delete"; readonly ids: readonly ElementId[] }
  | { readonly type: "select"; readonly ids: readonly ElementId[] }
  | { readonly type: "hover"; readonly id: ElementId | null; readonly spot: Spot | null }
  | { readonly type: "cursor"; readonly cursor: string }
  | { readonly type: "pan"; readonly dx: number; readonly dy: number }
  | { readonly type: "comment"; readonly at: ImagePoint; readonly element: ElementId | null }
  | { readonly type: "drawing"; readonly vertices: number | null }
  | { readonly type: "say"; readonly key: string; readonly values?: Record<string, string | number> };

/** What the pointer is over on the selected region: a handle, or a place on its line for a new vertex. */
export type Spot =
  | {
      readonly kind: "handle";
      readonly region: ElementId;
      readonly handle: string;
      readonly x: number;
      readonly y: number;
    }
  | { readonly kind: "edge"; readonly region: ElementId; readonly x: number; readonly y: number };

export interface Step<S> {
  readonly state: S;
  readonly commands: readonly Command[];
}

/** A pure machine: the same state and event always give the same step. */
export interface Tool<S> {
  readonly id: ToolId;
  readonly initial: S;
  readonly cursor: string;
  /** Shows the cross-hair over the whole image. */
  readonly draws: boolean;
  /** What it is taken in hand for stays selected. */
  worksOn?(region: Region, options: ToolOptions): boolean;
  /** In the middle of something: undo goes to the tool, a change of tool cancels first. */
  busy(state: S): boolean;
  step(state: S, event: ToolEvent, view: ToolView): Step<S>;
}

export const stay = <S>(state: S): Step<S> => ({ state, commands: [] });

/** Hold one tool of unknown state as a value with `send`: what the editor drives. */
export interface RunningTool {
  readonly id: ToolId;
  readonly cursor: string;
  readonly draws: boolean;
  readonly busy: boolean;
  worksOn(region: Region, options: ToolOptions): boolean;
  send(event: ToolEvent, view: ToolView): readonly Command[];
}

export function run<S>(tool: Tool<S>): RunningTool {
  let state = tool.initial;
  return {
    id: tool.id,
    cursor: tool.cursor,
    draws: tool.draws,
    worksOn: (region, options) => tool.worksOn?.(region, options) ?? false,
    get busy() {
      return tool.busy(state);
    },
    send(event, view) {
      const step = tool.step(state, event, view);
      state = step.state;
      return step.commands;
    },
  };
}

export const SLIP = 3; // screen pixels: a shorter drag is a click with an unsteady hand
export const HANDLE_REACH = 8; // screen pixels around a handle that still take it (16 px target)
export const FINGER_REACH = 22; // the same for a finger (44 px target)
export const EDGE_REACH = 5; // screen pixels from the line that offer a new vertex

export type { Geometry };
