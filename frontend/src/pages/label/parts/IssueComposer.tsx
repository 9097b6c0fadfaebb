import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Editor } from "@/engine/editor";
import { IconButton, showError } from "@/ui";
import type { Issue } from "../work/notes";
import type { Composer } from "../work/useNotes";
import { Anchored, aboutOf } from "./NotePopover";
import { Reply } from "./Reply";

interface IssueComposerProps {
  editor: Editor;
  project: number;
  task: number;
  composer: Composer;
  onDone: (issue: Issue | null) => void;
}

/** W: pin a new issue to the region, or to the point that was clicked. */
export function IssueComposer({ editor, project, task, composer, onDone }: IssueComposerProps) {
  const { t } = useTranslation("label");
  const [busy, setBusy] = useState(false);
  const about = aboutOf(editor, composer.element);
  async function send(text: string, mentions: number[]) {
    setBusy(true);
    const at = composer.element ? { element: composer.element } : { point: composer.at };
    try {
      onDone(await api.post<Issue>("/issues", { task, text, mentions, ...at }));
    } catch (error) {
      setBusy(false);
      showError(error, t("issues.failed"));
    }
  }
  return (
    <Anchored
      editor={editor}
      at={composer.element ? { element: composer.element } : composer.at}
      label={t("issues.new")}
    >
      <div className="row g6 xs t3">
        <span className="b t2">{about ? t("issues.newOn", { name: about }) : t("issues.new")}</span>
        <span className="sp" />
        <IconButton icon="close" size="s" label={t("close")} onClick={() => onDone(null)} />
      </div>
      <Reply
        project={project}
        busy={busy}
        onSend={send}
        onCancel={() => onDone(null)}
        label={t("issues.write")}
        autoFocus
      />
    </Anchored>
  );
}
