import { NumberInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Workflow } from "./draft";

/** How many people may pass a task on before a manager looks at it. */
export function Skips(props: { body: Workflow; readOnly: boolean; onEdit: (next: Workflow) => void }) {
  const { t } = useTranslation("workflow");
  return (
    <NumberInput
      style={{ maxWidth: 280 }}
      label={t("skips")}
      description={t("skipsHelp")}
      min={1}
      max={50}
      allowDecimal={false}
      disabled={props.readOnly}
      value={props.body.skips_to_triage ?? 2}
      onChange={(value) => props.onEdit({ ...props.body, skips_to_triage: Number(value) || 1 })}
    />
  );
}
