import { api } from "@/api/client";
import { PALETTE } from "@/api/palette";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import type { LabelSchema, SchemaClass } from "@/engine/types";

function nextColor(classes: readonly SchemaClass[]): string {
  const used = new Set(classes.map((one) => one.color.toLowerCase()));
  return PALETTE.find((color) => !used.has(color)) ?? (PALETTE[classes.length % PALETTE.length] as string);
}

/** The permanent key of a class, out of the title a person typed. */
export function keyOfTitle(title: string, taken: ReadonlySet<string>): string {
  const plain = title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const base = plain || "class";
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
  return name;
}

/** A new class in the next version of the schema, ready to draw with. Managers only. */
export async function addClass(editor: Editor, projectId: number, title: string): Promise<void> {
  const current = await api.get<Schemas["SchemaOut"]>(`/projects/${projectId}/schema`);
  const body = current.body as unknown as LabelSchema;
  const drawn = editor.tool === "points" || editor.tool === "tag" ? [editor.tool] : [];
  const made: SchemaClass = {
    id: Math.max(0, ...body.classes.map((one) => one.id)) + 1,
    name: keyOfTitle(title, new Set(body.classes.map((one) => one.name))),
    title,
    color: nextColor(body.classes),
    shapes: ["box", "polygon", ...drawn],
    order: Math.max(-1, ...body.classes.map((one) => one.order ?? 0)) + 1,
  };
  const saved = await api.put<Schemas["SchemaSaved"]>(
    `/projects/${projectId}/schema`,
    { body: { ...body, classes: [...body.classes, made] } },
    { headers: { "If-Match": current.etag } },
  );
  editor.setSchema(saved.body as unknown as LabelSchema);
  editor.setClass(made.id, { apply: true });
}
