import type { Stage } from "../stage";
import type { Decoration, Region } from "../types";

/** How one region looks; widths and dashes in screen pixels. The values are the design language's. */
export interface Look {
  readonly color: string;
  readonly line: number;
  readonly fill: number;
  readonly dash: readonly number[];
  /** The line under the coloured one. */
  readonly under: { readonly color: string; readonly extra: number };
  readonly hatch: boolean;
}

export const HALO = "rgba(0, 0, 0, 0.6)";
const HALO_EXTRA = 2; // 1.5 px colour over 3.5 px black
const WHITE = "#ffffff";
export const DIFF = { added: "#35d07f", changed: "#ffc53d", removed: "#ff6b61" } as const;
export const PEOPLE = ["#4fb3ff", "#ffb52e", "#f27ad0"] as const;
const PEOPLE_DASH = [[], [9, 4], [2, 3]] as const;
const halo = { color: HALO, extra: HALO_EXTRA };
const base = { dash: [], under: halo, hatch: false } as const;

const OCCLUDED = [12, 4]; // long dashes: a part of it is not seen

export type RegionState = "normal" | "hover" | "selected" | "locked" | "prediction";

const STATES: Record<RegionState, { line: number; fill: number; dash: readonly number[] }> = {
  normal: { line: 1.5, fill: 0.1, dash: [] },
  hover: { line: 2, fill: 0.22, dash: [] },
  selected: { line: 2, fill: 0.16, dash: [] },
  locked: { line: 1.25, fill: 0.04, dash: [] },
  prediction: { line: 1.75, fill: 0.06, dash: [8, 5] },
};

export function lookOf(stage: Stage, region: Region, state: RegionState): Look {
  const decoration = stage.decorations.get(region.id);
  if (decoration && state !== "selected" && state !== "hover") return decorated(stage, region, decoration);
  const { line, fill, dash } = STATES[state];
  const broken = region.occluded && !dash.length ? OCCLUDED : dash;
  return { ...base, color: stage.colorOf(region.class), line, fill: fill * stage.view.fill, dash: broken };
}

function decorated(stage: Stage, region: Region, decoration: Decoration): Look {
  const color = stage.colorOf(region.class);
  switch (decoration.kind) {
    case "added":
      return { ...base, color: DIFF.added, line: 2.25, fill: 0.16 };
    case "changed":
      return { ...base, color: DIFF.changed, line: 2.25, fill: 0.1 };
    case "removed":
      return { ...base, color: DIFF.removed, line: 2, fill: 0, dash: [6, 4], hatch: true };
    case "gold":
      return { ...base, color, line: 2, fill: 0.08, under: { color: WHITE, extra: 2.5 } };
    case "conflict": {
      const person = decoration.person % PEOPLE.length;
      return { ...base, color: PEOPLE[person] ?? color, line: 1.75, fill: 0.04, dash: PEOPLE_DASH[person] ?? [] };
    }
    case "agreed":
      return { ...base, color: "#9a9a9a", line: 1, fill: 0 };
  }
}
