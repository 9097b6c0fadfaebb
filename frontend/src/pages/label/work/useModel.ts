import { useEffect } from "react";
import type { Editor } from "@/engine/editor";
import type { Work } from "./desk";
import { useEditorEvents } from "./hooks";
import { asksModel, decodeHere, modelFor } from "./model";

/** The project's interactive model, for the smart tool: the image is encoded as soon as the tool, or the next task, is
 * taken in hand. */
export function useModel(editor: Editor, work: Work | null): void {
  useEditorEvents(editor, "tool");
  const smart = editor.tool === "smart";
  const task = work?.doc.task.id;
  const project = work?.doc.project.id;
  const asset = work?.doc.asset;
  const wanted = Boolean(work?.session) && (smart || (project !== undefined && asksModel(project)));
  useEffect(() => {
    if (!wanted || task === undefined || project === undefined) return;
    const stop = new AbortController();
    modelFor(project, task, stop.signal).then(
      (finder) => stop.signal.aborted || editor.finding.use(finder),
      () => {}, // without an answer the tool finds by itself
    );
    return () => {
      stop.abort();
      editor.finding.use(null);
    };
  }, [editor, task, project, wanted]);
  const decodes = smart && Boolean(work?.session);
  useEffect(() => {
    if (!decodes || task === undefined || !asset) return;
    const stop = new AbortController();
    decodeHere(task, asset, stop.signal).catch(() => {}); // the server goes on answering
    return () => stop.abort();
  }, [task, asset, decodes]);
}
