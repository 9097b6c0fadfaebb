import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import type { TaskSession } from "@/session";
import { useEditorEvent, useSessionEvent } from "../work/hooks";
import { classTitle, nameOf } from "../work/words";

/** What the canvas says to a screen reader, politely; refused saves at once. */
export function LiveRegion({ editor, session }: { editor: Editor; session: TaskSession | null }) {
  const { t } = useTranslation(["label", "canvas"]);
  const [said, say] = useState("");
  const [urgent, cry] = useState("");
  useEditorEvent(editor, "selection", (ids) => {
    const region = ids.length === 1 ? editor.region(ids[0] as string) : undefined;
    if (region) say(t("label:say.selected", { name: nameOf(editor, region) }));
    else if (ids.length > 1) say(t("label:regions.selected", { count: ids.length }));
  });
  useEditorEvent(editor, "class", (id) => say(t("label:say.class", { name: classTitle(editor.schema, id) })));
  useEditorEvent(editor, "say", ({ key, values }) => say(t(`canvas:${key}`, values)));
  useSessionEvent(session, "save", (state) => {
    if (state.kind === "offline") say(t("label:say.offline", { count: state.waiting }));
  });
  useSessionEvent(session, "findings", ({ findings }) => {
    if (findings.length > 0) say(t("label:findings.open", { count: findings.length }));
  });
  useSessionEvent(session, "refused", (refused) => {
    if (refused[0]) cry(t("label:say.refused", { detail: refused[0].detail }));
  });
  return (
    <>
      <output className="vh" aria-live="polite">
        {said}
      </output>
      <div className="vh" role="alert">
        {urgent}
      </div>
    </>
  );
}
