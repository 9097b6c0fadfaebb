import { PALETTE } from "@/api/palette";
import type { Schemas } from "@/api/types";

export type AskKind = "regions" | "one" | "many";
type LabelSchema = NonNullable<Schemas["ProjectIn"]["schema"]>;

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
