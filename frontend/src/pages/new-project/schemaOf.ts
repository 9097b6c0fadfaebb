import type { Schemas } from "@/api/types";

export type AskKind = "regions" | "one" | "many";
type LabelSchema = NonNullable<Schemas["ProjectIn"]["schema"]>;

/** The palette in the order new classes take it; the same numbers stand in tokens.css. */
export const PALETTE = [
  "#3da3ff",
  "#ffa31f",
  "#c26629",
  "#47f5ff",
  "#ebe08f",
  "#00998f",
  "#a347ff",
  "#f552ad",
  "#adcc8f",
  "#b8eb00",
  "#8fccff",
  "#cc1fcc",
  "#8f8fcc",
  "#ff5cff",
  "#7ab885",
  "#f53370",
  "#cc8514",
  "#eba3cc",
  "#99ebcc",
  "#ff855c",
] as const;

/** One name a line, or separated by commas; no empty ones and no name twice. */
export function classNames(list: string): string[] {
  const seen = new Set<string>();
  return list
    .split(/[\n,;\t]/)
    .map((name) => name.trim())
    .filter((name) => {
      const key = name.toLowerCase();
      if (!name || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

/** The schema body for what was typed; null where the starter schema does. */
export function schemaOf(ask: AskKind, names: string[], question: string): LabelSchema | null {
  if (names.length === 0) return null;
  if (ask === "regions")
    return {
      classes: names.map((name, order) => ({
        id: order + 1,
        name,
        color: PALETTE[order % PALETTE.length]!,
        shapes: ["box", "polygon"],
        key: order < 10 ? String((order + 1) % 10) : null,
        order,
      })),
      item_attributes: [],
    } as unknown as LabelSchema;
  const kind = ask === "one" ? "select" : "multiselect";
  return {
    classes: [],
    item_attributes: [{ name: question, kind, options: names, required: true }],
  } as unknown as LabelSchema;
}
