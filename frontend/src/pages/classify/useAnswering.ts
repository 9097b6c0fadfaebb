import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import type { AttributeValue, SchemaAttribute } from "@/engine/types";
import { showError, showToast } from "@/ui";
import { sayProblem } from "../label/LabelBench";
import type { Desk, Work } from "../label/work/desk";
import { schemaOf } from "../label/work/onCanvas";
import { answersAtOnce, openQuestion, questionsOf } from "./questions";

interface AnsweringOf {
  desk: Desk;
  work: Work | null;
  editor: Editor;
  submit: () => void;
}

/** The questions of the image in hand, the one that keys answer now, and what an answer leads to. */
export function useAnswering({ desk, work, editor, submit }: AnsweringOf) {
  const { t } = useTranslation("classify");
  const [chosen, setChosen] = useState<string | null>(null);
  const schema = work ? schemaOf(work.doc) : { classes: [] };
  const answers = editor.answers();
  const questions = questionsOf(schema, answers);
  const current =
    questions.find((one) => one.name === chosen) ?? openQuestion(schema, answers) ?? questions.at(-1) ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another image begins with its first open question
  useEffect(() => setChosen(null), [work]);

  function goOn() {
    if (openQuestion(schema, editor.answers())) return setChosen(null);
    if (!work?.doc.project.auto_advance) return submit();
    desk.submitAndGoOn((error, failed) => {
      const title = t("failed", { number: failed.doc.task.number });
      sayProblem(error, title);
      const action = { label: t("open"), run: () => void desk.open(failed.doc.assignment.id) };
      showToast({ tone: "bad", title, action });
    });
  }
  function answer(attribute: SchemaAttribute, value: AttributeValue) {
    if (editor.readOnly || desk.isHandedIn) return;
    const before = editor.answers()[attribute.name];
    if (attribute.kind === "multiselect" && typeof value === "string") {
      const list = Array.isArray(before) ? before : [];
      editor.setAnswer(attribute.name, list.includes(value) ? list.filter((one) => one !== value) : [...list, value]);
      return;
    }
    editor.setAnswer(attribute.name, value);
    if (answersAtOnce(attribute)) goOn();
  }
  function takeBack() {
    const last = questions.findLast((one) => editor.answers()[one.name] != null);
    if (!last) return void desk.takeBack().catch((error) => showError(error, t("takeBackFailed")));
    editor.setAnswer(last.name, null);
    setChosen(last.name);
  }
  return { questions, answers, current, choose: setChosen, answer, takeBack, goOn };
}

export type Answering = ReturnType<typeof useAnswering>;
