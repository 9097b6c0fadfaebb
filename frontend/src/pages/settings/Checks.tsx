import { NumberInput, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { decimalsOf, useFindingWords } from "@/app/findingWords";
import type { Project } from "@/app/project";
import { Seg, useFormat } from "@/ui";
import { Block } from "./Block";
import { CheckLines } from "./CheckLines";
import { type Choices, chosenRule, type Level, withRule } from "./checks";
import { useChangeProject } from "./General";
import "./checks.css";

type Rule = Schemas["RuleOut"];
const LEVELS: readonly Level[] = ["info", "warning", "stop"];

interface ChecksProps {
  project: Project;
  readOnly: boolean;
}

/** Which checks run, how grave each is, and what they ask: saved as one. */
export function Checks({ project, readOnly }: ChecksProps) {
  const { t } = useTranslation("findings");
  const saved = (project.settings as { checks: Choices }).checks;
  const [choices, setChoices] = useState(saved);
  const change = useChangeProject(project);
  const { data } = useQuery({
    queryKey: ["project", project.id, "rules"],
    queryFn: () => api.get<Schemas["RulesOut"]>(`/projects/${project.id}/quality/rules`),
  });
  const measured = Object.keys(data?.measured ?? {}).length;
  return (
    <Block
      id="checks"
      title={t("settings.title")}
      lead={t("settings.lead")}
      readOnly={readOnly}
      wide
      changed={JSON.stringify(choices) !== JSON.stringify(saved)}
      busy={change.isPending}
      error={change.error}
      onSave={() => change.mutate({ settings: { checks: choices } })}
      onReset={() => setChoices(saved)}
    >
      <p className="sm t3">{measured > 0 ? t("settings.measured", { count: measured }) : t("settings.notMeasured")}</p>
      <div className="ck-list">
        {data?.rules.map((rule) => (
          <RuleRow key={rule.code} rule={rule} choices={choices} readOnly={readOnly} onChange={setChoices} />
        ))}
      </div>
      <CheckLines project={project.id} choices={choices} readOnly={readOnly} onChange={setChoices} />
    </Block>
  );
}

interface RuleRowProps {
  rule: Rule;
  choices: Choices;
  readOnly: boolean;
  onChange: (choices: Choices) => void;
}

function RuleRow({ rule, choices, readOnly, onChange }: RuleRowProps) {
  const { t } = useTranslation("findings");
  const words = useFindingWords();
  const chosen = chosenRule(choices, rule.code);
  const name = words.name(rule.code);
  const set = (part: Partial<typeof chosen>) => onChange(withRule(choices, rule, part));
  return (
    <fieldset className={`ck-row ${chosen.on ? "" : "off"}`} aria-label={name}>
      <Switch
        size="xs"
        aria-label={`${t("settings.on")}: ${name}`}
        checked={chosen.on}
        onChange={(event) => set({ on: event.currentTarget.checked })}
      />
      <div className="ck-text">
        <div className="row g6">
          <span className="m">{name}</span>
          {rule.when === "submit" && <span className="t3 xs">{t("settings.atSubmit")}</span>}
        </div>
        <p className="sm t2">{t(`help.${rule.code}`)}</p>
        {chosen.on && rule.parameters.length > 0 && (
          <div className="row g12 ck-parameters">
            {rule.parameters.map((parameter) => (
              <Parameter
                key={parameter.name}
                parameter={parameter}
                value={chosen.parameters[parameter.name] ?? null}
                onChange={(value) => set({ parameters: { ...chosen.parameters, [parameter.name]: value } })}
              />
            ))}
          </div>
        )}
      </div>
      {rule.told ? (
        <span className="chip">{t("level.info")}</span>
      ) : (
        <Seg
          label={`${t("settings.level")}: ${name}`}
          value={chosen.level ?? rule.level}
          onChange={(level) => chosen.on && !readOnly && set({ level })}
          options={LEVELS.map((value) => ({ value, label: t(`level.${value}`) }))}
        />
      )}
    </fieldset>
  );
}

interface ParameterProps {
  parameter: Schemas["RuleParameter"];
  /** null: as the rule itself says. */
  value: number | null;
  onChange: (value: number | null) => void;
}

function Parameter({ parameter, value, onChange }: ParameterProps) {
  const { t } = useTranslation("findings");
  const format = useFormat();
  return (
    <NumberInput
      size="xs"
      label={t(`settings.parameter.${parameter.name}`)}
      placeholder={t("settings.default", { value: format.number(parameter.default, decimalsOf(parameter.default)) })}
      min={parameter.least}
      max={parameter.most}
      step={parameter.most <= 2 ? 0.05 : 1}
      decimalScale={3}
      value={value ?? ""}
      onChange={(next) => onChange(next === "" ? null : Number(next))}
    />
  );
}
