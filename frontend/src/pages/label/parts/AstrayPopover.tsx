import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Kbd, spellChord } from "@/ui";
import { Anchored, aboutOf } from "./NotePopover";

/** A repeated region of which the tracker is not sure: it is moved by hand, or lies right. */
export function AstrayPopover({ editor, element, onRight }: { editor: Editor; element: string; onRight: () => void }) {
  const { t } = useTranslation("label");
  return (
    <Anchored editor={editor} at={{ element }} label={t("repeat.astray")}>
      <div className="m">{[aboutOf(editor, element), t("repeat.astray")].filter(Boolean).join(": ")}</div>
      <div className="t3 xs lw-detail">{t("repeat.why")}</div>
      <div className="row g4" style={{ marginTop: 7 }}>
        <button type="button" className="btn s d" onClick={onRight}>
          <Kbd>{spellChord("Shift F")}</Kbd> {t("repeat.right")}
        </button>
      </div>
    </Anchored>
  );
}
