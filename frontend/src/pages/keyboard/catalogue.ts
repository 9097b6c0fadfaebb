import { type Action, Editor, type KeyMap, normaliseChord } from "@/engine";
import { answerActions } from "../classify/answerActions";
import { labelActions } from "../label/work/labelActions";
import { EDIT_ATTRIBUTES, SEARCH_CLASS } from "../label/work/panelActions";
import type { PageAction } from "../label/work/useLabelActions";
import { reviewActions } from "../review/reviewActions";

/** Where keys work together: a chord may mean one thing on each of these pages. */
export type Place = "label" | "review" | "classify";
export const PLACES: readonly Place[] = ["label", "review", "classify"];

export interface Entry {
  id: string;
  group: string;
  label: string;
  keys: readonly string[];
  places: readonly Place[];
}

export interface Clash {
  chord: string;
  actions: readonly string[];
}

const MOST_REASONS = 9;
/** Actions of the canvas that have nothing to work on where only questions are asked. */
const draws = ({ id }: Action) => !/^(view|move|edit\.(undo|redo)$)/.test(id);

/** Something of which every part exists and does nothing. The pages make their actions of live parts; the catalogue
 * asks only for their names and keys, so that no key is written down twice. */
function inert<T>(parts: object = {}): T {
  const nothing: unknown = new Proxy(() => undefined, {
    get: (_, name) => (name === Symbol.iterator ? [][Symbol.iterator] : name in parts ? parts[name as never] : nothing),
    apply: () => undefined,
  });
  return nothing as T;
}

const PANEL: PageAction[] = [SEARCH_CLASS, EDIT_ATTRIBUTES].map((named) => ({ ...named, run: () => {} }));

function pageActions(place: Place): PageAction[] {
  if (place === "review")
    return [
      ...reviewActions(
        inert({ judging: inert({ reasons: Array.from({ length: MOST_REASONS }, (_, at) => `${at + 1}`) }) }),
      ),
      ...PANEL,
    ];
  const label = labelActions(inert());
  return place === "label" ? [...label, ...PANEL] : [...label, ...answerActions(inert(), null)];
}

/** Every action that a key can run, with its default keys and the pages where it does. */
export function catalogue(): Entry[] {
  const canvas = new Editor().actions.all();
  const found = new Map<string, Entry>();
  for (const place of PLACES)
    for (const action of [...canvas.filter((one) => place !== "classify" || !draws(one)), ...pageActions(place)]) {
      const known = found.get(action.id);
      const { id, group, keys } = action;
      const label = "label" in action ? (action as Action).label : id;
      found.set(id, { id, group, label, keys, places: [...(known?.places ?? []), place] });
    }
  return [...found.values()];
}

export function keysOf(entry: Entry, map: KeyMap): readonly string[] {
  return (map[entry.id] ?? entry.keys).map(normaliseChord);
}

function clashesIn(place: Place, entries: readonly Entry[], map: KeyMap): Clash[] {
  const claims = new Map<string, string[]>();
  for (const entry of entries)
    if (entry.places.includes(place))
      for (const chord of keysOf(entry, map)) claims.set(chord, [...(claims.get(chord) ?? []), entry.id]);
  return [...claims].filter(([, ids]) => ids.length > 1).map(([chord, actions]) => ({ chord, actions }));
}

const pairs = (ids: readonly string[]) => ids.flatMap((a, at) => ids.slice(at + 1).map((b) => `${a} ${b}`));

/** Chords that two actions of one page claim. Actions that share a key by default never wait for it at the same time
 * (a reason of a review and a class): they may share any key. */
export function clashes(entries: readonly Entry[], map: KeyMap): Clash[] {
  const found = new Map<string, Clash>();
  for (const place of PLACES) {
    const allowed = new Set(clashesIn(place, entries, {}).flatMap(({ actions }) => pairs(actions)));
    for (const clash of clashesIn(place, entries, map))
      if (pairs(clash.actions).some((pair) => !allowed.has(pair))) {
        const actions = new Set([...(found.get(clash.chord)?.actions ?? []), ...clash.actions]);
        found.set(clash.chord, { chord: clash.chord, actions: [...actions] });
      }
  }
  return [...found.values()];
}

/** Keys that the browser or the product keeps for itself. */
const RESERVED = ["Mod+W", "Mod+T", "Mod+N", "Mod+R", "Mod+L", "F5", "F6", "F11", "F12", "Space", "Escape"];
export const isReserved = (chord: string) => RESERVED.includes(chord) || /^(Mod|Alt|Shift|Control|Meta)$/.test(chord);
