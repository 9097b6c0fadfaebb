import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useFormat } from "@/ui";

type Said = Pick<Schemas["Finding"], "rule" | "detail" | "values">;

const SHARES = ["share", "asked", "margin", "usual"];

/** A check's name and what it says of a region, in the reader's language; the server's sentence where there is none. */
export function useFindingWords() {
  const { t } = useTranslation("findings");
  const { number, percent } = useFormat();
  return {
    name: (rule: string) => t(`rule.${rule}`, { defaultValue: rule }),
    level: (finding: { severity: string; blocks?: boolean }) =>
      t(`level.${finding.blocks ? "stop" : finding.severity === "error" ? "stop" : finding.severity}`),
    detail: ({ rule, detail, values }: Said) => {
      const given = values ?? {};
      const said: Record<string, string> = {};
      for (const [name, value] of Object.entries(given)) {
        said[name] = typeof value === "number" ? number(value, decimalsOf(value)) : value;
        if (SHARES.includes(name) && typeof value === "number") said[`${name}Percent`] = percent(value);
      }
      return t(`detail.${rule}${variantOf(rule, given)}`, { ...said, defaultValue: detail });
    },
  };
}

/** How many decimals a number is written with: as many as it has, at most three. */
export const decimalsOf = (value: number): number =>
  Number.isInteger(value) ? 0 : (value.toFixed(3).replace(/0+$/, "").split(".")[1]?.length ?? 0);

function variantOf(rule: string, values: Record<string, unknown>): string {
  const variant = values.why ?? values.by ?? values.how ?? (rule === "tiny" && "class" in values ? "class" : null);
  return variant ? `_${variant}` : "";
}
