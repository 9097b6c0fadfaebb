import { NumberInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Chip, Icon, IconButton, Kbd, useKey } from "@/ui";
import { nameOf, type SchemaAttribute } from "./draft";

const KINDS = ["select", "multiselect", "boolean", "number", "text"] as const;

interface AttributesEditorProps {
  title: string;
  attributes: SchemaAttribute[];
  /** As they were published: their names and options are permanent. */
  before: SchemaAttribute[];
  scope: "region" | "item";
  readOnly: boolean;
  onChange: (attributes: SchemaAttribute[]) => void;
}

const chooses = (one: SchemaAttribute) => one.kind === "select" || one.kind === "multiselect";

/** Questions about a region or about the whole image. */
export function AttributesEditor({ title, attributes, before, scope, readOnly, onChange }: AttributesEditorProps) {
  const { t } = useTranslation("schema");
  const live = attributes.filter((one) => !one.archived).length;
  function add() {
    const used = new Set(attributes.map((one) => one.name));
    let name = t("attributeName");
    for (let count = 2; used.has(name); count += 1) name = `${t("attributeName")} ${count}`;
    onChange([...attributes, { name, kind: "select", options: [t("optionName")], required: false, scope }]);
  }
  useKey("A", add, !readOnly);
  const replace = (index: number, change: Partial<SchemaAttribute>) =>
    onChange(attributes.map((one, at) => (at === index ? { ...one, ...change } : one)));
  function move(index: number, step: number) {
    const next = [...attributes];
    const [moved] = next.splice(index, 1);
    next.splice(index + step, 0, moved!);
    onChange(next);
  }
  return (
    <section aria-label={title}>
      <div className="row" style={{ height: 36, padding: "0 20px", borderTop: "1px solid var(--lw-line)" }}>
        <h2>{title}</h2>
        <span className="t3 sm">{live}</span>
        <span className="sp" />
        {!readOnly && (
          <Button size="s" icon="plus" keys="A" onClick={add}>
            {t("addAttribute")}
          </Button>
        )}
      </div>
      {attributes.map((attribute, index) => (
        <OneAttribute
          key={index}
          attribute={attribute}
          others={attributes.filter((one) => one !== attribute && !one.archived)}
          before={before.find((one) => one.name === attribute.name)}
          readOnly={readOnly}
          first={index === 0}
          last={index === attributes.length - 1}
          set={(change) => replace(index, change)}
          onMove={(step) => move(index, step)}
          onRemove={() => onChange(attributes.filter((_, at) => at !== index))}
        />
      ))}
    </section>
  );
}

interface OneProps {
  attribute: SchemaAttribute;
  others: SchemaAttribute[];
  before: SchemaAttribute | undefined;
  readOnly: boolean;
  first: boolean;
  last: boolean;
  set: (change: Partial<SchemaAttribute>) => void;
  onMove: (step: number) => void;
  onRemove: () => void;
}

function OneAttribute({ attribute, before, readOnly, first, last, set, onMove, onRemove, others }: OneProps) {
  const { t } = useTranslation("schema");
  const [more, setMore] = useState(!before);
  const name = nameOf(attribute);
  return (
    <fieldset
      className="attr"
      aria-label={name}
      disabled={readOnly}
      style={{ borderWidth: "1px 0 0", opacity: attribute.archived ? 0.6 : 1 }}
    >
      <div className="row g6" style={{ height: 32 }}>
        <span className="m el">{name}</span>
        <span className="t3 sm">{t(`kind.${attribute.kind}`)}</span>
        {!before && (
          <Chip tone="ok" small>
            {t("new")}
          </Chip>
        )}
        {attribute.archived && <Chip small>{t("archived")}</Chip>}
        <span className="sp" />
        <Switch
          size="xs"
          labelPosition="left"
          label={t("required")}
          aria-label={t("requiredNamed", { name })}
          checked={Boolean(attribute.required)}
          onChange={(event) => set({ required: event.currentTarget.checked })}
        />
        <IconButton
          icon="settings"
          size="s"
          label={t("attributeMore", { name })}
          aria-expanded={more}
          onClick={() => setMore(!more)}
        />
        {!first && (
          <IconButton
            icon="chevron-down"
            className="up"
            size="s"
            label={t("moveUp", { name })}
            onClick={() => onMove(-1)}
          />
        )}
        {!last && <IconButton icon="chevron-down" size="s" label={t("moveDown", { name })} onClick={() => onMove(1)} />}
        {before ? (
          <IconButton
            icon={attribute.archived ? "undo" : "archive"}
            size="s"
            label={t(attribute.archived ? "restoreNamed" : "archiveNamed", { name })}
            onClick={() => set({ archived: !attribute.archived })}
          />
        ) : (
          <IconButton icon="trash" size="s" label={t("deleteNamed", { name })} onClick={onRemove} />
        )}
      </div>
      {chooses(attribute) && <Options attribute={attribute} before={before} set={set} />}
      {more && <MoreFields attribute={attribute} before={before} set={set} others={others} />}
    </fieldset>
  );
}

type PartProps = Pick<OneProps, "attribute" | "before" | "set">;

function Options({ attribute, before, set }: PartProps) {
  const { t } = useTranslation("schema");
  const [text, setText] = useState("");
  const options = attribute.options ?? [];
  const archived = new Set(attribute.archived_options ?? []);
  const published = new Set(before?.options ?? []);
  function add() {
    const name = text.trim();
    if (!name || options.includes(name)) return;
    set({ options: [...options, name] });
    setText("");
  }
  function remove(option: string) {
    if (!published.has(option)) return set({ options: options.filter((one) => one !== option) });
    const next = archived.has(option) ? [...archived].filter((one) => one !== option) : [...archived, option];
    set({ archived_options: next });
  }
  const title = (option: string) => attribute.option_titles?.[option] ?? option;
  function rename(option: string, to: string) {
    if (published.has(option)) return set({ option_titles: { ...attribute.option_titles, [option]: to || option } });
    if (to && !options.includes(to)) set({ options: options.map((one) => (one === option ? to : one)) });
  }
  return (
    <div className="opts">
      {options.map((option, index) => (
        <span key={option} className={`opt ${archived.has(option) ? "gone" : ""}`} title={option}>
          {index < 9 && <Kbd>{String(index + 1)}</Kbd>}
          <OptionName
            value={title(option)}
            label={t("optionTitle", { name: option })}
            onChange={(to) => rename(option, to)}
          />
          <button
            type="button"
            className="row"
            style={{ minWidth: 24, height: 22, justifyContent: "center" }}
            aria-label={t(
              archived.has(option) ? "restoreNamed" : published.has(option) ? "archiveNamed" : "deleteNamed",
              {
                name: title(option),
              },
            )}
            onClick={() => remove(option)}
          >
            <Icon name={archived.has(option) ? "undo" : "close"} size="x" />
          </button>
        </span>
      ))}
      <span className="opt" style={{ borderStyle: "dashed" }}>
        <input
          aria-label={t("addOption")}
          placeholder={t("addOption")}
          value={text}
          maxLength={120}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            add();
          }}
        />
      </span>
    </div>
  );
}

/** Taken on Enter or when left, so that a name half typed is no option. */
function OptionName({ value, label, onChange }: { value: string; label: string; onChange: (text: string) => void }) {
  const [text, setText] = useState<string | null>(null);
  const take = () => {
    if (text !== null && text.trim() !== value) onChange(text.trim());
    setText(null);
  };
  return (
    <input
      aria-label={label}
      value={text ?? value}
      size={Math.max(3, (text ?? value).length)}
      style={{ width: "auto" }}
      maxLength={120}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}

function MoreFields({ attribute, before, set, others }: PartProps & { others: SchemaAttribute[] }) {
  const { t } = useTranslation("schema");
  return (
    <div className="attr-more">
      <TextInput
        label={t("attributeKey")}
        description={before ? t("permanent") : t("attributeKeyHelp")}
        disabled={before !== undefined}
        maxLength={120}
        value={attribute.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t("shownAs")}
        description={t("shownAsHelp")}
        placeholder={attribute.name}
        maxLength={200}
        value={attribute.title ?? ""}
        onChange={(event) => set({ title: event.currentTarget.value || null })}
      />
      <Select
        label={t("kindLabel")}
        disabled={before !== undefined}
        allowDeselect={false}
        data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        value={attribute.kind}
        onChange={(kind) => {
          const next = (kind ?? "select") as SchemaAttribute["kind"];
          const asks = next === "select" || next === "multiselect";
          const options = attribute.options?.length ? attribute.options : [t("optionName")];
          set({ kind: next, default: null, options: asks ? options : [], archived_options: [], option_titles: {} });
        }}
      />
      <DefaultField attribute={attribute} set={set} />
      {attribute.kind === "number" && (
        <>
          <NumberInput
            label={t("minimum")}
            value={attribute.minimum ?? ""}
            onChange={(value) => set({ minimum: value === "" ? null : Number(value) })}
          />
          <NumberInput
            label={t("maximum")}
            value={attribute.maximum ?? ""}
            onChange={(value) => set({ maximum: value === "" ? null : Number(value) })}
          />
        </>
      )}
      <WhenField attribute={attribute} set={set} others={others} />
      <Textarea
        style={{ gridColumn: "1 / 3" }}
        label={t("description")}
        autosize
        minRows={1}
        value={attribute.description ?? ""}
        onChange={(event) => set({ description: event.currentTarget.value || null })}
      />
    </div>
  );
}

function DefaultField({ attribute, set }: Pick<OneProps, "attribute" | "set">) {
  const { t } = useTranslation("schema");
  if (attribute.kind === "select" || attribute.kind === "boolean") {
    const data =
      attribute.kind === "select"
        ? (attribute.options ?? []).map((option) => ({
            value: option,
            label: attribute.option_titles?.[option] ?? option,
          }))
        : [
            { value: "true", label: t("yes") },
            { value: "false", label: t("no") },
          ];
    return (
      <Select
        label={t("default")}
        clearable
        data={data}
        value={attribute.default === null || attribute.default === undefined ? null : String(attribute.default)}
        onChange={(value) => set({ default: attribute.kind === "boolean" && value ? value === "true" : value })}
      />
    );
  }
  if (attribute.kind === "number")
    return (
      <NumberInput
        label={t("default")}
        value={typeof attribute.default === "number" ? attribute.default : ""}
        onChange={(value) => set({ default: value === "" ? null : Number(value) })}
      />
    );
  return (
    <TextInput
      label={t("default")}
      disabled={attribute.kind === "multiselect"}
      value={typeof attribute.default === "string" ? attribute.default : ""}
      onChange={(event) => set({ default: event.currentTarget.value || null })}
    />
  );
}

/** Ask only when another question has a certain answer. */
function WhenField({ attribute, set, others }: Pick<OneProps, "attribute" | "set" | "others">) {
  const { t } = useTranslation("schema");
  const choices = others
    .filter((one) => one.kind !== "text" && one.kind !== "number")
    .flatMap((one) =>
      (one.kind === "boolean" ? [true, false] : (one.options ?? [])).map((value) => ({
        value: JSON.stringify([one.name, value]),
        label: `${nameOf(one)} = ${value === true ? t("yes") : value === false ? t("no") : value}`,
      })),
    );
  const now = attribute.when ? JSON.stringify([attribute.when.attribute, attribute.when.in[0]]) : null;
  return (
    <Select
      style={{ gridColumn: "1 / 3" }}
      label={t("when")}
      placeholder={t("always")}
      clearable
      disabled={choices.length === 0}
      data={choices}
      value={now}
      onChange={(chosen) => {
        if (!chosen) return set({ when: null });
        const [name, value] = JSON.parse(chosen) as [string, string | boolean];
        set({ when: { attribute: name, in: [value] } });
      }}
    />
  );
}
