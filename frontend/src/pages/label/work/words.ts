import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import type { ClassId, ImageSize, LabelSchema, Region, SchemaAttribute, SchemaClass } from "@/engine/types";

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

/** What the guideline is asked about: the class of the selected region, else the one that is drawn with. */
export function topicOf(editor: Editor): string | null {
  const [first] = editor.selection;
  const id = (first ? editor.region(first)?.class : null) ?? editor.currentClass;
  return id === null ? null : `class:${id}`;
}

/** Width and height of the bounds in whole pixels. */
export function sizeOf(region: Region): [number, number] | null {
  if (region.shape === "tag") return null;
  const [x0, y0, x1, y1] = ops.bounds(region);
  return [Math.round(x1 - x0), Math.round(y1 - y0)];
}

const WHOLE = 0.8; // of either side: a region that takes so much lies nowhere in particular

/** In which of nine parts of the image the middle of a region lies; `whole` for what fills it, null for a tag. */
export function placeIn(region: Region, image: ImageSize): string | null {
  if (region.shape === "tag") return null;
  const [x0, y0, x1, y1] = ops.bounds(region);
  if (x1 - x0 > WHOLE * image.width && y1 - y0 > WHOLE * image.height) return "whole";
  const third = (low: number, high: number, size: number) =>
    Math.max(0, Math.min(2, Math.floor((((low + high) / 2) * 3) / Math.max(size, 1))));
  const [column, row] = [third(x0, x1, image.width), third(y0, y1, image.height)];
  const names = [
    ["topLeft", "top", "topRight"],
    ["left", "middle", "right"],
    ["bottomLeft", "bottom", "bottomRight"],
  ] as const;
  return names[row]?.[column] ?? null;
}

/** A region in words, after its name: "box, 120 by 80 pixels, top left, occluded". */
export function useRegionWords(editor: Editor): (region: Region) => string {
  const { t } = useTranslation("label");
  return (region) => {
    const size = sizeOf(region);
    const place = placeIn(region, editor.image);
    return [
      t(`shape.${region.shape}`),
      ...(size ? [t("size", { width: size[0], height: size[1] })] : []),
      ...(place ? [t(`place.${place}`)] : []),
      ...(region.occluded ? [t("flags.occluded")] : []),
      ...(region.flags ?? []).map((flag) => t(`flags.${flag}`)),
      ...(region.track === undefined ? [] : [`${t("attributes.track")} ${region.track}`]),
      ...answersOf(region),
    ].join(", ");
  };
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
