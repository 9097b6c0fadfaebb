import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/me";
import { keyMapOf, usableFor } from "@/app/keys/keyMap";
import { Editor } from "@/engine/editor";
import { keyOf } from "../work/chords";
import { useEditorEvents } from "../work/hooks";

interface CanvasProps {
  /** What a screen reader calls it, with the regions that are on it now: "Task 412, 18 regions". */
  label: (regions: number) => string;
  onEditor: (editor: Editor | null) => void;
  children?: ReactNode;
}

/** The element that the engine paints in. One editor lives as long as the page, through all tasks. */
export function Canvas({ label, onEditor, children }: CanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<Editor | null>(null);
  useEditorEvents(editor, "change", "view");
  const { t } = useTranslation(["canvas", "label"]);
  const help = useId();
  const words = useRef({ use: "" });
  words.current.use = t("use");
  const { preferences } = useMe();
  const own = useRef(preferences);
  own.current = preferences;
  const report = useRef(onEditor);
  report.current = onEditor;
  useEffect(() => {
    if (!host.current) return;
    const editor = new Editor({ host: host.current, words: words.current });
    editor.actions.remap(keyMapOf(own.current), usableFor(own.current));
    report.current(editor);
    setEditor(editor);
    return () => {
      report.current(null);
      setEditor(null);
      editor.dispose();
    };
  }, []);
  useEffect(() => editor?.actions.remap(keyMapOf(preferences), usableFor(preferences)), [editor, preferences]);
  return (
    <div className="cv" data-landmark>
      <div
        ref={host}
        role="application"
        aria-label={label(editor?.regions().length ?? 0)}
        aria-roledescription="canvas"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a drawing surface takes the keyboard
        tabIndex={0}
        aria-describedby={help}
        className="lw-host"
      />
      <span id={help} className="vh">
        {t("label:canvasKeys", { cursor: keyOf(editor, "cursor.toggle") ?? "?" })}
      </span>
      {children}
    </div>
  );
}
