import type { KeyboardEvent, RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Button, Kbd } from "@/ui";
import { keyOf } from "../label/work/chords";
import type { ClaimDocument } from "../label/work/desk";

export interface VerdictCommands {
  reasons: string[];
  chosen: ReadonlySet<string>;
  toggle: (reason: string) => void;
  note: string;
  setNote: (note: string) => void;
  accept: () => void;
  fix: () => void;
  reject: () => void;
}

interface VerdictProps {
  editor: Editor;
  doc: ClaimDocument;
  commands: VerdictCommands;
  busy: boolean;
  edited: boolean;
  editing: boolean;
  note: RefObject<HTMLInputElement | null>;
  onLeave: () => void;
}

/** Why, and what: reasons by digit, a note, and three buttons of one key each. */
export function Verdict({ editor, doc, commands, busy, edited, editing, note, onLeave }: VerdictProps) {
  const { t } = useTranslation("review");
  const noteKey = keyOf(editor, "review.note");
  const name = doc.revision?.author?.name ?? t("verdict.annotator");
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    onLeave();
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a bar of buttons, not a form
    <div className="vd" role="group" aria-label={t("verdict.title")} data-landmark>
      <div className="row g6 lw-why">
        <span className="xs t3 lw-why-label">{t("verdict.reason")}</span>
        {commands.reasons.map((reason, index) => (
          <button
            type="button"
            key={reason}
            className={`chip line rs ${commands.chosen.has(reason) ? "on" : ""}`}
            aria-pressed={commands.chosen.has(reason)}
            onClick={() => commands.toggle(reason)}
          >
            {!editing && <ReasonKey editor={editor} number={index + 1} />}
            {reason}
          </button>
        ))}
      </div>
      <div className="row g6">
        <div className="in sp lw-note">
          <input
            ref={note}
            className="sp"
            aria-label={t("verdict.note", { name })}
            placeholder={t("verdict.note", { name })}
            value={commands.note}
            onChange={(event) => commands.setNote(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          {noteKey && <Kbd>{noteKey}</Kbd>}
        </div>
        <Button
          size="l"
          kind="bad"
          icon="close"
          keys={keyOf(editor, "review.reject")}
          disabled={busy}
          onClick={commands.reject}
        >
          {t("verdict.reject")}
        </Button>
        <Button
          size="l"
          kind="warn"
          icon="edit"
          keys={keyOf(editor, "review.fix")}
          disabled={busy}
          onClick={commands.fix}
        >
          {t("verdict.fix")}
        </Button>
        <Button
          size="l"
          kind="accept"
          icon="check"
          keys={keyOf(editor, "review.accept")}
          disabled={busy || edited}
          onClick={commands.accept}
          title={edited ? t("verdict.edited") : undefined}
        >
          {t("verdict.accept")}
        </Button>
      </div>
    </div>
  );
}

function ReasonKey({ editor, number }: { editor: Editor; number: number }) {
  const key = keyOf(editor, `review.reason${number}`);
  return key ? <Kbd>{key}</Kbd> : null;
}
