import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Button, Chip, Icon } from "@/ui";
import { IssueThread } from "../label/parts/IssueThread";
import { aboutOf, FindingText } from "../label/parts/NotePopover";
import { keyOf } from "../label/work/chords";
import type { Issue } from "../label/work/notes";
import type { Notes } from "../label/work/useNotes";

/** Findings and issues of the work, each leading to its place. */
export function Talk({ editor, notes, onNew }: { editor: Editor; notes: Notes; onNew: () => void }) {
  const { t } = useTranslation(["review", "label"]);
  const findings = notes.all.filter((note) => note.kind === "finding");
  const open = notes.issues.filter((issue) => issue.state === "open");
  const resolved = notes.issues.filter((issue) => issue.state === "resolved");
  const count = [
    t("review:issues.open", { count: open.length }),
    ...(resolved.length > 0 ? [t("review:issues.resolved", { count: resolved.length })] : []),
  ];
  return (
    <>
      <section className="lw-part">
        <div className="sec line">
          <h2>{t("review:findings")}</h2>
          <span className="c">{findings.length}</span>
        </div>
        {findings.map((note) => (
          <button type="button" className="fi" key={note.id} onClick={() => notes.show(note)}>
            <span className="warn row">
              <Icon name="alert" size="s" />
            </span>
            {note.kind === "finding" && (
              <span>
                <FindingText finding={note.finding} about={aboutOf(editor, note.finding.element ?? null)} />
              </span>
            )}
          </button>
        ))}
      </section>
      <section className="lw-part">
        <div className="sec line">
          <h2>{t("review:issues.title")}</h2>
          <span className="c el">{count.join(", ")}</span>
          <span className="sp" />
          <Button size="s" kind="quiet" keys={keyOf(editor, "comment.add")} onClick={onNew}>
            {t("review:issues.new")}
          </Button>
        </div>
        {[...open, ...resolved].map((issue) => (
          <IssueRow key={issue.id} editor={editor} issue={issue} notes={notes} />
        ))}
      </section>
    </>
  );
}

function IssueRow({ editor, issue, notes }: { editor: Editor; issue: Issue; notes: Notes }) {
  const { t } = useTranslation("review");
  const [folded, setFolded] = useState(issue.state === "resolved");
  const about = aboutOf(editor, issue.element) ?? (issue.point ? t("issues.point") : t("issues.task"));
  const show = () => notes.show({ kind: "issue", id: `issue:${issue.id}`, issue });
  return (
    <div className={folded ? "lw-folded" : "th-r"}>
      <div className="row g6">
        <button
          type="button"
          className="row"
          aria-expanded={!folded}
          aria-label={t("issues.fold", { number: issue.number })}
          onClick={() => setFolded(!folded)}
        >
          <Icon name={folded ? "chevron-right" : "chevron-down"} size="x" />
        </button>
        <span className={`pinb ${issue.state === "resolved" ? "done" : ""}`}>{issue.number}</span>
        <button type="button" className="m el lnk" style={{ color: "inherit" }} onClick={show}>
          {about}
        </button>
        <Chip small tone={issue.state === "open" ? "warn" : "ok"}>
          {t(`issues.state.${issue.state}`)}
        </Chip>
      </div>
      {!folded && <IssueThread issue={issue} about={about} onIssue={notes.putIssue} open />}
    </div>
  );
}
