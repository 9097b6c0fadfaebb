import { Checkbox, Menu, MultiSelect, Popover, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { classTitle } from "@/app/schema";
import { TASK_STATES, type TaskState } from "@/app/taskStates";
import { Button, Icon, Kbd, useFormat, useKey } from "@/ui";
import {
  activeMembers,
  COLUMNS,
  type Column,
  EMPTY,
  type Filter,
  SORTS,
  type Sort,
  USUAL_COLUMNS,
  type View,
  type ViewChange,
} from "./filters";

const TYPING = 250; // ms of quiet before a search is sent
const OUTCOMES = ["labelled", "empty", "unusable", "cannot_tell"] as const;
const ORIGINS = ["real", "synthetic", "augmented", "derived"] as const;

export interface FilterSources {
  classes: Map<number, Schemas["Class"]>;
  members: Schemas["ProjectMemberOut"][];
  batches: Schemas["BatchOut"][];
}

interface FilterBarProps extends FilterSources {
  /** Before the sort order: kept views. */
  views: ReactNode;
  view: View;
  onChange: (change: ViewChange) => void;
}

export function FilterBar({ view, onChange, views, ...sources }: FilterBarProps) {
  const { t } = useTranslation("data");
  const { filter } = view;
  const active = activeMembers(filter);
  const set = (change: Partial<Filter>) => onChange((before) => ({ filter: { ...before.filter, ...change } }));
  return (
    <search className="data-bar">
      <Search value={filter.search} onChange={(search) => set({ search })} />
      {active.map((name) => (
        <FilterChip
          key={name}
          name={name}
          filter={filter}
          sources={sources}
          onRemove={() => set({ [name]: EMPTY[name] })}
        />
      ))}
      <FilterPopover filter={filter} set={set} {...sources} />
      {(active.length > 0 || filter.search) && (
        <Button kind="quiet" size="s" onClick={() => onChange({ filter: EMPTY })}>
          {t("clear")}
        </Button>
      )}
      <span className="sp" />
      {view.layout === "gallery" && (
        <Button
          kind="quiet"
          size="s"
          icon={view.regions ? "eye" : "eye-off"}
          aria-pressed={view.regions}
          onClick={() => onChange({ regions: !view.regions })}
        >
          {t(view.regions ? "regionsOn" : "regionsOff")}
        </Button>
      )}
      {view.layout === "table" && <ColumnMenu columns={view.columns} onColumns={(columns) => onChange({ columns })} />}
      {views}
      <SortMenu sort={view.sort} onSort={(sort) => onChange({ sort })} />
    </search>
  );
}

function Search({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation("data");
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const send = useDebouncedCallback(onChange, TYPING);
  useKey("/", () => field.current?.focus());
  return (
    <TextInput
      ref={field}
      className="data-search"
      type="search"
      aria-label={t("search")}
      placeholder={t("search")}
      leftSection={<Icon name="search" size="s" />}
      rightSection={text ? undefined : <Kbd>/</Kbd>}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        send(event.currentTarget.value);
      }}
    />
  );
}

interface ChipProps {
  name: keyof Filter;
  filter: Filter;
  sources: FilterSources;
  onRemove: () => void;
}

function FilterChip({ name, filter, sources, onRemove }: ChipProps) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const label = t(`filter.${name}`);
  let value = String(filter[name]);
  if (name === "state") value = filter.state.map((state) => t(`common:taskState.${state}`)).join(", ");
  if (name === "class_id") value = filter.class_id.map((id) => classTitle(sources.classes, id)).join(", ");
  if (name === "annotator")
    value = sources.members.find((one) => one.id === filter.annotator)?.name ?? String(filter.annotator);
  if (name === "batch") value = sources.batches.find((one) => one.id === filter.batch)?.name ?? String(filter.batch);
  if (name === "outcome") value = t(`outcomeOf.${filter.outcome}`);
  if (name === "origin") value = t(`originOf.${filter.origin}`);
  if (name === "metadata")
    value = Object.entries(filter.metadata)
      .map(([key, one]) => `${key} = ${one}`)
      .join(", ");
  if (name.startsWith("created_") || name.startsWith("updated_")) value = format.date(String(filter[name]));
  if (name === "trashed") value = "";
  return (
    <span className="fchip" title={`${label} ${value}`}>
      {label} {value && <b>{value}</b>}
      <button type="button" aria-label={t("removeFilter", { name: `${label} ${value}` })} onClick={onRemove}>
        <Icon name="close" size="x" />
      </button>
    </span>
  );
}

type PopoverProps = FilterSources & { filter: Filter; set: (change: Partial<Filter>) => void };

function FilterPopover(props: PopoverProps) {
  const { t } = useTranslation("data");
  const [open, setOpen] = useState(false);
  useKey("F", () => setOpen(true));
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" width={520} trapFocus returnFocus>
      <Popover.Target>
        <Button kind="quiet" size="s" icon="plus" keys="F" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t("filterButton")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("filterButton")}>
        <FilterFields {...props} />
        <div className="row" style={{ marginTop: 12 }}>
          <span className="sp" />
          <Button size="s" onClick={() => setOpen(false)}>
            {t("common:close")}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

const inside = { withinPortal: false };

function FilterFields({ filter, set, classes, members, batches }: PopoverProps) {
  const { t } = useTranslation("data");
  const states = [...TASK_STATES.map(({ state }) => state), "archived" as const];
  return (
    <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 10 }}>
      <MultiSelect
        label={t("filter.state")}
        data={states.map((value) => ({ value, label: t(`common:taskState.${value}`) }))}
        value={filter.state}
        onChange={(state) => set({ state: state as TaskState[] })}
        comboboxProps={inside}
        data-autofocus
      />
      <MultiSelect
        label={t("filter.class_id")}
        searchable
        data={[...classes.values()].map((one) => ({ value: String(one.id), label: one.title || one.name }))}
        value={filter.class_id.map(String)}
        onChange={(ids) => set({ class_id: ids.map(Number) })}
        comboboxProps={inside}
      />
      {members.length > 0 && (
        <Select
          label={t("filter.annotator")}
          searchable
          clearable
          data={members.map((one) => ({ value: String(one.id), label: one.name || one.email }))}
          value={filter.annotator === null ? null : String(filter.annotator)}
          onChange={(id) => set({ annotator: id ? Number(id) : null })}
          comboboxProps={inside}
        />
      )}
      <Select
        label={t("filter.batch")}
        clearable
        disabled={batches.length === 0}
        data={batches.map((one) => ({ value: String(one.id), label: one.name }))}
        value={filter.batch === null ? null : String(filter.batch)}
        onChange={(id) => set({ batch: id ? Number(id) : null })}
        comboboxProps={inside}
      />
      <Select
        label={t("filter.outcome")}
        clearable
        data={OUTCOMES.map((value) => ({ value, label: t(`outcomeOf.${value}`) }))}
        value={filter.outcome || null}
        onChange={(outcome) => set({ outcome: outcome ?? "" })}
        comboboxProps={inside}
      />
      <Select
        label={t("filter.origin")}
        clearable
        data={ORIGINS.map((value) => ({ value, label: t(`originOf.${value}`) }))}
        value={filter.origin || null}
        onChange={(origin) => set({ origin: origin ?? "" })}
        comboboxProps={inside}
      />
      <Late label={t("filter.group")} value={filter.group} onChange={(group) => set({ group })} />
      <Late
        label={t("filter.external_id")}
        value={filter.external_id}
        onChange={(external_id) => set({ external_id })}
      />
      {(["created_after", "created_before", "updated_after", "updated_before"] as const).map((name) => (
        <TextInput
          key={name}
          type="date"
          label={t(`filter.${name}`)}
          value={filter[name]}
          onChange={(event) => set({ [name]: event.currentTarget.value })}
        />
      ))}
      <MetadataField metadata={filter.metadata} onChange={(metadata) => set({ metadata })} />
      <Checkbox
        label={t("filter.trashed")}
        checked={filter.trashed}
        onChange={(event) => set({ trashed: event.currentTarget.checked })}
      />
    </div>
  );
}

/** A text that is taken on Enter or when the field is left. */
function Late({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const take = () => text !== value && onChange(text);
  return (
    <TextInput
      label={label}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => event.key === "Enter" && take()}
    />
  );
}

interface MetadataProps {
  metadata: Record<string, string>;
  onChange: (metadata: Record<string, string>) => void;
}

function MetadataField({ metadata, onChange }: MetadataProps) {
  const { t } = useTranslation("data");
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  function add() {
    if (!key.trim()) return;
    onChange({ ...metadata, [key.trim()]: value.trim() });
    setKey("");
    setValue("");
  }
  return (
    <div className="row g6" style={{ gridColumn: "1 / 3", alignItems: "flex-end" }}>
      <TextInput
        style={{ flex: 1 }}
        label={t("metadataKey")}
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
      <TextInput
        style={{ flex: 1 }}
        label={t("metadataValue")}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && add()}
      />
      <Button onClick={add} disabled={!key.trim()}>
        {t("metadataAdd")}
      </Button>
    </div>
  );
}

function ColumnMenu({ columns, onColumns }: { columns: Column[]; onColumns: (columns: Column[]) => void }) {
  const { t } = useTranslation("data");
  const shown = columns.length > 0 ? columns : USUAL_COLUMNS;
  function toggle(name: Column) {
    const next = COLUMNS.filter((one) => (one === name ? !shown.includes(name) : shown.includes(one)));
    if (next.length > 0) onColumns(next.join() === USUAL_COLUMNS.join() ? [] : next);
  }
  return (
    <Menu
      position="bottom-end"
      width={200}
      closeOnItemClick={false}
      checkIcon={<Icon name="check" size="s" />}
      alignItemsLabels="all"
    >
      <Menu.Target>
        <Button kind="quiet" size="s" after={<Icon name="chevron-down" size="x" />}>
          {t("columns")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {COLUMNS.map((name) => (
          <Menu.CheckboxItem key={name} checked={shown.includes(name)} onChange={() => toggle(name)}>
            {t(`column.${name}`)}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function SortMenu({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  const { t } = useTranslation("data");
  return (
    <Menu position="bottom-end" width={200} checkIcon={<Icon name="check" size="s" />} alignItemsLabels="all">
      <Menu.Target>
        <Button kind="quiet" size="s" after={<Icon name="chevron-down" size="x" />}>
          {t("sortBy", { name: t(`sort.${sort}`) })}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={sort} onChange={(one) => onSort(one as Sort)}>
          {SORTS.map((one) => (
            <Menu.RadioItem key={one} value={one} closeMenuOnClick>
              {t(`sort.${one}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
