import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import type { ToolId } from "@/engine/public";
import type { ToolOptions as Options } from "@/engine/tools/options";
import { Seg } from "@/ui";
import { useEditorEvents } from "../work/hooks";

type Named = { [K in keyof Options]: Options[K] extends string ? K : never }[keyof Options];
type Flag = { [K in keyof Options]: Options[K] extends boolean ? K : never }[keyof Options];

/** What the bar offers for a tool: one of several words, or yes and no. */
export type OptionField =
  | { readonly kind: "choice"; readonly key: Named; readonly values: readonly string[] }
  | { readonly kind: "flag"; readonly key: Flag }
  | { readonly kind: "brush"; readonly key: "brush" }
  | {
      readonly kind: "amount";
      readonly key: "superpixel" | "tolerance";
      readonly least: number;
      readonly most: number;
      readonly unit: string;
    };

const SNAP: OptionField = { kind: "flag", key: "snap" };

const BRUSH: OptionField = { kind: "brush", key: "brush" };
const LARGEST_BRUSH = 400; // image pixels by the slider; the wheel goes further

const FIELDS: Partial<Record<ToolId, readonly OptionField[]>> = {
  box: [{ kind: "choice", key: "boxBy", values: ["drag", "extreme"] }],
  ellipse: [{ kind: "choice", key: "ellipseBy", values: ["drag", "axes"] }],
  polygon: [{ kind: "choice", key: "polygonMode", values: ["new", "add", "hole", "edit"] }, SNAP],
  brush: [BRUSH, { kind: "flag", key: "takeBeneath" }],
  eraser: [BRUSH],
  superpixel: [
    { kind: "amount", key: "superpixel", least: 6, most: 120, unit: "px" },
    { kind: "flag", key: "takeBeneath" },
  ],
  polyline: [SNAP],
  cut: [SNAP],
  points: [{ kind: "choice", key: "pointsBy", values: ["several", "one"] }],
  skeleton: [{ kind: "choice", key: "skeletonBy", values: ["frame", "joints"] }],
};

/** What the smart tool makes, where the class leaves a choice. */
function smartFields(editor: Editor): readonly OptionField[] {
  const { smartMethod } = editor.options;
  const allowed = editor.schema.classes.find(({ id }) => id === editor.currentClass)?.shapes ?? [];
  const shapes = ["mask", "polygon", "box"].filter((shape) => allowed.includes(shape));
  const model = editor.stage.model === null ? [] : ["model"];
  const method: OptionField = { kind: "choice", key: "smartMethod", values: ["cut", "wand", "wire", ...model] };
  if (smartMethod === "wire") return [method];
  return [
    method,
    { kind: "choice", key: "smartDrag", values: ["box", "scribble"] },
    ...(shapes.length > 1 && !editor.semantic
      ? [{ kind: "choice", key: "smartShape", values: ["auto", ...shapes] } as const]
      : []),
    ...(smartMethod === "wand" ? [{ kind: "amount", key: "tolerance", least: 2, most: 80, unit: "ΔE" } as const] : []),
    { kind: "flag", key: "smartInside" },
  ];
}

/** The options of the tool in hand, in a slim bar over the image. */
export function ToolOptions({ editor }: { editor: Editor }) {
  const { t } = useTranslation("label");
  useEditorEvents(editor, "tool", "options", "class");
  // In a semantic project painting always takes from what lies beneath.
  const all = editor.tool === "smart" ? smartFields(editor) : (FIELDS[editor.tool] ?? []);
  const fields = all.filter(({ key }) => !(editor.semantic && key === "takeBeneath"));
  if (fields.length === 0 || editor.readOnly) return null;
  return (
    <fieldset className="glass lw-options" aria-label={t("options.title")} data-landmark>
      {fields.map((field) => (
        <Field key={field.key} editor={editor} field={field} />
      ))}
    </fieldset>
  );
}

function Field({ editor, field }: { editor: Editor; field: OptionField }) {
  const { t } = useTranslation("label");
  switch (field.kind) {
    case "flag":
      return <FlagField editor={editor} name={field.key} />;
    case "choice":
      return <ChoiceField editor={editor} field={field} />;
    case "brush":
      return <BrushFields editor={editor} />;
    case "amount":
      return (
        <Slider
          label={t(`options.${field.key}`)}
          value={editor.options[field.key]}
          least={field.least}
          most={field.most}
          unit={field.unit}
          onChange={(value) => editor.setOption(field.key, value)}
        />
      );
  }
}

function BrushFields({ editor }: { editor: Editor }) {
  const { t } = useTranslation("label");
  const { brush } = editor.options;
  return (
    <>
      <Seg
        label={t("options.brush.title")}
        value={brush.round ? "round" : "square"}
        options={["round", "square"].map((value) => ({ value, label: t(`options.brush.${value}`) }))}
        onChange={(value) => editor.setOption("brush", { ...brush, round: value === "round" })}
      />
      <Slider
        label={t("options.brush.size")}
        value={brush.size}
        least={1}
        most={Math.max(LARGEST_BRUSH, brush.size)}
        onChange={(size) => editor.setOption("brush", { ...brush, size })}
      />
    </>
  );
}

interface SliderProps {
  label: string;
  value: number;
  least: number;
  most: number;
  unit?: string;
  onChange: (value: number) => void;
}

function Slider({ label, value, least, most, unit = "px", onChange }: SliderProps) {
  return (
    <label className="row">
      {label}
      <input
        type="range"
        min={least}
        max={most}
        value={value}
        onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
      <span className="m">
        {Math.round(value)} {unit}
      </span>
    </label>
  );
}

function ChoiceField({ editor, field }: { editor: Editor; field: OptionField & { kind: "choice" } }) {
  const { t } = useTranslation("label");
  return (
    <Seg
      label={t(`options.${field.key}.title`)}
      value={editor.options[field.key] as string}
      options={field.values.map((value) => ({ value, label: t(`options.${field.key}.${value}`) }))}
      onChange={(value) => editor.setOption(field.key, value as never)}
    />
  );
}

function FlagField({ editor, name }: { editor: Editor; name: Flag }) {
  const { t } = useTranslation("label");
  return (
    <label className="row">
      <input
        type="checkbox"
        checked={editor.options[name]}
        onChange={(event) => editor.setOption(name, event.currentTarget.checked)}
      />
      {t(`options.${name}`)}
    </label>
  );
}
