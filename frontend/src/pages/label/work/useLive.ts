import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import type { LabelSchema } from "@/engine/types";
import { showToast } from "@/ui";
import type { Work } from "./desk";

/** What others do while the task lies open: it is taken away, or the label schema gets a new version. */
export function useLive(editor: Editor, work: Work | null): void {
  const { t } = useTranslation("label");
  useEvent("task.changed", (data) => {
    if ((data as { task?: number } | null)?.task === work?.doc.task.id) void work?.session?.check();
  });
  useEvent("schema.changed", (data) => {
    const project = work?.doc.project.id;
    if (project !== undefined && (data as { project?: number } | null)?.project === project)
      void loadSchema(editor, project).then((number) => {
        if (number !== null)
          showToast({ tone: "ok", title: t("schemaChanged.title", { number }), detail: t("schemaChanged.detail") });
      });
  });
}

/** The newest schema on the canvas; its number, or null where it is there already or does not come. */
async function loadSchema(editor: Editor, project: number): Promise<number | null> {
  const fresh = await api.get<Schemas["SchemaOut"]>(`/projects/${project}/schema`).catch(() => null);
  const schema = fresh?.body as unknown as LabelSchema | undefined;
  if (!fresh || !schema || JSON.stringify(schema) === JSON.stringify(editor.schema)) return null;
  editor.setSchema(schema);
  return fresh.number;
}
