import { Textarea } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Dialog, DialogButtons, Kbd } from "@/ui";
import { AnsweredBefore } from "./AnsweredBefore";

interface ReasonDialogProps {
  opened: boolean;
  title: string;
  detail: string;
  /** Reasons of the project, taken by digit or click. */
  reasons: string[];
  label: string;
  confirm: string;
  /** Whether it can go without a word. */
  optional?: boolean;
  busy: boolean;
  /** What it is about, where that is one region. */
  about?: string;
  /** The project whose answered questions are looked through while one is written. */
  similarIn?: number;
  onConfirm: (text: string) => void;
  onClose: () => void;
}

/** Skip with a reason, park with a question: one field, the project's own reasons above it. */
export function ReasonDialog(props: ReasonDialogProps) {
  return (
    <Dialog opened={props.opened} title={props.title} onClose={props.onClose}>
      {props.opened && <ReasonForm {...props} />}
    </Dialog>
  );
}

function ReasonForm(props: ReasonDialogProps) {
  const { detail, reasons, label, confirm, optional, busy, about, similarIn, onConfirm, onClose } = props;
  const { t } = useTranslation("label");
  const [text, setText] = useState("");
  const ready = !busy && (optional || text.trim() !== "");
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && ready) onConfirm(text.trim());
    else {
      const typing = (event.target as HTMLElement).tagName === "TEXTAREA" && text !== "";
      const reason = /^[1-9]$/.test(event.key) && !typing ? reasons[Number(event.key) - 1] : undefined;
      if (!reason || busy) return;
      onConfirm(reason);
    }
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: digits choose a reason from anywhere in the dialog
    <div onKeyDown={onKeyDown}>
      <p className="t2 sm">{detail}</p>
      {about && <p className="m sm">{about}</p>}
      {reasons.length > 0 && (
        <div className="row g4 lw-reasons">
          {reasons.map((reason, index) => (
            <button type="button" key={reason} className="chip line" disabled={busy} onClick={() => onConfirm(reason)}>
              {index < 9 && <Kbd>{String(index + 1)}</Kbd>}
              {reason}
            </button>
          ))}
        </div>
      )}
      <Textarea
        data-autofocus
        label={label}
        autosize
        minRows={2}
        maxRows={8}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {similarIn !== undefined && <AnsweredBefore project={similarIn} text={text} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button kind="primary" keys="Ctrl Enter" disabled={!ready} busy={busy} onClick={() => onConfirm(text.trim())}>
          {confirm}
        </Button>
      </DialogButtons>
    </div>
  );
}
