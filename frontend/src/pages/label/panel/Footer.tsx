import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Button, Icon, Kbd } from "@/ui";
import { keyOf } from "../work/chords";
import type { ClaimDocument } from "../work/desk";
import type { Notes } from "../work/useNotes";

export interface FooterCommands {
  submit: () => void;
  empty: () => void;
  skip: () => void;
  unusable: (reason: string) => void;
  cannotTell: () => void;
  park: () => void;
  release: () => void;
  recall: () => void;
}

interface FooterProps {
  editor: Editor;
  doc: ClaimDocument;
  notes: Notes;
  readOnly: boolean;
  busy: boolean;
  commands: FooterCommands;
}

/** How a task ends: what is still open, Skip and Submit, and the rarer ways out. */
export function Footer({ editor, doc, notes, readOnly, busy, commands }: FooterProps) {
  const { t } = useTranslation("label");
  const open = notes.all.filter((note) => note.kind !== "issue" || note.issue.state === "open").length;
  const { findings } = notes;
  const nextKey = keyOf(editor, "finding.next");
  const words =
    findings.length > 0
      ? t("findings.open", { count: findings.length })
      : open > 0
        ? t("notes.open", { count: open })
        : t("findings.none");
  return (
    <div className="ft">
      <div className="row g6 xs t2 lw-open">
        <Icon
          name={findings.length > 0 ? "alert" : open > 0 ? "comment" : "check"}
          size="s"
          className={findings.length > 0 ? "warn" : "t3"}
        />
        <span role="status">{words}</span>
        <span className="sp" />
        {open > 0 && (
          <button type="button" className="t3 row g4" onClick={notes.next}>
            {t("findings.next")} {nextKey && <Kbd>{nextKey}</Kbd>}
          </button>
        )}
        {!readOnly && <Ways editor={editor} doc={doc} commands={commands} busy={busy} />}
      </div>
      {readOnly ? (
        <div className="row g6">
          <span className="sm t2 sp">
            {t(doc.assignment.state === "submitted" ? "submitted.state" : "submitted.readOnly")}
          </span>
          {doc.assignment.state === "submitted" && (
            <Button size="l" busy={busy} onClick={commands.recall}>
              {t("submitted.recall")}
            </Button>
          )}
        </div>
      ) : (
        <div className="row g6">
          <Button
            size="l"
            keys={keyOf(editor, "task.skip")}
            className="lw-skip"
            disabled={busy}
            onClick={commands.skip}
          >
            {t("skip.action")}
          </Button>
          <Button
            size="l"
            kind="primary"
            keys={keyOf(editor, "task.submit")}
            busy={busy}
            onClick={commands.submit}
            className="lw-submit"
          >
            {t("submit")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Ways({
  editor,
  doc,
  commands,
  busy,
}: {
  editor: Editor;
  doc: ClaimDocument;
  commands: FooterCommands;
  busy: boolean;
}) {
  const { t } = useTranslation("label");
  const emptyKey = keyOf(editor, "task.empty");
  const reasons = doc.project.unusable_reasons;
  return (
    <Menu position="top-end" width={250}>
      <Menu.Target>
        <button type="button" className="btn s ic" aria-label={t("ways.title")} disabled={busy}>
          <Icon name="dots" size="s" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item rightSection={emptyKey && <Kbd>{emptyKey}</Kbd>} onClick={commands.empty}>
          {t("ways.empty")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("ways.unusable")}</Menu.Label>
        {(reasons.length > 0 ? reasons : [t("ways.unusable")]).map((reason) => (
          <Menu.Item key={reason} onClick={() => commands.unusable(reason)}>
            {reason}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={commands.cannotTell}>{t("ways.cannotTell")}</Menu.Item>
        <Menu.Item onClick={commands.park}>{t("ways.park")}</Menu.Item>
        <Menu.Item onClick={commands.release}>{t("ways.release")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
