import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import type { AttributeValue, SchemaAttribute } from "@/engine/types";
import { ProgressBar, showError, showToast } from "@/ui";
import { type BenchProps, sayProblem } from "../label/LabelBench";
import { Footer } from "../label/panel/Footer";
import { ReturnedBanner } from "../label/panel/ReturnedBanner";
import { ReasonDialog } from "../label/parts/AskDialogs";
import { CanvasNotes } from "../label/parts/CanvasNotes";
import { DeskStates } from "../label/parts/DeskStates";
import { EmptyAsk } from "../label/parts/EmptyAsk";
import { GuidelineDrawer } from "../label/parts/GuidelineDrawer";
import { KeysDialog } from "../label/parts/KeysDialog";
import { PictureFailed } from "../label/parts/PictureFailed";
import { useEditorEvents } from "../label/work/hooks";
import { labelActions } from "../label/work/labelActions";
import { type PageAction, usePageActions, usePageKeys } from "../label/work/useLabelActions";
import { useLabelCommands } from "../label/work/useLabelCommands";
import { useNeighbours } from "../label/work/useNeighbours";
import { useNotes } from "../label/work/useNotes";
import { schemaOf, useWorkOnCanvas } from "../label/work/useWorkOnCanvas";
import { answerActions } from "./answerActions";
import { Question } from "./Question";
import { answersAtOnce, openQuestion, optionsOf, questionsOf } from "./questions";

/** A large image and its questions: one key an answer, then the next image stands there. */
export function Classify({ desk, state, work, editor, guideline, setGuideline }: BenchProps) {
  const { t } = useTranslation(["classify", "label"]);
  const { failed, retry } = useWorkOnCanvas(editor, work);
  const notes = useNotes(editor, work);
  const commands = useLabelCommands({ desk, work, editor, notes });
  const neighbours = useNeighbours(desk.projectId, "annotate", work);
  const [keys, setKeys] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  useEditorEvents(editor, "change", "selection");
  const doc = work?.doc ?? null;
  const schema = doc ? schemaOf(doc) : { classes: [] };
  const answers = editor.answers();
  const questions = questionsOf(schema, answers);
  const current =
    questions.find((one) => one.name === chosen) ?? openQuestion(schema, answers) ?? questions.at(-1) ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another image begins with its first open question
  useEffect(() => setChosen(null), [work]);

  function goOn() {
    if (openQuestion(schema, editor.answers())) return setChosen(null);
    if (!doc?.project.auto_advance) return commands.submit();
    desk.submitAndGoOn((error, failed) => {
      sayProblem(error, t("classify:failed", { number: failed.doc.task.number }));
      showToast({
        tone: "bad",
        title: t("classify:failed", { number: failed.doc.task.number }),
        action: { label: t("classify:open"), run: () => void desk.open(failed.doc.assignment.id) },
      });
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
    const given = questions.filter((one) => editor.answers()[one.name] != null);
    const last = given.at(-1);
    if (last) {
      editor.setAnswer(last.name, null);
      setChosen(last.name);
    } else void desk.takeBack().catch((error) => showError(error, t("classify:takeBackFailed")));
  }

  const actions: PageAction[] = [
    ...labelActions({
      editor,
      desk,
      work,
      notes,
      commands,
      neighbours,
      showKeys: () => setKeys(true),
      showGuideline: () => setGuideline(true),
    }),
    ...answerActions(
      {
        isOpen: () => Boolean(work?.session),
        canTakeBack: () => desk.canTakeBack || Object.values(editor.answers()).some((value) => value != null),
        answer: (value) => current && answer(current, value),
        takeBack,
        goOn,
      },
      current ? optionsOf(current) : [],
    ),
  ];
  usePageActions(editor, actions);
  usePageKeys(editor, () => work?.session?.touch());

  const canvas = document.querySelector(".lw-wk > .cv");
  const left = (doc?.remaining ?? 0) + (work?.session ? 1 : 0);
  return (
    <>
      {canvas &&
        createPortal(
          <>
            {work && <CanvasNotes editor={editor} doc={work.doc} notes={notes} />}
            {failed && <PictureFailed name={doc?.asset.name ?? ""} onRetry={retry} />}
            <DeskStates desk={desk} state={state} stage="annotate" />
          </>,
          canvas,
        )}
      <aside className="panel lp" aria-label={t("classify:panel")}>
        {work && doc && (
          <>
            <ReturnedBanner key={doc.assignment.id} editor={editor} doc={doc} notes={notes} />
            <div className="lw-answers">
              {questions.map((attribute) => (
                <Question
                  editor={editor}
                  key={attribute.name}
                  attribute={attribute}
                  current={attribute === current}
                  value={answers[attribute.name] ?? null}
                  readOnly={editor.readOnly}
                  onAnswer={(value) => answer(attribute, value)}
                  onFocus={() => setChosen(attribute.name)}
                  onGoOn={goOn}
                />
              ))}
            </div>
            <div className="lw-none">
              <div className="row sm t2" style={{ marginBottom: 4 }}>
                <span className="sp">{t("classify:done", { count: desk.done })}</span>
                <span>{t("classify:left", { count: left })}</span>
              </div>
              <ProgressBar
                value={desk.done + left > 0 ? desk.done / (desk.done + left) : 0}
                label={t("classify:progress")}
              />
              <div className="xs t3" style={{ marginTop: 6 }}>
                {t("classify:hint")}
              </div>
            </div>
            <Footer
              editor={editor}
              doc={doc}
              notes={notes}
              readOnly={!work.session}
              busy={commands.busy}
              commands={commands}
            />
          </>
        )}
      </aside>
      {doc && <GuidelineDrawer projectId={doc.project.id} opened={guideline} onClose={() => setGuideline(false)} />}
      <KeysDialog editor={editor} opened={keys} onClose={() => setKeys(false)} />
      <ReasonDialog {...commands.asking} />
      <EmptyAsk opened={commands.asksEmpty} onEmpty={commands.empty} onClose={commands.goOnDrawing} />
    </>
  );
}
