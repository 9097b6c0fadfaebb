import type { Schemas } from "@/api/types";

export type Level = "info" | "warning" | "stop";
export type Choices = Required<Schemas["Choices"]>;
type Rule = Schemas["RuleOut"];

interface Chosen {
  on: boolean;
  level: Level | null;
  parameters: Record<string, number | null>;
}

/** What the project chose for one rule; a rule it says nothing about runs as it is. */
export function chosenRule(choices: Choices, code: string): Chosen {
  const rule = choices.rules[code];
  return { on: rule?.on ?? true, level: rule?.level ?? null, parameters: { ...rule?.parameters } };
}

/** The choices with one rule changed. What equals the rule's own default is left out, so that defaults may improve. */
export function withRule(choices: Choices, rule: Rule, part: Partial<Chosen>): Choices {
  const next = { ...chosenRule(choices, rule.code), ...part };
  const parameters = Object.fromEntries(
    Object.entries(next.parameters).filter((entry): entry is [string, number] => {
      const [name, value] = entry;
      return value !== null && value !== rule.parameters.find((one) => one.name === name)?.default;
    }),
  );
  const level = next.level === rule.level ? null : next.level;
  const said = {
    ...(!next.on && { on: false }),
    ...(level && { level }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
  const { [rule.code]: _, ...others } = choices.rules;
  return { ...choices, rules: Object.keys(said).length > 0 ? { ...others, [rule.code]: said } : others };
}
