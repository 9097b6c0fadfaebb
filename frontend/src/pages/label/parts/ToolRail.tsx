import { Tooltip } from "@mantine/core";
import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Icon, type IconName, spellChord, TooltipLabel } from "@/ui";
import { keyOf } from "../work/chords";
import { useEditorEvents } from "../work/hooks";

interface Tool {
  action: string;
  icon: IconName;
  /** One of these is needed. */
  shapes?: readonly string[];
}

const SMART = ["mask", "polygon", "box"];

const MOVING: Tool[] = [
  { action: "tool.select", icon: "select" },
  { action: "tool.pan", icon: "pan" },
];
const DRAWING: Tool[] = [
  { action: "tool.box", icon: "box", shapes: ["box"] },
  { action: "tool.rotated_box", icon: "rotated-box", shapes: ["rotated_box"] },
  { action: "tool.ellipse", icon: "ellipse", shapes: ["ellipse"] },
  { action: "tool.polygon", icon: "polygon", shapes: ["polygon"] },
  { action: "tool.cut", icon: "cut", shapes: ["polygon"] },
  { action: "tool.polyline", icon: "polyline", shapes: ["polyline"] },
  { action: "tool.points", icon: "points", shapes: ["points"] },
  { action: "tool.skeleton", icon: "skeleton", shapes: ["skeleton"] },
  { action: "tool.cuboid2d", icon: "cuboid", shapes: ["cuboid2d"] },
  { action: "tool.brush", icon: "brush", shapes: ["mask"] },
  { action: "tool.eraser", icon: "eraser", shapes: ["mask"] },
  { action: "tool.superpixel", icon: "superpixel", shapes: ["mask"] },
  { action: "tool.smart", icon: "smart", shapes: SMART },
  { action: "tool.tag", icon: "tag", shapes: ["tag"] },
];
const HISTORY: Tool[] = [
  { action: "edit.undo", icon: "undo" },
  { action: "edit.redo", icon: "redo" },
  { action: "help.keys", icon: "keyboard" },
];

/** The tools that the schema has shapes for; one tab stop, arrows walk. */
export function ToolRail({ editor, drawing = true }: { editor: Editor; drawing?: boolean }) {
  const { t } = useTranslation(["label", "actions"]);
  useEditorEvents(editor, "tool", "history", "selection", "drawing");
  const rail = useRef<HTMLDivElement>(null);
  const shapes = new Set(editor.schema.classes.flatMap((one) => (one.archived ? [] : one.shapes)));
  const tools = drawing ? DRAWING.filter((tool) => tool.shapes?.some((shape) => shapes.has(shape))) : [];
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...(rail.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  }
  return (
    <div
      className="rail"
      role="toolbar"
      aria-label={t("label:tools")}
      aria-orientation="vertical"
      ref={rail}
      data-landmark
      onKeyDown={onKeyDown}
    >
      <Tools editor={editor} tools={MOVING} />
      {tools.length > 0 && <i className="hr" />}
      <Tools editor={editor} tools={tools} />
      <i className="hr" />
      <Tools editor={editor} tools={[{ action: "comment.add", icon: "comment" }]} />
      <span className="sp" />
      <Tools editor={editor} tools={HISTORY} />
    </div>
  );
}

function Tools({ editor, tools }: { editor: Editor; tools: Tool[] }) {
  return tools.map((tool) => <ToolButton key={tool.action} editor={editor} tool={tool} />);
}

function ToolButton({ editor, tool }: { editor: Editor; tool: Tool }) {
  const { t } = useTranslation("actions");
  const action = editor.actions.get(tool.action);
  if (!action) return null;
  const keys = keyOf(editor, tool.action);
  const name = t(action.label);
  const isTool = tool.action.startsWith("tool.");
  const on = action.active?.() ?? false;
  const current = on || (tool.action === "tool.select" && editor.tool === "select");
  return (
    <Tooltip label={<TooltipLabel text={name} keys={keys} />} position="right">
      <button
        type="button"
        className={`tl ${on ? "on" : ""}`}
        aria-label={keys ? `${name} (${spellChord(keys)})` : name}
        aria-pressed={isTool ? on : undefined}
        aria-disabled={!(action.enabled?.() ?? true) || undefined}
        tabIndex={current ? 0 : -1}
        onClick={() => {
          editor.dispatch(tool.action);
          if (isTool) editor.focus();
        }}
      >
        <Icon name={tool.icon} size="l" />
      </button>
    </Tooltip>
  );
}
