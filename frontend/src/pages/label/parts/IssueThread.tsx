import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { Button, IconButton, showError } from "@/ui";
import { useFormat } from "@/ui/format";
import type { Issue } from "../work/notes";
import { Reply } from "./Reply";

interface IssueThreadProps {
  issue: Issue;
  about: string | null;
  onIssue: (issue: Issue) => void;
  onClose?: () => void;
  /** The reply field stands open (review panel) instead of behind a button (popover). */
  open?: boolean;
}

/** The comments of an issue, with Resolve and Reply. */
export function IssueThread({ issue, about, onIssue, onClose, open = false }: IssueThreadProps) {
  const { t } = useTranslation("label");
  const { ago } = useFormat();
  const [replying, setReplying] = useState(open);
  const [busy, setBusy] = useState(false);
  async function send(path: string, body?: unknown) {
    setBusy(true);
    try {
      onIssue(await api.post<Issue>(`/issues/${issue.id}/${path}`, body));
      setReplying(open);
    } catch (error) {
      showError(error, t("issues.failed"));
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      {issue.comments.map((comment, index) => (
        <div className="cm" key={comment.id}>
          <div className="row g6 xs t3">
            <span className="b t2 el">{comment.author?.name ?? t("issues.someone")}</span>
            {index === 0 && about && !open && <span className="nw">{t("issues.on", { name: about })}</span>}
            <span className="sp" />
            <span className="nw">{ago(comment.created_at)}</span>
            {index === 0 && onClose && <IconButton icon="close" size="s" label={t("close")} onClick={onClose} />}
          </div>
          <div className="lw-said">{comment.text}</div>
        </div>
      ))}
      {replying && (
        <Reply
          project={issue.project}
          busy={busy}
          onSend={(text, mentions) => send("comments", { text, mentions })}
          onCancel={open ? undefined : () => setReplying(false)}
        />
      )}
      <div className="row g4" style={{ marginTop: 7 }}>
        <Button size="s" busy={busy} onClick={() => void send(issue.state === "open" ? "resolve" : "reopen")}>
          {t(issue.state === "open" ? "issues.resolve" : "issues.reopen")}
        </Button>
        {!replying && (
          <Button size="s" kind="quiet" onClick={() => setReplying(true)}>
            {t("issues.reply")}
          </Button>
        )}
      </div>
    </>
  );
}
