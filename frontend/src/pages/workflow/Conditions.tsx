import { MultiSelect, Select, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Project } from "@/app/project";
import { useSchema } from "@/app/schema";
import type { Predicate } from "./draft";
import { Percent, Whole } from "./Numbers";

const KINDS = ["class_present", "has_findings", "agreement_below", "score_below", "has_tag"] as const;
const ALWAYS = "always";

interface ConditionProps {
  project: Project;
  label: string;
  help?: string;
  /** There is no "always". */
  required?: boolean;
  value: Predicate | null;
  onChange: (value: Predicate | null) => void;
}

/** One condition. Those put together by any, all or not are written in the JSON and kept here. */
export function Condition({ project, label, help, required, value, onChange }: ConditionProps) {
  const { t } = useTranslation("workflow");
  const joined = value !== null && !(KINDS as readonly string[]).includes(value.kind);
  const choices = [...(required ? [] : [ALWAYS]), ...KINDS, ...(joined ? [value.kind] : [])].map((kind) => ({
    value: kind,
    label: t(`condition.${kind}`),
  }));
  return (
    <div className="col" style={{ gap: 8 }}>
      <Select
        label={label}
        description={help}
        allowDeselect={false}
        value={value?.kind ?? ALWAYS}
        data={choices}
        onChange={(kind) => onChange(kind === ALWAYS || kind === null ? null : usual(kind))}
      />
      {joined && <p className="xs t2">{t("conditionJoined")}</p>}
      {value && <Values project={project} value={value} onChange={onChange} />}
    </div>
  );
}

function usual(kind: string): Predicate {
  if (kind === "class_present") return { kind, classes: [] };
  if (kind === "has_tag") return { kind, key: "", values: [] };
  if (kind === "agreement_below" || kind === "score_below") return { kind, value: 0.5 };
  return { kind: "has_findings", at_least: 1 };
}

interface ValuesProps {
  project: Project;
  value: Predicate;
  onChange: (value: Predicate) => void;
}

function Values({ project, value, onChange }: ValuesProps) {
  const { t } = useTranslation("workflow");
  const classes = useSchema(project.id).data?.body.classes ?? [];
  if (value.kind === "class_present")
    return (
      <MultiSelect
        aria-label={t("condition.class_present")}
        placeholder={value.classes.length === 0 ? t("chooseClasses") : undefined}
        error={value.classes.length === 0 ? t("chooseClasses") : undefined}
        value={value.classes.map(String)}
        data={classes.map((one) => ({ value: String(one.id), label: one.title || one.name }))}
        onChange={(chosen) => onChange({ ...value, classes: chosen.map(Number) })}
      />
    );
  if (value.kind === "has_findings")
    return (
      <Whole
        label={t("atLeast")}
        max={10_000}
        width={140}
        value={value.at_least ?? 1}
        onChange={(at_least) => onChange({ ...value, at_least })}
      />
    );
  if (value.kind === "agreement_below" || value.kind === "score_below")
    return (
      <Percent
        label={t("below")}
        width={140}
        value={value.value}
        onChange={(next) => onChange({ ...value, value: next })}
      />
    );
  if (value.kind === "has_tag")
    return (
      <div className="row g6" style={{ alignItems: "flex-start" }}>
        <TextInput
          style={{ flex: 1 }}
          label={t("tagKey")}
          maxLength={100}
          error={value.key === "" ? t("tagKeyMissing") : undefined}
          value={value.key}
          onChange={(event) => onChange({ ...value, key: event.currentTarget.value })}
        />
        <TagsInput
          style={{ flex: 2 }}
          label={t("tagValues")}
          maxTags={100}
          error={value.values.length === 0 ? t("tagValuesMissing") : undefined}
          value={value.values}
          onChange={(values) => onChange({ ...value, values })}
        />
      </div>
    );
  return null;
}
