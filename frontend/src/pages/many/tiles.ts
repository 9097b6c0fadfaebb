import type { Schemas } from "@/api/types";
import type { AttributeValue, LabelSchema, SchemaAttribute } from "@/engine/types";
import { type Answers, openQuestion, questionsOf } from "../classify/questions";
import { isAnswered } from "../label/work/words";

/** One picture of the page: a piece of work of its own. */
export interface Tile {
  task: Schemas["ClaimTask"];
  asset: Schemas["ClaimAsset"];
  assignment: number;
  token: number;
  answers: Answers;
  /** Why it stayed when the page was handed in. */
  problem: Schemas["PageProblem"] | null;
}

/** What is on the page and what the next key means; `chosen` holds assignments. */
export interface Sheet {
  tiles: readonly Tile[];
  chosen: ReadonlySet<number>;
  /** Place of the tile that arrows walk from. */
  cursor: number;
}

export function tileOf(item: Schemas["PageItem"]): Tile {
  const answers: Record<string, AttributeValue> = {};
  for (const entry of item.elements) if (entry.kind === "answer") answers[entry.element.id] = entry.element.value;
  const { id: assignment, token } = item.assignment;
  return { task: item.task, asset: item.asset, assignment, token, answers, problem: null };
}

/** A page begins with all its pictures chosen that wait for an answer. */
export function begun(tiles: readonly Tile[], schema: LabelSchema): Sheet {
  return { tiles, chosen: new Set(open(tiles, schema).map((one) => one.assignment)), cursor: 0 };
}

function open(tiles: readonly Tile[], schema: LabelSchema): Tile[] {
  return tiles.filter((one) => openQuestion(schema, one.answers) !== null);
}

/** Pictures that can be handed in: something is answered, and nothing is left that has to be. */
export function ready(sheet: Sheet, schema: LabelSchema): Tile[] {
  return sheet.tiles.filter((one) => {
    const asked = questionsOf(schema, one.answers);
    const answered = asked.some((question) => isAnswered(one.answers[question.name]));
    return answered && asked.every((question) => !question.required || isAnswered(one.answers[question.name]));
  });
}

const chosenOf = (sheet: Sheet) => sheet.tiles.filter((one) => sheet.chosen.has(one.assignment));

/** Questions that any chosen picture is asked, in the order of the schema; with none chosen, those of all. */
export function questionsHere(sheet: Sheet, schema: LabelSchema): SchemaAttribute[] {
  const tiles = sheet.chosen.size > 0 ? chosenOf(sheet) : sheet.tiles;
  const names = new Set(tiles.flatMap((one) => questionsOf(schema, one.answers).map((question) => question.name)));
  return (schema.item_attributes ?? []).filter((one) => names.has(one.name));
}

/** The question that keys answer: the first that is open for a chosen picture. */
export function currentQuestion(sheet: Sheet, schema: LabelSchema): SchemaAttribute | null {
  const here = questionsHere(sheet, schema);
  const waiting = chosenOf(sheet);
  return (
    here.find((question) => waiting.some((one) => openQuestion(schema, one.answers) === question)) ?? here[0] ?? null
  );
}

/** Click or Space: a picture in or out of what the next answer is for. */
export function toggled(sheet: Sheet, place: number): Sheet {
  const tile = sheet.tiles[place];
  if (!tile) return sheet;
  const chosen = new Set(sheet.chosen);
  if (!chosen.delete(tile.assignment)) chosen.add(tile.assignment);
  return { ...sheet, chosen, cursor: place };
}

/** With Shift: all from the tile that was last touched up to this one become what it is. */
export function ranged(sheet: Sheet, place: number): Sheet {
  const on = sheet.chosen.has(sheet.tiles[sheet.cursor]?.assignment ?? 0);
  const chosen = new Set(sheet.chosen);
  const [from, to] = [Math.min(sheet.cursor, place), Math.max(sheet.cursor, place)];
  for (const one of sheet.tiles.slice(from, to + 1))
    if (on) chosen.add(one.assignment);
    else chosen.delete(one.assignment);
  return { ...sheet, chosen, cursor: place };
}

export function choosing(sheet: Sheet, all: boolean): Sheet {
  return { ...sheet, chosen: new Set(all ? sheet.tiles.map((one) => one.assignment) : []) };
}

/** Whether all chosen pictures have this answer, or hold this option. */
export function isGiven(sheet: Sheet, name: string, value: string | boolean): boolean {
  const found = chosenOf(sheet).map((one) => one.answers[name]);
  return found.length > 0 && found.every((one) => (Array.isArray(one) ? one.includes(String(value)) : one === value));
}

/**
 * Give the chosen pictures an answer. Of several possible ones an option is added, or taken away where all have it. Once none
 * of them has an open question, those that are left are chosen: the exceptions that were clicked out.
 */
export function answered(sheet: Sheet, schema: LabelSchema, question: SchemaAttribute, value: AttributeValue): Sheet {
  const several = question.kind === "multiselect" && typeof value === "string";
  const away = several && isGiven(sheet, question.name, value);
  const asked = (one: Tile) => questionsOf(schema, one.answers).some((other) => other.name === question.name);
  const given = (one: Tile): AttributeValue => {
    if (!several) return value;
    const before = one.answers[question.name];
    const others = (Array.isArray(before) ? before : []).filter((option) => option !== value);
    return away ? others : [...others, value];
  };
  const tiles = sheet.tiles.map((one) =>
    sheet.chosen.has(one.assignment) && asked(one)
      ? { ...one, problem: null, answers: { ...one.answers, [question.name]: given(one) } }
      : one,
  );
  const next = { ...sheet, tiles };
  return several ? next : goneOn(next, schema);
}

/** Where the chosen ones are answered, the others that wait are chosen. */
export function goneOn(sheet: Sheet, schema: LabelSchema): Sheet {
  if (open(chosenOf(sheet), schema).length > 0) return sheet;
  return { ...sheet, chosen: new Set(open(sheet.tiles, schema).map((one) => one.assignment)) };
}

/** Columns and side in px of square tiles that fill the room best without scrolling, if any can be at least `least` px. */
export function columnsFor(
  count: number,
  width: number,
  height: number,
  gap: number,
  foot: number,
  least: number,
): number {
  let best = { columns: 1, side: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const side = Math.min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows - foot);
    if (side > best.side) best = { columns, side };
  }
  return best.side >= least ? best.columns : Math.max(1, Math.floor((width + gap) / (least + gap)));
}
