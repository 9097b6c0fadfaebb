import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import { useFormat } from "@/ui/format";
import { useEditorEvent, useEditorEvents } from "../work/hooks";
import { nameOf } from "../work/words";

const SAID_FOR = 4000; // ms

interface StatusGlassProps {
  editor: Editor;
  /** Only the picture of the task is here yet. */
  coming?: boolean;
  /** The work is judged, not drawn. */
  judging?: boolean;
}

/** Coordinates and the hint of the moment, bottom left; facts of the selected region, bottom right. */
export function StatusGlass({ editor, coming = false, judging = false }: StatusGlassProps) {
  return (
    <>
      <Coordinates editor={editor} coming={coming} judging={judging} />
      <RegionFacts editor={editor} />
    </>
  );
}

function hintOf(editor: Editor, vertices: number | null, judging: boolean): string {
  if (editor.handles.on) return "hint.handle";
  if (editor.cursor.on) return "hint.cursor";
  const { smartMethod } = editor.options;
  if (editor.tool === "smart")
    return `hint.smart.${smartMethod === "model" ? "cut" : smartMethod}${vertices === null ? "" : "Going"}`;
  if (vertices !== null) return "hint.polygonGoing";
  if (editor.tool !== "select") return `hint.${editor.tool}`;
  if (editor.readOnly) return judging ? "hint.judging" : "hint.readOnly";
  const first = editor.selection.length === 1 ? editor.region(editor.selection[0] as string) : undefined;
  if (!first) return editor.regions().length > 0 ? "hint.select" : "hint.start";
  return first.shape === "polygon" ? "hint.vertices" : "hint.selected";
}

function Coordinates({ editor, coming, judging }: Required<StatusGlassProps>) {
  const { t } = useTranslation(["label", "canvas"]);
  const [said, say] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [pointer, setPointer] = useState<{ x: number; y: number } | null>(null);
  const [vertices, setVertices] = useState<number | null>(null);
  useEditorEvent(editor, "pointer", setPointer);
  useEditorEvent(editor, "drawing", (drawing) =>
    setVertices(drawing && drawing.vertices > 0 ? drawing.vertices : null),
  );
  useEditorEvents(editor, "tool", "selection", "change", "cursor", "handle", "options");
  const { percent } = useFormat();
  const unlabelled = 1 - (editor.coverage() ?? 1);
  useEditorEvent(editor, "say", ({ key, values }) => {
    clearTimeout(timer.current);
    say(t(`canvas:${key}`, values));
    timer.current = setTimeout(() => say(null), SAID_FOR);
  });
  return (
    <div className="glass lw-tells" style={{ left: 8, bottom: 8 }} aria-hidden="true">
      {pointer && (
        <span className="nw">
          x {Math.floor(pointer.x)}&ensp;y {Math.floor(pointer.y)}
        </span>
      )}
      {editor.tooLargeToCount && <span className="warn">{t("label:facts.tooLargeToCount")}</span>}
      {unlabelled > 0 && <span className="nw">{t("label:facts.unlabelled", { share: percent(unlabelled) })}</span>}
      {said ? (
        <span className="el">{said}</span>
      ) : (
        <em className="el">{t(`label:${coming ? "hint.coming" : hintOf(editor, vertices, judging)}`)}</em>
      )}
    </div>
  );
}

function RegionFacts({ editor }: { editor: Editor }) {
  const { t } = useTranslation("label");
  const { number } = useFormat();
  useEditorEvents(editor, "selection", "change", "hover");
  if (editor.selection.length > 1)
    return (
      <div className="glass" style={{ right: 8, bottom: 8 }}>
        {t("regions.selected", { count: editor.selection.length })}
      </div>
    );
  const region = editor.region(editor.selection[0] ?? editor.stage.hover ?? "");
  if (!region || region.shape === "tag") return null;
  const vertices = ops.vertexCount(region);
  const area = Math.round(ops.area(region));
  return (
    <div className="glass lw-wide" style={{ right: 8, bottom: 8 }}>
      <em>{nameOf(editor, region)}</em>
      {vertices > 0 && <span>{t("facts.vertices", { count: vertices })}</span>}
      {area > 0 && <span>{number(area)} px²</span>}
    </div>
  );
}
