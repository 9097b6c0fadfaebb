import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AttributeValue, LabelSchema, SchemaAttribute } from "@/engine/types";
import { Button, Kbd } from "@/ui";
import { optionsOf } from "../classify/questions";
import { spelled } from "../label/work/chords";
import { currentQuestion, isGiven, questionsHere, type Sheet } from "./tiles";
import { useAnswerKeys } from "./useManyKeys";

interface QuestionsProps {
  sheet: Sheet;
  schema: LabelSchema;
  busy: boolean;
  onAnswer: (question: SchemaAttribute, value: AttributeValue) => void;
  onGoOn: () => void;
}

/** The questions of the chosen pictures; keys answer the first that is open. */
export function Questions({ sheet, schema, busy, onAnswer, onGoOn }: QuestionsProps) {
  const current = currentQuestion(sheet, schema);
  return (
    <div className="lw-answers">
      {questionsHere(sheet, schema).map((question) => (
        <Question
          key={question.name}
          question={question}
          sheet={sheet}
          current={question === current}
          disabled={busy || sheet.chosen.size === 0}
          onAnswer={(value) => onAnswer(question, value)}
          onGoOn={onGoOn}
        />
      ))}
    </div>
  );
}

interface QuestionProps {
  question: SchemaAttribute;
  sheet: Sheet;
  current: boolean;
  disabled: boolean;
  onAnswer: (value: AttributeValue) => void;
  onGoOn: () => void;
}

function Question(props: QuestionProps) {
  const { question, sheet, current, disabled, onAnswer, onGoOn } = props;
  const { t } = useTranslation("classify");
  const keys = useAnswerKeys();
  const title = question.title || question.name;
  if (question.kind === "text" || question.kind === "number") return <Written {...props} title={title} />;
  const several = question.kind === "multiselect";
  return (
    <section aria-label={title} style={{ opacity: current ? 1 : 0.75 }}>
      <div className="lw-question">
        <h2>{title}</h2>
        {several && <div className="xs t3">{t("several")}</div>}
      </div>
      {optionsOf(question).map((option, place) => {
        const on = isGiven(sheet, question.name, option.value);
        const key = keys[place];
        return (
          <button
            type="button"
            key={String(option.value)}
            className={`lw-answer ${on ? "on" : ""}`}
            aria-pressed={on}
            disabled={disabled}
            onClick={() => onAnswer(option.value)}
          >
            {current && key ? <Kbd>{spelled(key)}</Kbd> : <span className="lw-nokey" />}
            {typeof option.value === "boolean" ? t(option.value ? "yes" : "no") : option.value}
          </button>
        );
      })}
      {several && current && (
        <Button kind="quiet" onClick={onGoOn} style={{ margin: "0 8px" }}>
          {t("goOn")}
        </Button>
      )}
    </section>
  );
}

function Written({ question, title, disabled, onAnswer }: QuestionProps & { title: string }) {
  const { t } = useTranslation("many");
  const [text, setText] = useState("");
  function give(event: FormEvent) {
    event.preventDefault();
    const number = Number(text.replace(",", "."));
    if (text.trim() === "" || (question.kind === "number" && !Number.isFinite(number))) return;
    onAnswer(question.kind === "number" ? number : text);
    setText("");
  }
  return (
    <form aria-label={title} className="lw-question" onSubmit={give}>
      <h2>{title}</h2>
      <div className="row g6" style={{ marginTop: 6 }}>
        <input
          className="in"
          style={{ flex: 1, minWidth: 0 }}
          aria-label={title}
          inputMode={question.kind === "number" ? "decimal" : "text"}
          disabled={disabled}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" disabled={disabled}>
          {t("give")}
        </Button>
      </div>
    </form>
  );
}
