import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import { attachKeys } from "@/engine/input/input";
import type { LabelSchema } from "@/engine/types";
import { Attributes } from "@/pages/label/panel/Attributes";
import { ClassList } from "@/pages/label/panel/ClassList";
import { Canvas } from "@/pages/label/parts/Canvas";
import { picture } from "@/pages/label/work/pictures";
import { Icon, IconButton } from "@/ui";
import type { SchemaBody } from "./draft";
import "@/pages/label/label.css";

const SIZE = { width: 960, height: 640 }; // of the sheet that stands in for a picture
const DRAWING = ["box", "polygon", "points", "skeleton"] as const;

type Picture = { bitmap: CanvasImageSource; width: number; height: number };

/** A plain sheet with a few shapes to draw around, for a project without images. */
function sheet(): Picture {
  const canvas = Object.assign(document.createElement("canvas"), SIZE);
  const paint = canvas.getContext("2d");
  if (paint) {
    paint.fillStyle = "#b9b4ab";
    paint.fillRect(0, 0, SIZE.width, SIZE.height);
    for (const [x, y, r, color] of [
      [300, 330, 170, "#7d3f28"],
      [310, 290, 100, "#e9d9bb"],
      [650, 240, 90, "#3c5a53"],
      [720, 440, 120, "#8b8f97"],
    ] as const) {
      paint.fillStyle = color;
      paint.beginPath();
      paint.arc(x, y, r, 0, 7);
      paint.fill();
    }
  }
  return { bitmap: canvas, ...SIZE };
}

/** The first image of the project, or the sheet. */
function usePicture(project: number): Picture | undefined {
  const { data } = useQuery({
    queryKey: ["project", project, "schema-picture"],
    queryFn: async (): Promise<Picture> => {
      const { results } = await api.get<Schemas["AssetPage"]>(`/projects/${project}/assets`, { query: { limit: 1 } });
      const asset = results[0];
      if (!asset) return sheet();
      try {
        return { bitmap: await picture(asset.urls.preview), width: asset.width, height: asset.height };
      } catch {
        return sheet(); // the picture is no part of what is tried out here
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

interface PreviewProps {
  project: number;
  body: SchemaBody;
  selected: number | null;
}

/** The schema as an annotator will see it, to be tried out. Nothing is saved. */
export function SchemaPreview({ project, body, selected }: PreviewProps) {
  const { t } = useTranslation("schema");
  const image = usePicture(project);
  const [editor, setEditor] = useState<Editor | null>(null);
  const [tool, setTool] = useState<string>("select");
  const panel = useRef<HTMLElement>(null);
  const schema = body as unknown as LabelSchema;
  const shapes = body.classes.find((one) => one.id === selected)?.shapes;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new schema comes by setSchema and keeps what was drawn
  useEffect(() => {
    if (!editor || !image || !panel.current) return;
    editor.load({
      image: { kind: "bitmap", width: image.width, height: image.height, bitmap: image.bitmap },
      elements: [],
      schema,
    });
    const stop = editor.on("tool", setTool);
    const keys = attachKeys(editor, panel.current);
    setTool(editor.tool);
    return () => {
      stop();
      keys();
    };
  }, [editor, image]);
  useEffect(() => {
    if (editor && image) editor.setSchema(schema);
  }, [editor, image, schema]);
  useEffect(() => {
    if (editor && image && selected !== null && schema.classes.some((one) => one.id === selected && !one.archived))
      editor.setClass(selected);
  }, [editor, image, selected, schema]);
  return (
    <aside ref={panel} className="schema-preview" aria-label={t("preview.title")}>
      <div className="schema-head" style={{ padding: "0 12px 0 16px" }}>
        <h2>{t("preview.title")}</h2>
        <span className="t3 sm el">{t("preview.lead")}</span>
        <span className="sp" />
        {DRAWING.filter((one) => shapes?.includes(one) ?? one !== "skeleton").map((one) => (
          <IconButton
            key={one}
            icon={one}
            size="s"
            label={t(`shape.${one}`)}
            on={tool === one}
            onClick={() => editor?.setTool(tool === one ? "select" : one)}
          />
        ))}
        <IconButton icon="undo" size="s" label={t("preview.undo")} onClick={() => editor?.undo()} />
      </div>
      <div style={{ padding: "12px 16px 8px", flex: "none" }}>
        <div className="schema-canvas">
          <Canvas label={() => t("preview.title")} onEditor={setEditor} />
        </div>
        <p className="xs t3 row g4" style={{ marginTop: 6 }}>
          <Icon name="info" size="x" />
          {t("preview.help")}
        </p>
      </div>
      {editor && image && (
        <div className="schema-card">
          <ClassList editor={editor} />
          <Attributes editor={editor} />
        </div>
      )}
    </aside>
  );
}
