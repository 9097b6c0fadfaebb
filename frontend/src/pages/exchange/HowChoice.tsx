import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Seg } from "@/ui";

type Mode = Schemas["ImportOut"]["mode"];
type Entry = Schemas["ImportOut"]["enter"];
const MODES: Mode[] = ["append", "merge", "replace", "predictions", "gold"];
const ENTRIES: Entry[] = ["accepted", "review", "draft"];

/** What a file does to what stands on its images, where its annotations enter, and whose they are. */
export interface How {
  mode: Mode;
  enter: Entry;
  source: string;
}
export const USUAL: How = { mode: "append", enter: "accepted", source: "" };

/** Whether these are kept beside the work, and enter nowhere. */
export const isBeside = (mode: Mode) => mode === "predictions" || mode === "gold";

export function HowChoice({
  value,
  onChange,
  mayGold,
}: {
  value: How;
  onChange: (how: How) => void;
  mayGold: boolean;
}) {
  const { t } = useTranslation("exchange");
  const modes = MODES.filter((mode) => mode !== "gold" || mayGold);
  return (
    <>
      <Select
        label={t("how")}
        value={value.mode}
        allowDeselect={false}
        data={modes.map((mode) => ({ value: mode, label: t(`modes.${mode}`) }))}
        description={t(`modes.${value.mode}Help`)}
        inputWrapperOrder={["label", "input", "description"]}
        onChange={(mode) => mode && onChange({ ...value, mode: mode as Mode })}
      />
      {!isBeside(value.mode) && (
        <div>
          <div className="sm m" style={{ marginBottom: 4 }}>
            {t("mode")}
          </div>
          <Seg
            label={t("mode")}
            value={value.enter}
            onChange={(enter) => onChange({ ...value, enter })}
            options={ENTRIES.map((enter) => ({ value: enter, label: t(`enters.${enter}`) }))}
          />
          <p className="xs t3" style={{ marginTop: 4 }}>
            {t(`enters.${value.enter}Help`)}
          </p>
        </div>
      )}
      <TextInput
        label={t(value.mode === "predictions" ? "model" : "source")}
        description={t(value.mode === "predictions" ? "modelHelp" : "sourceHelp")}
        maxLength={120}
        value={value.source}
        onChange={(event) => onChange({ ...value, source: event.currentTarget.value })}
      />
    </>
  );
}
