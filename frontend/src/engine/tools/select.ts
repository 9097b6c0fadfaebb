import { type Bounds, clampMove, unionAll } from "../geometry/boxes";
import { clamp, distance, type ImagePoint, type ScreenPoint } from "../geometry/points";
import { ops, opsOf, withGeometry } from "../shapes";
import type { ElementId, Region } from "../types";
import {
  type Command,
  EDGE_REACH,
  type Modifiers,
  SLIP,
  type Spot,
  type Step,
  stay,
  type Tool,
  type ToolView,
} from "./tool";

type State =
  | { mode: "idle"; lastClick: ScreenPoint | null }
  /** Down, not yet moved: a click selects, a drag does what `grab` says. */
  | { mode: "pressed"; from: ImagePoint; screen: ScreenPoint; grab: Grab; lastClick: ScreenPoint | null }
  | { mode: "dragging"; from: ImagePoint; grab: Exclude<Grab, { kind: "nothing" }>; before: readonly Region[] };

type Grab =
  | { kind: "handle"; region: ElementId; handle: string; inserted: boolean; origin: Region }
  | { kind: "move"; ids: readonly ElementId[] }
  | { kind: "marquee" }
  | { kind: "nothing" };

type Pointer = { type: string; at: ImagePoint; screen: ScreenPoint; modifiers: Modifiers };

const IDLE: State = { mode: "idle", lastClick: null };

/** The handle or the place on the line of a selected region that is under the pointer. */
export function spotAt(at: ImagePoint, view: ToolView): Spot | null {
  if (view.readOnly || view.selection.length !== 1) return null;
  const id = view.selection[0] as ElementId;
  const region = view.region(id);
  if (!region || !view.editable(id)) return null;
  const near = ops
    .handles(region)
    .map((handle) => ({ handle, d: distance(handle, at) / view.pixel }))
    .filter(({ d }) => d <= view.reach)
    .sort((a, b) => a.d + (a.handle.rank ?? 0) * 2 - (b.d + (b.handle.rank ?? 0) * 2))[0];
  if (near) return { kind: "handle", region: id, handle: near.handle.id, x: near.handle.x, y: near.handle.y };
  const edge = opsOf(region.shape).edgeAt?.(region.geometry as never, at.x, at.y);
  if (edge && edge.distance <= EDGE_REACH * view.pixel) return { kind: "edge", region: id, x: edge.x, y: edge.y };
  return null;
}

function cursorFor(spot: Spot | null, hovered: ElementId | null, view: ToolView): string {
  if (spot?.kind === "edge") return "copy";
  if (spot?.kind === "handle") {
    const region = view.region(spot.region);
    return (region && ops.handles(region).find((h) => h.id === spot.handle)?.cursor) ?? "move";
  }
  if (!hovered) return "default";
  return view.selection.includes(hovered) && view.editable(hovered) && !view.readOnly ? "move" : "pointer";
}

function hover(state: State, at: ImagePoint, view: ToolView): Step<State> {
  const spot = spotAt(at, view);
  const id = spot?.region ?? view.under(at)[0] ?? null;
  return {
    state,
    commands: [
      { type: "hover", id, spot },
      { type: "cursor", cursor: cursorFor(spot, id, view) },
    ],
  };
}

/** Alt-click on a vertex takes it away. */
function removeVertex(spot: Spot & { kind: "handle" }, view: ToolView): Step<State> | null {
  const region = view.region(spot.region);
  const remove = region && opsOf(region.shape).removeVertex;
  if (!region || !remove) return null;
  const geometry = remove(region.geometry as never, spot.handle);
  const command: Command = geometry
    ? { type: "replace", label: "removeVertex", regions: [withGeometry(region, geometry)] }
    : { type: "delete", ids: [region.id] };
  return { state: IDLE, commands: [command, { type: "hover", id: region.id, spot: null }] };
}

function grabSpot(spot: Spot, view: ToolView): Grab | null {
  const origin = view.region(spot.region);
  if (!origin) return null;
  if (spot.kind === "handle")
    return { kind: "handle", region: spot.region, handle: spot.handle, inserted: false, origin };
  const added = opsOf(origin.shape).insertVertex?.(origin.geometry as never, spot.x, spot.y);
  return added
    ? {
        kind: "handle",
        region: spot.region,
        handle: added.handle,
        inserted: true,
        origin: withGeometry(origin, added.geometry),
      }
    : null;
}

function down(state: State, event: Pointer, view: ToolView): Step<State> {
  const lastClick = state.mode === "idle" ? state.lastClick : null;
  const press = (grab: Grab, commands: Command[] = []): Step<State> => ({
    // What this press itself selected is not passed over by its own click.
    state: {
      mode: "pressed",
      from: event.at,
      screen: event.screen,
      grab,
      lastClick: commands.length ? null : lastClick,
    },
    commands,
  });
  const spot = spotAt(event.at, view);
  if (spot && !event.modifiers.shift) {
    if (event.modifiers.alt && spot.kind === "handle") return removeVertex(spot, view) ?? stay(state);
    const grab = grabSpot(spot, view);
    if (grab) return press(grab);
  }
  const under = view.under(event.at);
  const top = under[0];
  if (top === undefined) return press({ kind: "marquee" });
  if (event.modifiers.shift) return press({ kind: "marquee" });
  // A region already selected is moved even when a smaller one lies on top of it.
  if (under.some((id) => view.selection.includes(id))) return press(moveGrab(view.selection, view));
  const ids = view.together(top);
  return press(moveGrab(ids, view), [{ type: "select", ids }]);
}

function moveGrab(ids: readonly ElementId[], view: ToolView): Grab {
  const movable = ids.filter((id) => view.editable(id));
  return view.readOnly || !movable.length ? { kind: "nothing" } : { kind: "move", ids: movable };
}

/** A joint of a skeleton is hidden or shown by a click. */
function clicked(region: Region, handle: string): Command[] {
  const geometry = opsOf(region.shape).clickVertex?.(region.geometry as never, handle);
  return geometry ? [{ type: "replace", label: "joint", regions: [withGeometry(region, geometry)] }] : [];
}

/** A click: take the smallest region under the pointer with its group; again at the same place, first that region alone
 * and then the next one beneath. */
function click(state: State & { mode: "pressed" }, event: Pointer, view: ToolView): Step<State> {
  const done: State = { mode: "idle", lastClick: event.screen };
  const again = state.lastClick !== null && distance(state.lastClick, event.screen) <= SLIP;
  if (state.grab.kind === "handle") {
    const { inserted, origin, handle } = state.grab;
    const commands: Command[] = inserted
      ? [{ type: "replace", label: "insertVertex", regions: [origin] }]
      : clicked(origin, handle);
    // Seen from afar a region is smaller than its handles: a second click still goes to what lies beneath.
    if (commands.length || !again) return { state: done, commands };
  }
  const under = view.under(event.at);
  const top = under[0];
  if (top === undefined) return { state: done, commands: event.modifiers.shift ? [] : [{ type: "select", ids: [] }] };
  if (event.modifiers.shift) {
    const group = view.together(top);
    const ids = view.selection.includes(top)
      ? view.selection.filter((id) => !group.includes(id))
      : [...new Set([...view.selection, ...group])];
    return { state: done, commands: [{ type: "select", ids }] };
  }
  const at = under.findIndex((id) => view.selection.includes(id));
  if (!again || at < 0) return { state: done, commands: [{ type: "select", ids: view.together(top) }] };
  const here = under[at] as ElementId;
  const whole = view.selection.length > 1 && view.together(here).length > 1;
  const ids = whole ? [here] : view.together(under[(at + 1) % under.length] as ElementId);
  return { state: done, commands: [{ type: "select", ids }] };
}

function dragged(
  state: { from: ImagePoint; grab: Grab; before: readonly Region[] },
  event: Pointer,
  view: ToolView,
): readonly Region[] {
  const { grab } = state;
  if (grab.kind === "handle") {
    const x = view.outsideAllowed ? event.at.x : clamp(event.at.x, 0, view.image.width);
    const y = view.outsideAllowed ? event.at.y : clamp(event.at.y, 0, view.image.height);
    const resized = opsOf(grab.origin.shape).resize(grab.origin.geometry as never, grab.handle, x, y, {
      square: event.modifiers.shift,
    });
    return [withGeometry(grab.origin, resized)];
  }
  if (grab.kind !== "move") return [];
  return moveRegions(state.before, event.at.x - state.from.x, event.at.y - state.from.y, view);
}

/** Move together; the group stops at the image border. */
export function moveRegions(
  regions: readonly Region[],
  dx: number,
  dy: number,
  view: Pick<ToolView, "image" | "outsideAllowed">,
): readonly Region[] {
  const placed = regions.filter((region) => region.shape !== "tag");
  if (!placed.length) return [];
  const all: Bounds = unionAll(placed.map((region) => ops.bounds(region)));
  const [mx, my] = view.outsideAllowed ? [dx, dy] : clampMove(all, dx, dy, view.image.width, view.image.height);
  if (!mx && !my) return placed;
  return placed.map((region) => withGeometry(region, opsOf(region.shape).translate(region.geometry as never, mx, my)));
}

const marqueeBox = (a: ImagePoint, b: ImagePoint): Bounds => [
  Math.min(a.x, b.x),
  Math.min(a.y, b.y),
  Math.max(a.x, b.x),
  Math.max(a.y, b.y),
];

function drag(state: State & { mode: "dragging" }, event: Pointer, view: ToolView): Step<State> {
  if (state.grab.kind === "marquee")
    return {
      state,
      commands: [{ type: "preview", preview: { kind: "marquee", box: marqueeBox(state.from, event.at) } }],
    };
  const handle = state.grab.kind === "handle" ? state.grab.handle : null;
  const regions = dragged(state, event, view);
  return { state, commands: [{ type: "preview", preview: { kind: "moved", regions, handle } }] };
}

function drop(state: State & { mode: "dragging" }, event: Pointer, view: ToolView): Step<State> {
  const clear: Command = { type: "preview", preview: null };
  if (state.grab.kind === "marquee") {
    const inside = [...new Set(view.inside(marqueeBox(state.from, event.at)).flatMap((id) => view.together(id)))];
    const ids = event.modifiers.shift ? [...new Set([...view.selection, ...inside])] : inside;
    return { state: IDLE, commands: [clear, { type: "select", ids }] };
  }
  const label = state.grab.kind === "move" ? "move" : state.grab.inserted ? "insertVertex" : "reshape";
  const regions = dragged(state, event, view).filter((region) => ops.problem(region) === null);
  return { state: IDLE, commands: [clear, ...(regions.length ? [{ type: "replace", label, regions } as const] : [])] };
}

function startDrag(state: State & { mode: "pressed" }, event: Pointer, view: ToolView): Step<State> {
  const { grab } = state;
  if (grab.kind === "nothing") return stay(state);
  const ids = grab.kind === "move" ? grab.ids : [];
  const before = ids.flatMap((id) => view.region(id) ?? []);
  return drag({ mode: "dragging", from: state.from, grab, before }, event, view);
}

export const selectTool: Tool<State> = {
  id: "select",
  initial: IDLE,
  cursor: "default",
  draws: false,
  busy: (state) => state.mode === "dragging",
  step(state, event, view) {
    switch (event.type) {
      case "down":
        return down(state, event, view);
      case "move":
        if (state.mode === "idle") return hover(state, event.at, view);
        if (state.mode === "dragging") return drag(state, event, view);
        return distance(state.screen, event.screen) < SLIP ? stay(state) : startDrag(state, event, view);
      case "up":
        if (state.mode === "dragging") return drop(state, event, view);
        if (state.mode !== "pressed") return stay(state);
        // A drag that could move nothing (locked, read only) is no click either.
        return distance(state.screen, event.screen) < SLIP ? click(state, event, view) : stay(IDLE);
      case "cancel":
      case "back":
        return state.mode === "idle" ? stay(state) : { state: IDLE, commands: [{ type: "preview", preview: null }] };
      default:
        return stay(state);
    }
  },
};
