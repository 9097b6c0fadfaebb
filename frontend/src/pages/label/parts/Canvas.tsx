import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Editor } from "@/engine/editor";

interface CanvasProps {
  /** What a screen reader calls it: "Task 412, 18 regions". */
  label: string;
  onEditor: (editor: Editor | null) => void;
  children?: ReactNode;
}

/** The element that the engine paints in. One editor lives as long as the page, through all tasks. */
export function Canvas({ label, onEditor, children }: CanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const { t } = useTranslation("canvas");
  const words = useRef({ use: "" });
  words.current.use = t("use");
  const report = useRef(onEditor);
  report.current = onEditor;
  useEffect(() => {
    if (!host.current) return;
    const editor = new Editor({ host: host.current, words: words.current });
    report.current(editor);
    return () => {
      report.current(null);
      editor.dispose();
    };
  }, []);
  return (
    <div className="cv" data-landmark>
      <div
        ref={host}
        role="application"
        aria-label={label}
        aria-roledescription="canvas"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a drawing surface takes the keyboard
        tabIndex={0}
        className="lw-host"
      />
      {children}
    </div>
  );
}
