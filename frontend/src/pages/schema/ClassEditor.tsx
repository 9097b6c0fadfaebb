import { Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Icon, IconButton, Swatch, useFormat } from "@/ui";
import { AttributesEditor } from "./AttributesEditor";
import { closestClass, editClass, nameOf, PALETTE, type SchemaBody, type SchemaClass, TOO_CLOSE, tree } from "./draft";
import { SkeletonEditor } from "./SkeletonEditor";
import { SHAPE_ICONS, SHAPES } from "./shapes";

interface ClassEditorProps {
  body: SchemaBody;
  found: SchemaClass;
  /** As it was published; undefined for a new class. */
  before: SchemaClass | undefined;
  count: number | undefined;
  readOnly: boolean;
  onEdit: (next: SchemaBody) => void;
  onCopy: () => void;
  onRemove: () => void;
  onMerge: () => void;
  /** Missing for who may not hand out work. */
  onSplit?: () => void;
}

export function ClassEditor(props: ClassEditorProps) {
  const { t } = useTranslation("schema");
  const format = useFormat();
  const { body, found, before, count, readOnly, onEdit } = props;
  const set = (change: Partial<SchemaClass>) => onEdit(editClass(body, found.id, change));
  const parent = body.classes.find((one) => one.id === found.parent);
  return (
    <>
      <div className="schema-head" style={{ padding: "0 20px" }}>
        <Swatch color={found.color} />
        <span className="b lg el">{nameOf(found)}</span>
        <span className="t3 sm el">
          {t(parent ? "classIn" : "classAlone", { id: found.id, parent: parent ? nameOf(parent) : "" })}
          {count !== undefined && `, ${t("regionCount", { count, number: format.number(count) })}`}
        </span>
        <span className="sp" />
        {!readOnly && (
          <>
            {before && !found.archived && (
              <>
                {props.onSplit && (
                  <IconButton icon="filter" size="s" label={t("split.button")} onClick={props.onSplit} />
                )}
                <IconButton icon="layers" size="s" label={t("merge.button")} onClick={props.onMerge} />
              </>
            )}
            <IconButton icon="copy" size="s" label={t("copyClass")} onClick={props.onCopy} />
            {found.archived ? (
              <IconButton icon="undo" size="s" label={t("restoreClass")} onClick={() => set({ archived: false })} />
            ) : (
              <IconButton
                icon={before ? "archive" : "trash"}
                size="s"
                label={t(before ? "archiveClass" : "deleteClass")}
                onClick={props.onRemove}
              />
            )}
          </>
        )}
      </div>
      <fieldset disabled={readOnly || found.archived} style={{ border: 0, minWidth: 0 }}>
        <div className="schema-form">
          <NameFields found={found} set={set} />
          <span className="lab start">{t("color")}</span>
          <ColorField body={body} found={found} set={set} />
          <span className="lab start">{t("shapes")}</span>
          <ShapesField found={found} set={set} />
          <span className="lab">{t("parent")}</span>
          <ParentField body={body} found={found} set={set} disabled={readOnly} />
          <span className="lab start">{t("description")}</span>
          <Textarea
            aria-label={t("description")}
            autosize
            minRows={2}
            maxLength={10_000}
            value={found.description ?? ""}
            onChange={(event) => set({ description: event.currentTarget.value || null })}
          />
          <span className="lab">{t("aliases")}</span>
          <TagsInput
            aria-label={t("aliases")}
            value={found.aliases ?? []}
            disabled={readOnly}
            onChange={(aliases) => set({ aliases })}
          />
        </div>
      </fieldset>
      {(found.skeleton || found.shapes.includes("skeleton")) && (
        <SkeletonEditor
          template={found.skeleton ?? null}
          permanent={before?.skeleton?.joints ?? []}
          color={found.color}
          readOnly={readOnly || Boolean(found.archived)}
          onChange={(skeleton) => set({ skeleton })}
        />
      )}
      <AttributesEditor
        title={t("attributes")}
        attributes={found.attributes ?? []}
        before={before?.attributes ?? []}
        scope="region"
        readOnly={readOnly || Boolean(found.archived)}
        onChange={(attributes) => set({ attributes: attributes as Schemas["Attribute"][] })}
      />
    </>
  );
}

interface FieldProps {
  found: SchemaClass;
  set: (change: Partial<SchemaClass>) => void;
}

function NameFields({ found, set }: FieldProps) {
  const { t } = useTranslation("schema");
  return (
    <>
      <span className="lab">{t("name")}</span>
      <div className="row g6">
        <TextInput
          style={{ flex: 2, minWidth: 90 }}
          aria-label={t("name")}
          data-class-name
          maxLength={120}
          value={found.name}
          error={found.name.trim() ? undefined : t("nameMissing")}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <span className="t3 sm">{t("key")}</span>
        <TextInput
          style={{ width: 36 }}
          aria-label={t("keyHelp")}
          maxLength={1}
          value={found.key ?? ""}
          onChange={(event) => set({ key: event.currentTarget.value.trim() || null })}
        />
        <span className="t3 sm">{t("code")}</span>
        <TextInput
          style={{ flex: 1, minWidth: 60 }}
          aria-label={t("codeHelp")}
          maxLength={200}
          value={found.code ?? ""}
          onChange={(event) => set({ code: event.currentTarget.value || null })}
        />
      </div>
      <span className="lab">{t("shownAs")}</span>
      <TextInput
        aria-label={t("shownAs")}
        placeholder={found.name}
        maxLength={200}
        value={found.title ?? ""}
        onChange={(event) => set({ title: event.currentTarget.value || null })}
      />
    </>
  );
}

function ColorField({ body, found, set }: FieldProps & { body: SchemaBody }) {
  const { t } = useTranslation("schema");
  const used = new Set(
    body.classes.filter((one) => !one.archived && one.id !== found.id).map((one) => one.color.toLowerCase()),
  );
  const closest = closestClass(body.classes, found);
  const tooClose = closest !== null && closest.distance < TOO_CLOSE;
  return (
    <div>
      <div className="row" style={{ alignItems: "flex-start" }}>
        <div className="pal">
          {PALETTE.map((color, index) => (
            <button
              key={color}
              type="button"
              style={{ background: color }}
              aria-label={t(used.has(color) ? "colorUsed" : "colorNumber", { number: index + 1 })}
              aria-pressed={found.color.toLowerCase() === color}
              className={`${found.color.toLowerCase() === color ? "on" : ""} ${used.has(color) ? "used" : ""}`}
              onClick={() => set({ color })}
            />
          ))}
        </div>
        <input
          type="color"
          aria-label={t("ownColor")}
          value={found.color}
          style={{ width: 32, height: 26, flex: "none" }}
          onChange={(event) => set({ color: event.currentTarget.value })}
        />
      </div>
      <p className={`xs ${tooClose ? "warn" : "t3"} row g4`} style={{ marginTop: 6 }}>
        {tooClose && <Icon name="alert" size="x" />}
        {t("dotMeans")} {closest && t(tooClose ? "tooClose" : "closest", { name: nameOf(closest.other) })}
      </p>
    </div>
  );
}

function ShapesField({ found, set }: FieldProps) {
  const { t } = useTranslation("schema");
  return (
    <div>
      <div className="shapes">
        {SHAPES.map((shape) => {
          const on = found.shapes.includes(shape);
          return (
            <button
              key={shape}
              type="button"
              aria-pressed={on}
              onClick={() =>
                set({ shapes: on ? found.shapes.filter((one) => one !== shape) : [...found.shapes, shape] })
              }
            >
              <Icon name={SHAPE_ICONS[shape] ?? "box"} size="s" />
              {t(`shape.${shape}`)}
            </button>
          );
        })}
      </div>
      {found.shapes.length === 0 && (
        <p className="xs bad" style={{ marginTop: 4 }}>
          {t("noShapes")}
        </p>
      )}
    </div>
  );
}

function ParentField({ body, found, set, disabled }: FieldProps & { body: SchemaBody; disabled: boolean }) {
  const { t } = useTranslation("schema");
  const below = new Set([found.id]);
  const rows = tree(body.classes);
  for (const row of rows) if (row.found.parent && below.has(row.found.parent)) below.add(row.found.id);
  return (
    <Select
      aria-label={t("parent")}
      clearable
      searchable
      disabled={disabled}
      placeholder={t("noParent")}
      style={{ maxWidth: 260 }}
      data={rows
        .filter((row) => !below.has(row.found.id))
        .map(({ found: one }) => ({ value: String(one.id), label: nameOf(one) }))}
      value={found.parent ? String(found.parent) : null}
      onChange={(id) => set({ parent: id ? Number(id) : null })}
    />
  );
}
