import type { Schemas } from "@/api/types";
import { readRegion } from "@/engine/scene/picker";
import type { AttributeValue, ElementId, Region } from "@/engine/types";

export type Answers = Schemas["TaskAnswersOut"];
export type Common = Schemas["CommonRegion"];

/** One of the ways in which a conflict can be settled. */
export interface Option {
  /** Whose it is; null is what the answers have in common. */
  readonly letter: string | null;
  readonly region: Region | null;
  readonly value: AttributeValue | null;
  /** How like the suggestion it is. */
  readonly likeness: number | null;
}

export interface Conflict {
  readonly id: string;
  /** A region, or a question about the whole item. */
  readonly kind: "region" | "item";
  readonly name: string;
  readonly classId: number | null;
  readonly why: readonly string[];
  readonly options: readonly Option[];
  /** Letters of the answers that have it. */
  readonly drawnBy: readonly string[];
}

/** What a person chose: the letter, the suggestion (""), or nothing at all (null), and the region that it became. */
export interface Choice {
  readonly letter: string | null;
  readonly region: ElementId | null;
}

function regionsOf(answers: Answers): Map<string, Region> {
  const found = new Map<string, Region>();
  for (const answer of answers.answers)
    for (const raw of answer.regions) {
      const region = readRegion(raw as never);
      if (region) found.set(`${answer.letter}:${region.id}`, region);
    }
  return found;
}

/** What is not agreed, the widest apart first; questions about the item after the regions. */
export function conflictsOf(answers: Answers): Conflict[] {
  const regions = regionsOf(answers);
  const open = (answers.regions ?? []).filter((one) => !one.agreed);
  const found: Conflict[] = open
    .toSorted((a, b) => (a.likeness ?? 1) - (b.likeness ?? 1) || b.support - a.support)
    .map((one) => regionConflict(one, regions));
  for (const vote of answers.items ?? []) {
    if (vote.agreed) continue;
    const options = Object.entries(vote.said).map(
      ([letter, value]): Option => ({ letter, region: null, value: value as AttributeValue, likeness: null }),
    );
    found.push({
      id: `item:${vote.name}`,
      kind: "item",
      name: vote.name,
      classId: null,
      why: ["value"],
      options,
      drawnBy: options.flatMap(({ letter }) => letter ?? []),
    });
  }
  return found;
}

function regionConflict(one: Common, regions: ReadonlyMap<string, Region>): Conflict {
  const guess = readRegion(one.region as never);
  const options: Option[] = one.members.flatMap(({ letter, region: id, likeness }) => {
    const region = regions.get(`${letter}:${id}`);
    return region ? [{ letter, region, value: null, likeness }] : [];
  });
  if (guess && one.members.length > 1) options.push({ letter: null, region: guess, value: null, likeness: null });
  return {
    id: guess?.id ?? one.members.map(({ region }) => region).join(),
    kind: "region",
    name: "",
    classId: guess?.class ?? null,
    why: one.why,
    options,
    drawnBy: one.members.map(({ letter }) => letter),
  };
}

/** Regions that all agree on, as they stand in the draft. */
export function agreedOf(answers: Answers): Region[] {
  return (answers.regions ?? []).flatMap((one) => (one.agreed ? (readRegion(one.region as never) ?? []) : []));
}

/** Whether it is settled: a choice was made, and what it made is still there. */
export function isSettled(
  conflict: Conflict,
  choices: ReadonlyMap<string, Choice>,
  has: (id: ElementId) => boolean,
): boolean {
  const choice = choices.get(conflict.id);
  if (!choice) return false;
  return conflict.kind === "item" || choice.region === null || has(choice.region);
}

/** The first after `at` that is open, going round; `at` itself where none is. */
export function nextOpen(conflicts: readonly Conflict[], at: number, settled: (conflict: Conflict) => boolean): number {
  for (let step = 1; step <= conflicts.length; step++) {
    const place = (at + step) % conflicts.length;
    if (!settled(conflicts[place]!)) return place;
  }
  return at;
}

const kept = (assignment: number) => `lw-adjudicated:${assignment}`;

export function readChoices(assignment: number): Map<string, Choice> {
  try {
    return new Map(JSON.parse(localStorage.getItem(kept(assignment)) ?? "[]") as [string, Choice][]);
  } catch {
    return new Map();
  }
}

export function keepChoices(assignment: number, choices: ReadonlyMap<string, Choice>): void {
  try {
    localStorage.setItem(kept(assignment), JSON.stringify([...choices]));
  } catch {
    // A full or forbidden storage costs the ticks after a reload, not the work.
  }
}

export function forgetChoices(assignment: number): void {
  try {
    localStorage.removeItem(kept(assignment));
  } catch {
    // as above
  }
}
