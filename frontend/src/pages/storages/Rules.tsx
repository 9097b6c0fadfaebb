import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { SCHEDULES, type Source, VANISHED } from "./sources";

export type RulesValue = Pick<Source, "every_minutes" | "vanished">;

/** When a source is looked at, and what becomes of items whose file went. */
export function Rules({ value, onChange }: { value: RulesValue; onChange: (value: RulesValue) => void }) {
  const { t } = useTranslation("storages");
  const own = value.every_minutes === null ? "" : String(value.every_minutes);
  const choices: string[] = SCHEDULES.some((one) => one === own) ? [...SCHEDULES] : [...SCHEDULES, own];
  return (
    <>
      <Select
        label={t("source.schedule")}
        value={own}
        allowDeselect={false}
        data={choices.map((minutes) => ({
          value: minutes,
          label: t(minutes === "" ? "every.asked" : `every.${minutes}`, {
            defaultValue: t("everyMinutes", { minutes }),
          }),
        }))}
        onChange={(minutes) => onChange({ ...value, every_minutes: minutes ? Number(minutes) : null })}
      />
      <Select
        label={t("source.vanished")}
        value={value.vanished}
        allowDeselect={false}
        data={VANISHED.map((one) => ({ value: one, label: t(`vanished.${one}`) }))}
        onChange={(one) => onChange({ ...value, vanished: one ?? "keep" })}
      />
    </>
  );
}
