import { MultiSelect, NumberInput, Popover, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { useFindingWords } from "@/app/findingWords";
import { classTitle } from "@/app/schema";
import { Button, Icon, useKey } from "@/ui";
import { activeMembers, EMPTY, type Filter, FLAGS, NUMBERS, SHAPES, SORTS, type Sort, type View } from "./filters";

export interface Sources {
  project: number;
  classes: Map<number, Schemas["Class"]>;
  members: Schemas["ProjectMemberOut"][];
  /** Findings are for reviewers. */
  mayReview: boolean;
}

interface BarProps extends Sources {
  view: View;
  onChange: (change: Partial<View>) => void;
}

export function FilterBar({ view, onChange, ...sources }: BarProps) {
  const { t } = useTranslation("regions");
  const { filter, sort } = view;
  const active = activeMembers(filter);
  const set = (change: Partial<Filter>) => onChange({ filter: { ...filter, ...change } });
  return (
    <search className="rg-bar">
      {active.map((name) => (
        <FilterChip key={name} name={name} filter={filter} onRemove={() => set({ [name]: EMPTY[name] })} {...sources} />
      ))}
      <FilterPopover filter={filter} set={set} {...sources} />
      {active.length > 0 && (
        <Button kind="quiet" size="s" onClick={() => onChange({ filter: EMPTY })}>
          {t("clear")}
        </Button>
      )}
      <span className="sp" />
      <Select
        size="xs"
        aria-label={t("sort")}
        allowDeselect={false}
        data={SORTS.map((value) => ({ value, label: t(`sortBy.${value}`) }))}
        value={sort}
        onChange={(value) => value && onChange({ sort: value as Sort })}
      />
    </search>
  );
}

type ChipProps = Sources & { name: keyof Filter; filter: Filter; onRemove: () => void };

function FilterChip({ name, filter, onRemove, classes, members }: ChipProps) {
  const { t } = useTranslation("regions");
  const words = useFindingWords();
  const value = filter[name];
  const label = t(`filter.${name}`);
  const named: Partial<Record<keyof Filter, () => string>> = {
    class_id: () => filter.class_id.map((id) => classTitle(classes, id)).join(", "),
    shape: () => filter.shape.map((shape) => t(`shape.${shape}`)).join(", "),
    author: () => members.find((one) => String(one.id) === filter.author)?.name ?? filter.author,
    source: () => (filter.source === "person" ? t("byHand") : filter.source),
    flag: () => t(`flag.${filter.flag}`),
    finding: () => (filter.finding === "any" ? t("anyFinding") : words.name(filter.finding)),
  };
  const said =
    named[name]?.() ??
    (typeof value === "string"
      ? value
      : Object.entries(value)
          .map(([key, one]) => `${key} = ${one}`)
          .join(", "));
  return (
    <span className="fchip" title={`${label} ${said}`}>
      {label} <b>{said}</b>
      <button type="button" aria-label={t("removeFilter", { name: `${label} ${said}` })} onClick={onRemove}>
        <Icon name="close" size="x" />
      </button>
    </span>
  );
}

type FieldsProps = Sources & { filter: Filter; set: (change: Partial<Filter>) => void };

function FilterPopover(props: FieldsProps) {
  const { t } = useTranslation("regions");
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
        <Fields {...props} />
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

function Fields({ filter, set, project, classes, members, mayReview }: FieldsProps) {
  const { t } = useTranslation("regions");
  return (
    <div className="rg-fields">
      <MultiSelect
        label={t("filter.class_id")}
        searchable
        data-autofocus
        data={[...classes.values()].map((one) => ({ value: String(one.id), label: one.title || one.name }))}
        value={filter.class_id.map(String)}
        onChange={(ids) => set({ class_id: ids.map(Number) })}
        comboboxProps={inside}
      />
      <MultiSelect
        label={t("filter.shape")}
        data={SHAPES.map((value) => ({ value, label: t(`shape.${value}`) }))}
        value={filter.shape}
        onChange={(shape) => set({ shape })}
        comboboxProps={inside}
      />
      {NUMBERS.map((name) => (
        <LateNumber
          key={name}
          label={t(`filter.${name}`)}
          value={filter[name]}
          onChange={(value) => set({ [name]: value })}
        />
      ))}
      {members.length > 0 && (
        <Select
          label={t("filter.author")}
          searchable
          clearable
          data={members.map((one) => ({ value: String(one.id), label: one.name || one.email }))}
          value={filter.author || null}
          onChange={(author) => set({ author: author ?? "" })}
          comboboxProps={inside}
        />
      )}
      <LateText
        label={t("filter.source")}
        description={t("sourceHelp")}
        value={filter.source}
        onChange={(source) => set({ source })}
      />
      <Select
        label={t("filter.flag")}
        clearable
        data={FLAGS.map((value) => ({ value, label: t(`flag.${value}`) }))}
        value={filter.flag || null}
        onChange={(flag) => set({ flag: flag ?? "" })}
        comboboxProps={inside}
      />
      {mayReview && <FindingField project={project} filter={filter} set={set} />}
      <PairField label={t("filter.attribute")} pairs={filter.attribute} onChange={(attribute) => set({ attribute })} />
      <PairField label={t("filter.metadata")} pairs={filter.metadata} onChange={(metadata) => set({ metadata })} />
    </div>
  );
}

function FindingField({ project, filter, set }: Pick<FieldsProps, "project" | "filter" | "set">) {
  const { t } = useTranslation("regions");
  const words = useFindingWords();
  const { data } = useQuery({
    queryKey: ["project", project, "rules"],
    queryFn: () => api.get<Schemas["RulesOut"]>(`/projects/${project}/quality/rules`),
    staleTime: 60_000,
  });
  const kept = data?.rules.filter((rule) => !rule.told) ?? [];
  return (
    <Select
      label={t("filter.finding")}
      clearable
      data={[
        { value: "any", label: t("anyFinding") },
        ...kept.map(({ code }) => ({ value: code, label: words.name(code) })),
      ]}
      value={filter.finding || null}
      onChange={(finding) => set({ finding: finding ?? "" })}
      comboboxProps={inside}
    />
  );
}

interface LateProps {
  label: string;
  description?: string;
  value: string;
  onChange: (value: string) => void;
}

/** Taken on Enter or when the field is left, so that no search is sent for half a word. */
function LateText({ label, description, value, onChange }: LateProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const take = () => text.trim() !== value && onChange(text.trim());
  return (
    <TextInput
      label={label}
      description={description}
      maxLength={200}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => event.key === "Enter" && take()}
    />
  );
}

function LateNumber({ label, value, onChange }: LateProps) {
  const [text, setText] = useState<string | number>(value);
  useEffect(() => setText(value), [value]);
  const take = () => String(text) !== value && onChange(String(text));
  return (
    <NumberInput
      label={label}
      min={0}
      decimalScale={3}
      value={text}
      onChange={setText}
      onBlur={take}
      onKeyDown={(event) => event.key === "Enter" && take()}
    />
  );
}

/** `name = value`, one at a time. */
function PairField({
  label,
  pairs,
  onChange,
}: {
  label: string;
  pairs: Record<string, string>;
  onChange: (pairs: Record<string, string>) => void;
}) {
  const { t } = useTranslation("regions");
  const words = Object.entries(pairs)
    .map(([name, value]) => `${name} = ${value}`)
    .join("; ");
  return (
    <LateText label={label} description={t("pairHelp")} value={words} onChange={(text) => onChange(pairsOf(text))} />
  );
}

function pairsOf(text: string): Record<string, string> {
  const found = text.split(";").flatMap((part) => {
    const [name, ...value] = part.split("=");
    return name?.trim() && value.length ? [[name.trim(), value.join("=").trim()] as const] : [];
  });
  return Object.fromEntries(found);
}
