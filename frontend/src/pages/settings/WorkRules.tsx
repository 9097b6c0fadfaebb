import { NumberInput, Switch, TagsInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Block } from "./Block";
import { useChangeProject } from "./General";

type Settings = Required<Schemas["ProjectSettings"]>;
const LISTS = ["reject_reasons", "unusable_reasons", "skip_reasons"] as const;
const SWITCHES = ["pseudonyms", "amodal", "auto_advance", "possible_misses", "resolve_issues", "semantic"] as const;
const MINUTE = 60; // seconds

interface RulesProps {
  project: Project;
  readOnly: boolean;
}

/** How long work is held, what reasons are offered, and who sees what. */
export function WorkRules({ project, readOnly }: RulesProps) {
  const { t } = useTranslation("settings");
  const saved = { ...(project.settings as Settings), blind: project.blind };
  const [fields, setFields] = useState(saved);
  const set = (change: Partial<typeof fields>) => setFields({ ...fields, ...change });
  const change = useChangeProject(project);
  function save() {
    const { blind, ...settings } = fields;
    const changed = Object.fromEntries(
      Object.entries(settings).filter(([name, value]) => {
        return JSON.stringify(value) !== JSON.stringify(saved[name as keyof Settings]);
      }),
    );
    change.mutate({ blind, settings: changed });
  }
  return (
    <Block
      id="rules"
      title={t("rules.title")}
      readOnly={readOnly}
      changed={JSON.stringify(fields) !== JSON.stringify(saved)}
      busy={change.isPending}
      error={change.error}
      onSave={save}
      onReset={() => setFields(saved)}
    >
      <Times fields={fields} set={set} />
      <Caps fields={fields} set={set} />
      <NumberInput
        label={t("rules.probation")}
        description={t("rules.probationHelp")}
        min={0}
        max={10_000}
        allowDecimal={false}
        value={fields.probation}
        onChange={(value) => value !== "" && set({ probation: Number(value) })}
      />
      <NumberInput
        label={t("rules.withoutPredictions")}
        description={t("rules.withoutPredictionsHelp")}
        min={0}
        max={90}
        allowDecimal={false}
        disabled={readOnly}
        value={Math.round((fields.without_predictions ?? 0) * 100)}
        onChange={(value) => value !== "" && set({ without_predictions: Number(value) / 100 })}
      />
      {LISTS.map((name) => (
        <TagsInput
          key={name}
          label={t(`rules.${name}`)}
          description={t("rules.listHelp")}
          maxTags={40}
          disabled={readOnly}
          value={fields[name]}
          onChange={(values) => set({ [name]: values })}
        />
      ))}
      <Switch
        label={t("rules.blind")}
        description={t("rules.blindHelp")}
        checked={fields.blind}
        onChange={(event) => set({ blind: event.currentTarget.checked })}
      />
      {SWITCHES.map((name) => (
        <Switch
          key={name}
          label={t(`rules.${name}`)}
          description={t(`rules.${name}Help`)}
          checked={fields[name]}
          onChange={(event) => set({ [name]: event.currentTarget.checked })}
        />
      ))}
      <Figures fields={fields} set={set} readOnly={readOnly} />
      {fields.semantic && (
        <NumberInput
          label={t("rules.coverage")}
          description={t("rules.coverageHelp")}
          min={0}
          max={100}
          decimalScale={2}
          disabled={readOnly}
          value={fields.coverage * 100}
          onChange={(value) => value !== "" && set({ coverage: Number(value) / 100 })}
        />
      )}
    </Block>
  );
}

/** What quality is aimed at, and what time costs. */
function Figures({ fields, set, readOnly }: TimesProps & { readOnly: boolean }) {
  const { t } = useTranslation("settings");
  const cost = fields.hourly_cost;
  return (
    <>
      <NumberInput
        label={t("rules.quality_target")}
        description={t("rules.quality_targetHelp")}
        min={1}
        max={99}
        disabled={readOnly}
        value={Math.round(fields.quality_target * 100)}
        onChange={(value) => value !== "" && set({ quality_target: Number(value) / 100 })}
      />
      <div className="row g6" style={{ alignItems: "end" }}>
        {(["annotate", "review"] as const).map((name) => (
          <NumberInput
            key={name}
            label={t(`rules.hourly_${name}`)}
            description={t("rules.hourlyHelp")}
            min={0}
            max={100_000}
            decimalScale={2}
            disabled={readOnly}
            value={cost[name] ?? 0}
            onChange={(value) => value !== "" && set({ hourly_cost: { ...cost, [name]: Number(value) } })}
          />
        ))}
        <TextInput
          label={t("rules.hourly_currency")}
          maxLength={3}
          w={90}
          disabled={readOnly}
          value={cost.currency ?? ""}
          onChange={(event) => set({ hourly_cost: { ...cost, currency: event.currentTarget.value.toUpperCase() } })}
        />
      </div>
    </>
  );
}

interface TimesProps {
  fields: Settings;
  set: (change: Partial<Settings>) => void;
}

function Times({ fields, set }: TimesProps) {
  const { t } = useTranslation("settings");
  return (
    <div className="row g12" style={{ alignItems: "flex-start" }}>
      <NumberInput
        style={{ flex: 1 }}
        label={t("rules.lease")}
        description={t("rules.leaseHelp")}
        min={0.1}
        max={1440}
        decimalScale={2}
        value={fields.lease_seconds / MINUTE}
        onChange={(value) => value !== "" && set({ lease_seconds: Math.round(Number(value) * MINUTE) })}
      />
      <NumberInput
        style={{ flex: 1 }}
        label={t("rules.hold")}
        description={t("rules.holdHelp")}
        min={0}
        max={720}
        decimalScale={2}
        value={fields.hold_hours}
        onChange={(value) => value !== "" && set({ hold_hours: Number(value) })}
      />
    </div>
  );
}

const MOST_CAP = 1_000_000;

function Caps({ fields, set }: TimesProps) {
  const { t } = useTranslation("settings");
  return (
    <div className="row g12" style={{ alignItems: "flex-start" }}>
      {(["cap_open", "cap_day"] as const).map((name) => (
        <NumberInput
          key={name}
          style={{ flex: 1 }}
          label={t(`rules.${name}`)}
          description={t(`rules.${name}Help`)}
          min={1}
          max={MOST_CAP}
          allowDecimal={false}
          value={fields[name] ?? ""}
          onChange={(value) => set({ [name]: value === "" ? null : Number(value) })}
        />
      ))}
    </div>
  );
}
