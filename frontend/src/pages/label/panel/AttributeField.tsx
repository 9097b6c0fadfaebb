import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AttributeValue, SchemaAttribute } from "@/engine/types";
import { MOST_CHOICES } from "../work/useAsking";
import { isAnswered } from "../work/words";

const MOST_SEGMENTS = 5;

interface AttributeFieldProps {
  attribute: SchemaAttribute;
  /** undefined: differs between the selected regions. */
  value: AttributeValue | undefined;
  readOnly: boolean;
  /** Digits answer it though the canvas has the focus. */
  asked?: boolean;
  onChange: (value: AttributeValue) => void;
  /** One of the offered answers was given, by digit or click. */
  onAnswered?: () => void;
  /** Enter: on to the next field, or back to the canvas after the last. */
  onNext: (from: HTMLElement) => void;
  onLeave: () => void;
}

/** One question. Digits answer it while it has the focus; Enter goes on, Escape returns to the canvas. */
export function AttributeField(props: AttributeFieldProps) {
  const { attribute, value, asked, onNext, onLeave } = props;
  const { t } = useTranslation("label");
  const id = useId();
  const missing = attribute.required && !isAnswered(value);
  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") onLeave();
    else if (event.key === "Enter" && !(event.target instanceof HTMLTextAreaElement)) onNext(event.currentTarget);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the control inside that has the focus
    <div className="f" data-field data-asked={asked || undefined} onKeyDown={onKeyDown}>
      <span className={`el ${missing ? "warn" : ""}`} id={id} title={attribute.title || attribute.name}>
        {attribute.title || attribute.name}
        {missing && <span title={t("attributes.required")}>&thinsp;*</span>}
      </span>
      <Control {...props} labelledBy={id} />
    </div>
  );
}

function Control(props: AttributeFieldProps & { labelledBy: string }) {
  const { attribute, value, readOnly, onChange, labelledBy } = props;
  const { t } = useTranslation("label");
  if (attribute.kind === "boolean")
    return (
      <Segments
        {...props}
        options={[
          { value: true, label: t("attributes.yes") },
          { value: false, label: t("attributes.no") },
        ]}
      />
    );
  const options = (attribute.options ?? []).map((option) => ({ value: option, label: option }));
  if (attribute.kind === "multiselect") return <Toggles {...props} options={options} />;
  if (attribute.kind === "select")
    return options.length <= MOST_CHOICES ? (
      <Segments {...props} options={options} />
    ) : (
      <select
        className="in s lw-select"
        aria-labelledby={labelledBy}
        disabled={readOnly}
        value={typeof value === "string" ? value : ""}
        onChange={(event) => onChange(event.currentTarget.value || null)}
      >
        <option value="">{value === undefined ? t("attributes.mixed") : "–"}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    );
  return <TextControl {...props} />;
}

interface Option {
  value: string | boolean;
  label: string;
}

function Segments({
  attribute,
  value,
  readOnly,
  asked,
  onChange,
  onAnswered,
  labelledBy,
  options,
}: AttributeFieldProps & { labelledBy: string; options: Option[] }) {
  const inOneRow = options.length <= MOST_SEGMENTS && options.map(({ label }) => label).join("").length <= 30;
  const [focused, setFocused] = useState(false);
  const group = useRef<HTMLDivElement>(null);
  const at = options.findIndex((option) => option.value === value);
  function choose(option: Option | undefined) {
    if (!option || readOnly) return;
    onChange(option.value === value && !attribute.required ? null : option.value);
    onAnswered?.();
  }
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const digit = /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.altKey ? Number(event.key) : null;
    if (step) {
      const next = options[(Math.max(at, 0) + (at < 0 ? 0 : step) + options.length) % options.length];
      if (next && !readOnly) onChange(next.value);
      group.current?.querySelectorAll<HTMLElement>("button")[options.indexOf(next as Option)]?.focus();
    } else if (digit) choose(options[digit - 1]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <div
      ref={group}
      className={`${inOneRow ? "seg" : "lw-toggles"} ${asked ? "asked" : ""}`}
      role="radiogroup"
      aria-labelledby={labelledBy}
      aria-disabled={readOnly}
      onKeyDown={onKeyDown}
      onFocus={() => setFocused(true)}
      onBlur={(event) => setFocused(event.currentTarget.contains(event.relatedTarget))}
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a native radio cannot show its digit
        <button
          key={String(option.value)}
          type="button"
          role="radio"
          aria-checked={index === at}
          tabIndex={index === Math.max(at, 0) ? 0 : -1}
          className={`${inOneRow ? "" : "chip line"} ${index === at ? "on" : ""}`}
          disabled={readOnly}
          onClick={() => choose(option)}
        >
          {(focused || asked) && (
            <span aria-hidden="true">
              <kbd>{index + 1}</kbd>
            </span>
          )}
          {option.label}
        </button>
      ))}
    </div>
  );
}

function Toggles({
  value,
  readOnly,
  onChange,
  labelledBy,
  options,
}: AttributeFieldProps & { labelledBy: string; options: Option[] }) {
  const chosen = Array.isArray(value) ? value : [];
  const toggle = (name: string) =>
    onChange(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  function onKeyDown(event: KeyboardEvent) {
    const option = /^[1-9]$/.test(event.key) ? options[Number(event.key) - 1] : undefined;
    if (!option || readOnly) return;
    toggle(String(option.value));
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has no room in this grid
    <div className="lw-toggles" role="group" aria-labelledby={labelledBy} onKeyDown={onKeyDown}>
      {options.map((option, index) => (
        <button
          key={String(option.value)}
          type="button"
          className={`chip ${chosen.includes(String(option.value)) ? "on" : "line"}`}
          aria-pressed={chosen.includes(String(option.value))}
          disabled={readOnly}
          title={String(index + 1)}
          onClick={() => toggle(String(option.value))}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

function TextControl({
  attribute,
  value,
  readOnly,
  onChange,
  labelledBy,
}: AttributeFieldProps & { labelledBy: string }) {
  const { t } = useTranslation("label");
  const shown = value === undefined || value === null ? "" : String(value);
  const [text, setText] = useState(shown);
  const [last, setLast] = useState(shown);
  if (last !== shown) {
    setLast(shown);
    setText(shown);
  }
  function keep() {
    if (text === shown) return;
    if (attribute.kind !== "number") return onChange(text === "" ? null : text);
    const number = Number(text.replace(",", "."));
    if (text.trim() === "") onChange(null);
    else if (Number.isFinite(number)) onChange(number);
    else setText(shown);
  }
  return (
    <input
      className="in s"
      inputMode={attribute.kind === "number" ? "decimal" : "text"}
      aria-labelledby={labelledBy}
      placeholder={value === undefined ? t("attributes.mixed") : undefined}
      disabled={readOnly}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => event.key === "Enter" && keep()}
    />
  );
}
