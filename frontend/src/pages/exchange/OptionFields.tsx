import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";

export type Chosen = Record<string, string>;

/** One field for each option of a format; what is not chosen stays the format's own choice. */
export function OptionFields({
  options,
  value,
  onChange,
}: {
  options: Schemas["FormatOption"][];
  value: Chosen;
  onChange: (value: Chosen) => void;
}) {
  const { t, i18n } = useTranslation("exchange");
  const set = (name: string, chosen: string | null) => {
    const { [name]: _, ...rest } = value;
    onChange(chosen ? { ...rest, [name]: chosen } : rest);
  };
  const worded = (key: string, otherwise: string) => (i18n.exists(key, { ns: "exchange" }) ? t(key) : otherwise);
  return options.map(({ name, choices }) => {
    const label = worded(`option.${name}.label`, name);
    if (choices.length === 0)
      return (
        <TextInput
          key={name}
          label={label}
          value={value[name] ?? ""}
          onChange={(event) => set(name, event.currentTarget.value)}
        />
      );
    return (
      <Select
        key={name}
        label={label}
        placeholder={t("ownChoice")}
        clearable
        value={value[name] ?? null}
        data={choices.map((choice) => ({ value: choice, label: worded(`option.${name}.${choice}`, choice) }))}
        onChange={(chosen) => set(name, chosen)}
      />
    );
  });
}
