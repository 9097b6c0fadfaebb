import type { Schemas } from "@/api/types";

export type TopUp = Schemas["TopUpOut"];
export type Held = Schemas["TopUpPieceOut"];
export type SchemaClass = Schemas["Class"];
export const topUpsKey = (project: number) => ["project", project, "top-ups"];

export const nameOf = (one: SchemaClass | undefined, id: number) => one?.title || one?.name || `${id}`;

/** Choices of a question with the key of each: digits as on the label page, the first nine and 0. */
export interface Choice {
  value: unknown;
  label: string;
  color?: string;
  key?: string;
}

const DIGITS = "1234567890";
const keyed = (choices: Choice[]): Choice[] => choices.map((choice, at) => ({ ...choice, key: DIGITS[at] }));

/** What can be answered by one key; null where the answer is typed or holds several. */
export function choicesOf(
  topUp: Pick<TopUp, "attribute" | "class_id" | "into">,
  classes: Map<number, SchemaClass>,
  words: { yes: string; no: string; stays: (name: string) => string },
): Choice[] | null {
  const asked = classes.get(topUp.class_id);
  if (!topUp.attribute) {
    const parts = topUp.into.map((id) => ({
      value: id,
      label: nameOf(classes.get(id), id),
      color: classes.get(id)?.color,
    }));
    const stays = { value: topUp.class_id, label: words.stays(nameOf(asked, topUp.class_id)), color: asked?.color };
    return keyed([...parts, stays]);
  }
  const attribute = asked?.attributes?.find((one) => one.name === topUp.attribute);
  if (attribute?.kind === "boolean")
    return keyed([
      { value: true, label: words.yes },
      { value: false, label: words.no },
    ]);
  if (attribute?.kind !== "select") return null;
  const gone = new Set(attribute.archived_options ?? []);
  const options = (attribute.options ?? []).filter((option) => !gone.has(option));
  return keyed(options.map((option) => ({ value: option, label: attribute.option_titles?.[option] || option })));
}
