import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Icon } from "@/ui";
import { aboutOf, MarkText } from "../parts/NotePopover";
import type { ClaimDocument } from "../work/desk";
import type { Notes } from "../work/useNotes";

/** Why the work came back: the reviewer's reason and marks, each leading to its place. */
export function ReturnedBanner({ editor, doc, notes }: { editor: Editor; doc: ClaimDocument; notes: Notes }) {
  const { t } = useTranslation("label");
  const [open, setOpen] = useState(true);
  const review = doc.last_review;
  if (!review || (review.verdict !== "reject" && review.verdict !== "reopen")) return <Questions doc={doc} />;
  const marks = notes.all.filter((note) => note.kind === "mark");
  return (
    <section className="lw-returned" aria-label={t("returned.title")}>
      <button type="button" className="row g6 lw-returned-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="undo" size="s" />
        <span className="m el sp">
          {review.verdict === "reopen"
            ? t("returned.reopen")
            : t("returned.by", { name: review.reviewer?.name ?? t("returned.reviewer") })}
        </span>
        <Icon name={open ? "chevron-down" : "chevron-right"} size="x" />
      </button>
      {open && (
        <>
          <div className="sm lw-reason">{review.reason}</div>
          {marks.map((note) => (
            <button
              type="button"
              key={note.id}
              className={`lw-mark sm ${notes.current?.id === note.id ? "on" : ""}`}
              onClick={() => notes.show(note)}
            >
              {note.kind === "mark" && <MarkText mark={note.mark} about={aboutOf(editor, note.mark.element)} />}
            </button>
          ))}
        </>
      )}
    </section>
  );
}

/** What was asked when the task was parked, with the answer. */
function Questions({ doc }: { doc: ClaimDocument }) {
  const { t } = useTranslation("label");
  const answered = doc.questions.filter((question) => question.answer);
  if (answered.length === 0) return null;
  return (
    <section className="lw-answered" aria-label={t("park.answered")}>
      {answered.map((question) => (
        <div key={question.id} className="sm">
          <div className="t3">{question.text}</div>
          <div>
            <span className="m">{question.answered_by?.name}</span> {question.answer}
          </div>
        </div>
      ))}
    </section>
  );
}
