import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { Dialog, DialogButtons } from "./ConfirmDialog";

/** A text to hand over; with a button that copies it, also where plain http has no clipboard API. */
export function CopyField({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation("common");
  const [copied, setCopied] = useState(false);
  async function copy(field: HTMLInputElement | null) {
    if (navigator.clipboard) await navigator.clipboard.writeText(value);
    else {
      field?.select();
      document.execCommand("copy");
    }
    setCopied(true);
  }
  return (
    <div className="row g6">
      <input
        className="in"
        style={{ flex: 1, color: "var(--lw-text)", fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 }}
        readOnly
        aria-label={label}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button
        icon={copied ? "check" : "copy"}
        onClick={(event) => void copy(event.currentTarget.parentElement?.querySelector("input") ?? null)}
      >
        {copied ? t("copied") : t("copy")}
      </Button>
    </div>
  );
}

interface SecretDialogProps {
  opened: boolean;
  title: string;
  lead: string;
  label: string;
  secret: string;
  done: string;
  onClose: () => void;
}

/** A secret that is shown once. */
export function SecretDialog({ opened, title, lead, label, secret, done, onClose }: SecretDialogProps) {
  return (
    <Dialog opened={opened} title={title} onClose={onClose} width={520}>
      <p className="t2 sm" style={{ margin: "2px 0 12px" }}>
        {lead}
      </p>
      <CopyField value={secret} label={label} />
      <DialogButtons>
        <Button kind="primary" onClick={onClose}>
          {done}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
