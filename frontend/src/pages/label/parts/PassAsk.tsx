import { Textarea } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFindingWords } from "@/app/findingWords";
import { Button, Dialog, DialogButtons, Icon } from "@/ui";
import type { Finding } from "../work/notes";

const SHOWN = 4; // findings named; of more only how many

interface PassAskProps {
  /** What stopped the submit; null: nothing is asked. */
  findings: readonly Finding[] | null;
  busy: boolean;
  onSettle: () => void;
  onSubmit: (reason: string) => void;
}

/** A rule may be wrong: nobody has to draw a wrong region to please it. Who passes one says why, and it goes to review. */
export function PassAsk(props: PassAskProps) {
  const { t } = useTranslation("findings");
  return (
    <Dialog opened={props.findings !== null} title={t("pass.title")} onClose={props.onSettle}>
      {props.findings && <PassForm {...props} findings={props.findings} />}
    </Dialog>
  );
}

function PassForm({ findings, busy, onSettle, onSubmit }: PassAskProps & { findings: readonly Finding[] }) {
  const { t } = useTranslation("findings");
  const words = useFindingWords();
  const [reason, setReason] = useState("");
  const ready = reason.trim() !== "" && !busy;
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !ready) return;
    event.preventDefault();
    event.stopPropagation();
    onSubmit(reason.trim());
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Ctrl Enter sends from anywhere in the dialog
    <div onKeyDown={onKeyDown}>
      <p className="t2 sm">{t("pass.detail")}</p>
      <ul className="col g6 sm" style={{ listStyle: "none", margin: "10px 0" }}>
        {findings.slice(0, SHOWN).map((finding) => (
          <li key={`${finding.rule}${finding.element}${finding.at}`} className="row g6">
            <Icon name="alert" size="s" className="bad" />
            <span>
              <span className="m">{words.name(finding.rule)}</span> <span className="t2">{words.detail(finding)}</span>
            </span>
          </li>
        ))}
        {findings.length > SHOWN && <li className="t3">{t("pass.more", { count: findings.length - SHOWN })}</li>}
      </ul>
      <Textarea
        label={t("pass.reason")}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <DialogButtons>
        <Button disabled={!ready} busy={busy} keys="Ctrl Enter" onClick={() => onSubmit(reason.trim())}>
          {t("pass.submit")}
        </Button>
        <Button kind="primary" onClick={onSettle} data-autofocus>
          {t("pass.settle")}
        </Button>
      </DialogButtons>
    </div>
  );
}
