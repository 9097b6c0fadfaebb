import { useCallback, useEffect, useMemo, useState } from "react";
import { useEvent } from "@/api/events";
import type { Editor } from "@/engine/editor";
import type { Work } from "./desk";
import { useEditorEvent, useSessionEvent } from "./hooks";
import { keepFinding } from "./keepFinding";
import {
  badgesOf,
  defectsOf,
  type Finding,
  findingId,
  type Issue,
  mergeDefects,
  mergeFindings,
  type Note,
  notesOf,
  pinsOf,
  placeOf,
} from "./notes";

export interface Composer {
  at: { x: number; y: number };
  element: string | null;
}

export interface Notes {
  all: readonly Note[];
  findings: readonly Finding[];
  issues: readonly Issue[];
  /** The one whose popover is open. */
  current: Note | null;
  show(note: Note | null): void;
  next(): void;
  setFindings(findings: readonly Finding[]): void;
  /** Keep what a finding complains about, until the task is opened again. */
  keep(note: Note): void;
  putIssue(issue: Issue): void;
  composer: Composer | null;
  compose(composer: Composer | null): void;
}

const AT_ONCE = 100; // regions of one step; of more the server tells with the save
const NONE: readonly Note[] = [];
const EDGE = 24; // CSS pixels: a place nearer to the edge of the view is brought to its middle

function inSight(editor: Editor, at: { x: number; y: number }): boolean {
  const { x, y } = editor.toScreen(at);
  const { width, height } = editor.stage.viewport;
  return x >= EDGE && y >= EDGE && x <= width - EDGE && y <= height - EDGE;
}

/** Findings, marks, issues and `more` of the task on screen, and the one being looked at. */
export function useNotes(editor: Editor | null, work: Work | null, more: readonly Note[] = NONE): Notes {
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const [issues, setIssues] = useState<readonly Issue[]>([]);
  const [currentId, setCurrentId] = useState<string | null>(null);
  const [composer, compose] = useState<Composer | null>(null);
  const marks = work?.doc.marks;

  useEffect(() => {
    setFindings(work?.doc.findings ?? []);
    setIssues(work?.doc.issues ?? []);
    setKept(new Set());
    setCurrentId(null);
    compose(null);
  }, [work]);

  useSessionEvent(work?.session ?? null, "findings", ({ findings: fresh, elements }) =>
    setFindings((before) =>
      mergeFindings(before, fresh as Finding[], elements, (id) => editor?.region(id) !== undefined),
    ),
  );
  useEditorEvent(editor, "change", (diff) => {
    const gone = diff.changes.some((change) => change.kind === "region" && !change.after);
    if (gone) setFindings((before) => mergeFindings(before, [], [], (id) => editor?.region(id) !== undefined));
    const drawn = diff.changes.flatMap((change) => (change.kind === "region" && change.after ? [change.after] : []));
    if (!editor || diff.origin === "load" || drawn.length === 0 || drawn.length > AT_ONCE) return;
    const defects = defectsOf(editor, drawn);
    setFindings((before) =>
      mergeDefects(
        before,
        defects,
        drawn.map(({ id }) => id),
      ),
    );
    if (defects[0] && drawn.length === 1) setCurrentId(findingId(defects[0]));
  });

  useEvent("findings.found", (data) => {
    const told = data as { annotation: number; findings: Finding[]; rules: string[] };
    if (told.annotation !== work?.doc.annotation.id || !work?.session) return;
    const here = told.findings.filter(({ element }) => !element || editor?.region(element));
    setFindings((before) => [...before.filter(({ rule }) => !told.rules.includes(rule)), ...here]);
  });

  const all = useMemo(
    () => [...notesOf(marks ?? [], findings, issues).filter((note) => !kept.has(note.id)), ...more],
    [marks, findings, issues, kept, more],
  );
  useEffect(() => {
    editor?.setPins(pinsOf(all));
    editor?.setFindings(badgesOf(all));
  }, [editor, all]);

  const current = all.find((note) => note.id === currentId) ?? null;
  const show = useCallback(
    (note: Note | null) => {
      setCurrentId(note?.id ?? null);
      compose(null);
      const at = note && placeOf(note);
      if (!editor || !at) return;
      if (!("element" in at)) {
        if (!inSight(editor, at)) editor.reveal(at);
      }
      if ("element" in at && editor.region(at.element)) editor.select([at.element], { reveal: true });
    },
    [editor],
  );
  useEditorEvent(editor, "finding", (id) => show(all.find((note) => note.id === id) ?? null));
  useEditorEvent(editor, "pin", (id) => show(all.find((note) => note.id === id) ?? null));
  useEditorEvent(editor, "selection", (ids) => {
    const at = current && placeOf(current);
    if (at && "element" in at && !ids.includes(at.element)) setCurrentId(null);
  });

  function next() {
    const open = all.filter((note) => note.kind !== "issue" || note.issue.state === "open");
    if (open.length === 0) return;
    const at = open.findIndex((note) => note.id === currentId);
    show(open[(at + 1) % open.length] ?? null);
  }
  return {
    all,
    findings,
    issues,
    current,
    show,
    next,
    setFindings,
    keep: (note) => {
      setKept((before) => new Set(before).add(note.id));
      if (note.kind === "finding" && work?.session) void keepFinding(work.doc.annotation.id, note.finding, editor);
    },
    putIssue: (issue) => setIssues((before) => [...before.filter(({ id }) => id !== issue.id), issue]),
    composer,
    compose,
  };
}
