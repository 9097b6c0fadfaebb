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
  | { readonly kind: "flag"; readonly key: Flag };

const SNAP: OptionField = { kind: "flag", key: "snap" };

const FIELDS: Partial<Record<ToolId, readonly OptionField[]>> = {
  box: [{ kind: "choice", key: "boxBy", values: ["drag", "extreme"] }],
  ellipse: [{ kind: "choice", key: "ellipseBy", values: ["drag", "axes"] }],
  polygon: [{ kind: "choice", key: "polygonMode", values: ["new", "add", "hole", "edit"] }, SNAP],
  brush: [{ kind: "flag", key: "takeBeneath" }],
  superpixel: [{ kind: "flag", key: "takeBeneath" }],
  polyline: [SNAP],
  cut: [SNAP],
  points: [{ kind: "choice", key: "pointsBy", values: ["several", "one"] }],
  skeleton: [{ kind: "choice", key: "skeletonBy", values: ["frame", "joints"] }],
};

/** The options of the tool in hand, in a slim bar over the image. */
export function ToolOptions({ editor }: { editor: Editor }) {
  const { t } = useTranslation("label");
  useEditorEvents(editor, "tool", "options");
  const fields = FIELDS[editor.tool] ?? [];
  if (fields.length === 0 || editor.readOnly) return null;
  return (
    <fieldset className="glass lw-options" aria-label={t("options.title")} data-landmark>
      {fields.map((field) =>
        field.kind === "flag" ? (
          <FlagField key={field.key} editor={editor} name={field.key} />
        ) : (
          <ChoiceField key={field.key} editor={editor} field={field} />
        ),
      )}
    </fieldset>
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
