import { NumberInput, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Button, IconButton } from "@/ui";
import type { Choices } from "./checks";

const MOST_LINES = 200;

interface LinesProps {
  project: number;
  choices: Choices;
  readOnly: boolean;
  onChange: (choices: Choices) => void;
}

/** What the rules over a whole image ask: counts, classes kept apart, and how text is written. */
export function CheckLines({ project, choices, readOnly, onChange }: LinesProps) {
  const { t } = useTranslation("findings");
  const { data } = useQuery({
    queryKey: ["project", project, "schema"],
    queryFn: () => api.get<Schemas["SchemaOut"]>(`/projects/${project}/schema`),
    staleTime: 60_000,
  });
  const classes = (data?.body.classes ?? []).filter((one) => !one.archived);
  const options = classes.map((one) => ({ value: String(one.id), label: one.title || one.name }));
  const texts = [
    ...new Set(
      classes.flatMap((one) => (one.attributes ?? []).filter(({ kind }) => kind === "text").map(({ name }) => name)),
    ),
  ];
  const first = classes[0]?.id;
  const second = classes[1]?.id;
  const part = { readOnly };
  return (
    <>
      <Lines
        {...part}
        title={t("settings.counts")}
        lines={choices.counts}
        fresh={first === undefined ? null : { class: first, least: 1, most: null }}
        onChange={(counts) => onChange({ ...choices, counts })}
      >
        {(line, set) => (
          <>
            <ClassChoice
              label={t("settings.class")}
              options={options}
              value={line.class}
              onChange={(id) => set({ ...line, class: id })}
            />
            <NumberInput
              label={t("settings.least")}
              min={0}
              max={line.most ?? 1_000_000}
              allowDecimal={false}
              value={line.least ?? 0}
              onChange={(value) => set({ ...line, least: Number(value) || 0 })}
            />
            <NumberInput
              label={t("settings.most")}
              placeholder={t("settings.noLimit")}
              min={line.least ?? 0}
              max={1_000_000}
              allowDecimal={false}
              value={line.most ?? ""}
              onChange={(value) => set({ ...line, most: value === "" ? null : Number(value) })}
            />
          </>
        )}
      </Lines>
      <Lines
        {...part}
        title={t("settings.apart")}
        lines={choices.apart}
        fresh={first === undefined || second === undefined ? null : { class: first, other: second }}
        onChange={(apart) => onChange({ ...choices, apart })}
      >
        {(line, set) => (
          <>
            <ClassChoice
              label={t("settings.class")}
              options={options.filter(({ value }) => value !== String(line.other))}
              value={line.class}
              onChange={(id) => set({ ...line, class: id })}
            />
            <ClassChoice
              label={t("settings.other")}
              options={options.filter(({ value }) => value !== String(line.class))}
              value={line.other}
              onChange={(id) => set({ ...line, other: id })}
            />
          </>
        )}
      </Lines>
      <Lines
        {...part}
        title={t("settings.names")}
        lead={texts.length === 0 ? t("settings.noText") : t("settings.patternHelp")}
        lines={choices.names}
        fresh={texts[0] === undefined ? null : { attribute: texts[0], pattern: "*" }}
        onChange={(names) => onChange({ ...choices, names })}
      >
        {(line, set) => (
          <>
            <Select
              label={t("settings.attribute")}
              data={[...new Set([...texts, line.attribute])]}
              allowDeselect={false}
              value={line.attribute}
              onChange={(attribute) => attribute && set({ ...line, attribute })}
            />
            <TextInput
              label={t("settings.pattern")}
              maxLength={200}
              required
              value={line.pattern}
              onChange={(event) => set({ ...line, pattern: event.currentTarget.value })}
            />
          </>
        )}
      </Lines>
    </>
  );
}

interface ClassChoiceProps {
  label: string;
  options: { value: string; label: string }[];
  value: number;
  onChange: (id: number) => void;
}

function ClassChoice({ label, options, value, onChange }: ClassChoiceProps) {
  return (
    <Select
      label={label}
      data={options}
      allowDeselect={false}
      value={String(value)}
      onChange={(id) => id && onChange(Number(id))}
    />
  );
}

interface PartProps<T> {
  title: string;
  lead?: string;
  lines: T[];
  /** A line to begin with; null: there is nothing to choose from. */
  fresh: T | null;
  readOnly: boolean;
  onChange: (lines: T[]) => void;
  children: (line: T, set: (line: T) => void) => ReactNode;
}

function Lines<T>({ title, lead, lines, fresh, readOnly, onChange, children }: PartProps<T>) {
  const { t } = useTranslation("findings");
  return (
    <fieldset className="ck-lines col g6" aria-label={title}>
      <h3>{title}</h3>
      {lead && <p className="sm t3">{lead}</p>}
      {lines.map((line, index) => (
        <div key={index} className="row g6 ck-line">
          {children(line, (next) => onChange(lines.map((one, at) => (at === index ? next : one))))}
          {!readOnly && (
            <IconButton
              icon="close"
              label={t("settings.remove")}
              onClick={() => onChange(lines.filter((_, at) => at !== index))}
            />
          )}
        </div>
      ))}
      {!readOnly && fresh !== null && lines.length < MOST_LINES && (
        <div>
          <Button size="s" icon="plus" onClick={() => onChange([...lines, fresh])}>
            {t("settings.add")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
