import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { LinkButton, ProgressBar } from "@/ui";
import { Footer } from "../label/panel/Footer";
import { ReturnedBanner } from "../label/panel/ReturnedBanner";
import type { Desk, Work } from "../label/work/desk";
import type { LabelCommands } from "../label/work/useLabelCommands";
import type { Notes } from "../label/work/useNotes";
import { Question } from "./Question";
import type { Answering } from "./useAnswering";

interface AnswerPanelProps {
  desk: Desk;
  work: Work | null;
  editor: Editor;
  answering: Answering;
  notes: Notes;
  commands: LabelCommands;
}

/** At the right: the questions, how far one is, and what ends the task. */
export function AnswerPanel({ desk, work, editor, answering, notes, commands }: AnswerPanelProps) {
  const { t } = useTranslation("classify");
  const { questions, answers, current, choose, answer, goOn } = answering;
  return (
    <aside className="panel lp" aria-label={t("panel")}>
      {work && (
        <>
          <ReturnedBanner key={work.doc.assignment.id} editor={editor} doc={work.doc} notes={notes} />
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
                onFocus={() => choose(attribute.name)}
                onGoOn={goOn}
              />
            ))}
          </div>
          <div className="lw-none">
            <LinkButton
              kind="quiet"
              size="s"
              icon="grid"
              to={`/projects/${work.doc.project.id}/pages${location.search}`}
            >
              {t("many:title")}
            </LinkButton>
          </div>
          <Progress done={desk.done} left={(work.doc.remaining ?? 0) + (work.session ? 1 : 0)} />
          <Footer
            editor={editor}
            doc={work.doc}
            notes={notes}
            readOnly={!work.session}
            busy={commands.busy}
            commands={commands}
          />
        </>
      )}
    </aside>
  );
}

function Progress({ done, left }: { done: number; left: number }) {
  const { t } = useTranslation("classify");
  return (
    <div className="lw-none">
      <div className="row sm t2" style={{ marginBottom: 4 }}>
        <span className="sp">{t("done", { count: done })}</span>
        <span>{t("left", { count: left })}</span>
      </div>
      <ProgressBar value={done + left > 0 ? done / (done + left) : 0} label={t("progress")} />
      <div className="xs t3" style={{ marginTop: 6 }}>
        {t("hint")}
      </div>
    </div>
  );
}
