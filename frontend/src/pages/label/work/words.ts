import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import type { ClassId, LabelSchema, Region, SchemaAttribute, SchemaClass } from "@/engine/types";

export function classTitle(schema: LabelSchema, id: ClassId | null): string {
  const found = schema.classes.find((one) => one.id === id);
  return found?.title || found?.name || (id === null ? "?" : String(id));
}

export function classOf(schema: LabelSchema, id: ClassId | null): SchemaClass | undefined {
  return schema.classes.find((one) => one.id === id);
}

export function nameOf(editor: Editor, region: Region): string {
  return `${classTitle(editor.schema, region.class)} ${editor.numberOf(region.id)}`;
}

/** Width and height of the bounds in whole pixels. */
export function sizeOf(region: Region): [number, number] | null {
  if (region.shape === "tag") return null;
  const [x0, y0, x1, y1] = ops.bounds(region);
  return [Math.round(x1 - x0), Math.round(y1 - y0)];
}

/** The answers of a region as they stand in its row. */
export function answersOf(region: Region): string[] {
  return Object.values(region.attributes).flatMap((value) =>
    value === null || value === "" || value === false ? [] : Array.isArray(value) ? value : [String(value)],
  );
}

/** Whether an attribute is asked, with the answers given so far. */
export function isAsked(attribute: SchemaAttribute, answers: Readonly<Record<string, unknown>>): boolean {
  const { when } = attribute;
  if (!when) return true;
  const given = answers[when.attribute];
  const values = Array.isArray(given) ? given : [given];
  return values.some((value) => (when.in as unknown[]).includes(value));
}

export function isAnswered(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}
