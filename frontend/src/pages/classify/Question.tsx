import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import type { AttributeValue, SchemaAttribute } from "@/engine/types";
import { Button, Kbd } from "@/ui";
import { keyOf } from "../label/work/chords";
import { optionsOf } from "./questions";

interface QuestionProps {
  editor: Editor;
  attribute: SchemaAttribute;
  /** Keys answer this one. */
  current: boolean;
  value: AttributeValue;
  readOnly: boolean;
  onAnswer: (value: AttributeValue) => void;
  onFocus: () => void;
  onGoOn: () => void;
}

export function Question(props: QuestionProps) {
  const { editor, attribute, current, value, readOnly, onAnswer, onFocus, onGoOn } = props;
  const { t } = useTranslation("classify");
  const title = attribute.title || attribute.name;
  if (attribute.kind === "text" || attribute.kind === "number") return <WrittenAnswer {...props} />;
  const several = attribute.kind === "multiselect";
  const isOn = (option: string | boolean) => (Array.isArray(value) ? value.includes(String(option)) : value === option);
  return (
    <section aria-label={title} onPointerDown={onFocus} style={{ opacity: current ? 1 : 0.75 }}>
      <div className="lw-question">
        <h2>{title}</h2>
        {several && <div className="xs t3">{t("several")}</div>}
      </div>
      {optionsOf(attribute).map((option) => (
        <button
          type="button"
          key={String(option.value)}
          className={`lw-answer ${isOn(option.value) ? "on" : ""}`}
          aria-pressed={isOn(option.value)}
          disabled={readOnly}
          onClick={() => onAnswer(option.value)}
        >
          {current && option.key && keyOf(editor, `answer.${option.key}`) ? (
            <Kbd>{keyOf(editor, `answer.${option.key}`) ?? ""}</Kbd>
          ) : (
            <span className="lw-nokey" />
          )}
          {typeof option.value === "boolean" ? t(option.value ? "yes" : "no") : option.value}
        </button>
      ))}
      {several && current && (
        <Button kind="quiet" keys={keyOf(editor, "answer.goOn")} onClick={onGoOn} style={{ margin: "0 8px" }}>
          {t("goOn")}
        </Button>
      )}
    </section>
  );
}

function WrittenAnswer({ attribute, current, value, readOnly, onAnswer, onFocus, onGoOn }: QuestionProps) {
  const { t } = useTranslation("classify");
  const [text, setText] = useState(value === null ? "" : String(value));
  const input = useRef<HTMLInputElement>(null);
  const title = attribute.title || attribute.name;
  useEffect(() => {
    if (current) input.current?.focus();
  }, [current]);
  function keep(): boolean {
    const number = Number(text.replace(",", "."));
    if (text.trim() === "") onAnswer(null);
    else if (attribute.kind === "text") onAnswer(text);
    else if (Number.isFinite(number)) onAnswer(number);
    else return false;
    return true;
  }
  return (
    <section aria-label={title} className="lw-question" onPointerDown={onFocus}>
      <h2>{title}</h2>
      <input
        ref={input}
        className="in"
        style={{ width: "100%", marginTop: 6, color: "var(--lw-text)" }}
        aria-label={title}
        inputMode={attribute.kind === "number" ? "decimal" : "text"}
        disabled={readOnly}
        value={text}
        placeholder={t("write")}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === "Enter" && keep()) onGoOn();
        }}
      />
    </section>
  );
}
