import { NumberInput, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Button, Kbd, Swatch } from "@/ui";
import type { Choice } from "./data";

interface QuestionProps {
  /** One key each; null: the answer is typed, or several are chosen. */
  choices: Choice[] | null;
  attribute: Schemas["Attribute"] | undefined;
  /** What was answered before, after going back. */
  chosen: unknown;
  busy: boolean;
  onAnswer: (value: unknown) => void;
}

/** A digit takes its choice wherever the focus is, but in a field. */
function useDigits(count: number, onDigit: (at: number) => void) {
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !/^[0-9]$/.test(event.key)) return;
      if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") return;
      const at = event.key === "0" ? 9 : Number(event.key) - 1;
      if (at >= count) return;
      event.preventDefault();
      onDigit(at);
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  });
}

export function Question(props: QuestionProps) {
  if (props.choices) return <OneOf {...props} choices={props.choices} />;
  if (props.attribute?.kind === "multiselect") return <Several {...props} />;
  return <Typed {...props} />;
}

function OneOf({ choices, chosen, busy, onAnswer }: QuestionProps & { choices: Choice[] }) {
  useDigits(choices.length, (at) => onAnswer(choices[at]!.value));
  return (
    <div className="col" style={{ gap: 6 }}>
      {choices.map((choice) => (
        <ChoiceButton
          key={String(choice.value)}
          choice={choice}
          on={chosen === choice.value}
          busy={busy}
          onClick={() => onAnswer(choice.value)}
        />
      ))}
    </div>
  );
}

interface ChoiceButtonProps {
  choice: Choice;
  on: boolean;
  busy: boolean;
  onClick: () => void;
}

function ChoiceButton({ choice, on, busy, onClick }: ChoiceButtonProps) {
  return (
    <button
      type="button"
      className={`tu-choice ${on ? "on" : ""}`}
      aria-pressed={on}
      aria-disabled={busy}
      onClick={onClick}
    >
      {choice.color && <Swatch color={choice.color} />}
      <span className="el">{choice.label}</span>
      <span className="sp" />
      {choice.key && <Kbd>{choice.key}</Kbd>}
    </button>
  );
}

function Several({ attribute, chosen, busy, onAnswer }: QuestionProps) {
  const { t } = useTranslation("topups");
  const [values, setValues] = useState<string[]>(Array.isArray(chosen) ? chosen : []);
  const gone = new Set(attribute?.archived_options ?? []);
  const options = (attribute?.options ?? []).filter((option) => !gone.has(option));
  const toggle = (option: string) =>
    setValues(values.includes(option) ? values.filter((one) => one !== option) : [...values, option]);
  useDigits(options.length, (at) => toggle(options[at]!));
  return (
    <form
      className="col"
      style={{ gap: 6 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (values.length > 0) onAnswer(values);
      }}
    >
      {options.map((option, at) => (
        <ChoiceButton
          key={option}
          choice={{
            value: option,
            label: attribute?.option_titles?.[option] || option,
            key: at < 10 ? `${(at + 1) % 10}` : undefined,
          }}
          on={values.includes(option)}
          busy={busy}
          onClick={() => toggle(option)}
        />
      ))}
      <Button kind="primary" type="submit" busy={busy} disabled={values.length === 0}>
        {t("take")}
      </Button>
    </form>
  );
}

function Typed({ attribute, chosen, busy, onAnswer }: QuestionProps) {
  const { t } = useTranslation("topups");
  const [value, setValue] = useState<string | number>(
    typeof chosen === "string" || typeof chosen === "number" ? chosen : "",
  );
  const label = attribute?.title || attribute?.name || t("answer");
  return (
    <form
      className="col"
      style={{ gap: 6 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (value !== "") onAnswer(value);
      }}
    >
      {attribute?.kind === "number" ? (
        <NumberInput
          aria-label={label}
          autoFocus
          min={attribute.minimum ?? undefined}
          max={attribute.maximum ?? undefined}
          value={value}
          onChange={setValue}
        />
      ) : (
        <TextInput
          aria-label={label}
          autoFocus
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
      )}
      <Button kind="primary" type="submit" keys="Enter" busy={busy} disabled={value === ""}>
        {t("take")}
      </Button>
    </form>
  );
}
