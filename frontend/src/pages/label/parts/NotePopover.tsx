import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFindingWords } from "@/app/findingWords";
import type { Editor } from "@/engine/editor";
import type { Bounds } from "@/engine/geometry/boxes";
import { ops } from "@/engine/shapes";
import { Button, Kbd, spellChord } from "@/ui";
import { useFormat } from "@/ui/format";
import { useEditorEvents } from "../work/hooks";
import { type Finding, type Issue, type Mark, type Note, placeOf } from "../work/notes";
import { nameOf } from "../work/words";
import { IssueThread } from "./IssueThread";

const WIDTH = 256; // CSS pixels
const GAP = 16;
const EXAMPLES = 3; // captions a class

/** Beside a place on the image, inside the view whatever the camera does. */
export function Anchored({
  editor,
  at,
  children,
  label,
}: {
  editor: Editor;
  at: { x: number; y: number } | { element: string } | { bounds: Bounds } | null;
  children: ReactNode;
  label: string;
}) {
  useEditorEvents(editor, "camera", "change");
  const box = useRef<HTMLElement>(null);
  const [height, setHeight] = useState(120);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text, another height
  useLayoutEffect(() => setHeight(box.current?.offsetHeight ?? 120), [children]);
  const { width: viewWidth, height: viewHeight } = editor.stage.viewport;
  let x = viewWidth - WIDTH - 8;
  let y = 44;
  const region = at && "element" in at ? editor.region(at.element) : null;
  const bounds = region ? ops.bounds(region) : at && "bounds" in at ? at.bounds : null;
  const place = bounds ? { x: bounds[2], y: bounds[1] } : at && "x" in at ? at : null;
  if (place) {
    const screen = editor.toScreen(place);
    x = screen.x + GAP;
    y = screen.y - 4;
    if (x + WIDTH > viewWidth - 8) {
      const left = bounds ? editor.toScreen({ x: bounds[0], y: 0 }).x : screen.x;
      x = left - WIDTH - GAP;
    }
  }
  const style = {
    width: WIDTH,
    left: Math.max(8, Math.min(x, viewWidth - WIDTH - 8)),
    top: Math.max(8, Math.min(y, viewHeight - height - 40)),
  };
  return (
    <section ref={box} className="pop lw-pop" style={style} aria-label={label}>
      {children}
    </section>
  );
}

interface NotePopoverProps {
  editor: Editor;
  note: Exclude<Note, { kind: "miss" | "astray" }>;
  onClose: () => void;
  onIssue: (issue: Issue) => void;
  /** F: what repairs the finding, where something does. */
  repair?: { label: string; run: () => void };
  onKeep?: () => void;
  readOnly?: boolean;
}

export function NotePopover({ editor, note, onClose, onIssue, repair, onKeep }: NotePopoverProps) {
  const { t } = useTranslation("label");
  const at = placeOf(note);
  if (note.kind === "issue")
    return (
      <Anchored editor={editor} at={at} label={t("issues.one", { number: note.issue.number })}>
        <IssueThread
          issue={note.issue}
          about={aboutOf(editor, note.issue.element)}
          onIssue={onIssue}
          onClose={onClose}
        />
      </Anchored>
    );
  if (note.kind === "mark")
    return (
      <Anchored editor={editor} at={at} label={t("marks.one")}>
        <MarkText mark={note.mark} about={aboutOf(editor, note.mark.element)} />
      </Anchored>
    );
  return (
    <Anchored editor={editor} at={at} label={t("findings.one")}>
      <FindingText finding={note.finding} about={aboutOf(editor, note.finding.element ?? null)} />
      {note.finding.code === "class_confusion" && <ConfusedExamples editor={editor} finding={note.finding} />}
      <div className="row g4" style={{ marginTop: 7, flexWrap: "wrap" }}>
        {repair && (
          <button type="button" className="btn s d" onClick={repair.run}>
            <Kbd>F</Kbd> {repair.label}
          </button>
        )}
        {onKeep && !note.finding.blocks && (
          <button type="button" className="btn s q" onClick={onKeep}>
            <Kbd>{spellChord("Shift F")}</Kbd> {t("findings.keep")}
          </button>
        )}
        <span className="sp" />
        {!repair && (
          <Button size="s" kind="quiet" onClick={onClose}>
            {t("close")}
          </Button>
        )}
      </div>
    </Anchored>
  );
}

export function aboutOf(editor: Editor, element: string | null): string | null {
  const region = element ? editor.region(element) : undefined;
  return region ? nameOf(editor, region) : null;
}

/** The check's own name in the reader's language, with its detail below. */
export function FindingText({ finding, about }: { finding: Finding; about: string | null }) {
  const { t } = useTranslation("label");
  const words = useFindingWords();
  const detail = finding.detail && words.detail(finding);
  return (
    <>
      <div className="m">{[about, words.name(finding.code)].filter(Boolean).join(": ")}</div>
      {detail && <div className="t3 xs lw-detail">{detail}</div>}
      {finding.blocks && <div className="warn xs lw-detail">{t("findings.blocks")}</div>}
    </>
  );
}

/** What the guideline's examples of both classes say. */
function ConfusedExamples({ editor, finding }: { editor: Editor; finding: Finding }) {
  const { t } = useTranslation("findings");
  const ids = [finding.values?.class_id, finding.values?.other_id];
  const classes = ids.flatMap((id) => editor.schema.classes.find((one) => one.id === id) ?? []);
  return classes.map((one) => {
    const name = one.title || one.name;
    const examples = (one.examples ?? []).filter(({ caption }) => caption).slice(0, EXAMPLES);
    if (examples.length === 0)
      return (
        <p key={one.id} className="xs t3 lw-detail">
          {one.description || t("noExamples", { name })}
        </p>
      );
    return (
      <div key={one.id} className="xs lw-detail">
        <span className="t3">{t("examples", { name })}</span>
        {examples.map(({ caption, verdict }) => (
          <div key={caption}>
            <span className={verdict === "bad" ? "bad" : "ok"}>{t(verdict === "bad" ? "bad" : "good")}</span> {caption}
          </div>
        ))}
      </div>
    );
  });
}

export function MarkText({ mark, about }: { mark: Mark; about: string | null }) {
  const { t } = useTranslation("label");
  const { number } = useFormat();
  const where =
    about ?? (mark.point ? `x ${number(Math.round(mark.point.x))}, y ${number(Math.round(mark.point.y))}` : null);
  return (
    <>
      <div className="m">
        {t(`mark.${mark.kind}`)}
        {where && <span className="t3"> {where}</span>}
      </div>
      {mark.note && <div className="lw-detail">{mark.note}</div>}
    </>
  );
}
