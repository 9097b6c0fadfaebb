import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { mend } from "@/engine/actions/mending";
import type { Editor } from "@/engine/editor";
import { isDefect, repairName } from "@/engine/shapes/repair";
import { NotSaved } from "@/session";
import { showError, showToast } from "@/ui";
import type { FooterCommands } from "../panel/Footer";
import type { Desk, Work } from "./desk";
import { type Finding, findingId, type Note } from "./notes";
import { settlementOf } from "./settling";
import { problemBehind } from "./transport";
import type { Misses } from "./useMisses";
import type { Notes } from "./useNotes";
import { nameOf } from "./words";

interface CommandsOf {
  desk: Desk;
  work: Work | null;
  editor: Editor;
  notes: Notes;
  misses?: Misses;
}

interface Outcome {
  outcome?: string;
  outcome_reason?: string;
  pass_reason?: string;
}
type Asking = "skip" | "park" | null;

export interface LabelCommands extends FooterCommands {
  busy: boolean;
  asksEmpty: boolean;
  /** Labelled share of the image, where a submit was stopped to ask about the rest. */
  gaps: number | null;
  showGap: () => void;
  submitWithGaps: () => void;
  closeGaps: () => void;
  goOnDrawing: () => void;
  /** Findings that stopped the submit, until they are settled or passed with a reason. */
  stopped: readonly Finding[] | null;
  settle: () => void;
  pass: (reason: string) => void;
  comment: () => void;
  repairOf: (note: Note) => { label: string; run: () => void } | undefined;
  asking: {
    opened: boolean;
    title: string;
    detail: string;
    reasons: string[];
    label: string;
    confirm: string;
    optional: boolean;
    about?: string;
    similarIn?: number;
    busy: boolean;
    onConfirm: (text: string) => void;
    onClose: () => void;
  };
}

/** Everything that ends a task, and what goes with it: busy while the server answers, said when it refuses. */
export function useLabelCommands({ desk, work, editor, notes, misses }: CommandsOf): LabelCommands {
  const { t } = useTranslation("label");
  const [busy, setBusy] = useState(false);
  const [asksEmpty, setAsksEmpty] = useState(false);
  const [gaps, setGaps] = useState<number | null>(null);
  const [asks, setAsks] = useState<Asking>(null);
  const [stopped, setStopped] = useState<readonly Finding[] | null>(null);

  function refused(error: unknown) {
    if (error instanceof NotSaved) {
      const key = error.state.kind === "offline" ? "submitted.offline" : "submitted.unsaved";
      return void showToast({ tone: "bad", title: t(key) });
    }
    const problem = problemBehind(error);
    if (problem?.code === "outcome_missing") return setAsksEmpty(true);
    const findings = problem?.extra.findings as Finding[] | undefined;
    if (findings?.length) {
      setStopped(findings);
      const known = new Map([...notes.findings, ...findings].map((finding) => [findingId(finding), finding]));
      notes.setFindings([...known.values()]);
      return;
    }
    if (problem?.status) return showError(problem, t("submitted.failed"));
    const detail = problem?.title ?? (error instanceof Error ? error.message : undefined);
    showToast({ tone: "bad", title: t("submitted.failed"), detail });
  }

  const sent = useRef<Outcome | undefined>(undefined);

  async function ending(run: () => Promise<void>) {
    if (busy) return;
    setBusy(true);
    try {
      await run();
      setAsks(null);
      setStopped(null);
    } catch (error) {
      refused(error);
    } finally {
      setBusy(false);
    }
  }

  function submit(outcome?: Outcome) {
    const session = work?.session;
    sent.current = outcome;
    if (!work || !session) return;
    if (editor.busy) return void showToast({ tone: "warn", title: t("submitted.drawing") });
    const { doc } = work;
    void ending(async () => {
      await desk.submit(outcome);
      showToast({
        tone: "ok",
        title: t("submitted.done", { number: doc.task.number }),
        action: {
          label: t("submitted.undo"),
          undo: () => !desk.work?.touched, // Ctrl Z too many in the next task does not reach back into this one
          run: () => void ending(() => desk.takeBack(doc.assignment.id)),
        },
      });
    });
  }

  /** Whether a submit waits: a model surely sees what nobody has drawn. The next one goes through. */
  function asksMisses(): boolean {
    if (editor.busy || !work?.session) return false;
    const first = misses?.ask();
    if (!first) return false;
    notes.show({ kind: "miss", id: first.id, miss: first });
    showToast({ tone: "warn", title: t("misses.asked"), detail: t("misses.askedDetail") });
    return true;
  }

  function empty() {
    setAsksEmpty(false);
    const count = editor.regions().length;
    if (count > 0) return void showToast({ tone: "warn", title: t("ways.notEmpty", { count }) });
    if (asksMisses()) return;
    submit({ outcome: "empty" });
  }

  function repairOf(note: Note) {
    if (note.kind !== "finding" || editor.readOnly) return undefined;
    const { code, element } = note.finding;
    if (element && ["duplicate", "tiny"].includes(code))
      return { label: t(`repair.${code}`), run: () => editor.remove([element]) };
    if (element && isDefect(code)) {
      const name = repairName(editor.region(element)?.shape, code);
      return { label: t(`repair.${name}`), run: () => mend(editor, [element]) };
    }
    const settled = settlementOf(editor, note.finding);
    if (settled) return { label: t(`repair.${code}`, note.finding.values), run: settled };
    if (code !== "missing_attribute" && code !== "naming") return undefined;
    const run = () => {
      // Without a region it is a question about the whole image.
      editor.select(element ? [element] : [], { reveal: true });
      // The panel draws the fields of the newly selected region first.
      requestAnimationFrame(() => editor.dispatch("attributes.focus"));
    };
    return { label: t("repair.missing_attribute"), run };
  }

  // A question with one region selected is about that region.
  const asked = editor.selection.length === 1 ? editor.region(editor.selection[0] as string) : null;
  return {
    busy,
    asksEmpty,
    goOnDrawing: () => setAsksEmpty(false),
    stopped,
    settle: () => {
      const [first] = stopped ?? [];
      setStopped(null);
      if (first) notes.show({ kind: "finding", id: findingId(first), finding: first });
      requestAnimationFrame(() => editor.focus());
    },
    pass: (reason) => submit({ ...sent.current, pass_reason: reason }),
    gaps,
    showGap: () => {
      setGaps(null);
      editor.nextGap();
    },
    submitWithGaps: () => {
      setGaps(null);
      submit();
    },
    closeGaps: () => setGaps(null),
    submit: () => {
      const nothing = editor.regions().length === 0 && Object.values(editor.answers()).every((value) => value === null);
      const share = editor.coverage();
      if (asksMisses()) return;
      if (nothing && editor.unknown().length === 0) setAsksEmpty(true);
      else if (work && share !== null && share < work.doc.project.coverage) setGaps(share);
      else submit();
    },
    empty,
    unusable: (reason) => submit({ outcome: "unusable", outcome_reason: reason }),
    cannotTell: () => submit({ outcome: "cannot_tell" }),
    skip: () => setAsks("skip"),
    park: () => setAsks("park"),
    release: () =>
      void ending(async () => {
        await desk.release();
        location.assign(`/projects/${desk.projectId}`);
      }),
    recall: () => work && void ending(() => desk.takeBack(work.doc.assignment.id)),
    comment: () => {
      const [first] = editor.selection;
      if (first) notes.compose({ at: { x: 0, y: 0 }, element: first });
      else editor.setTool("comment");
    },
    repairOf,
    asking: {
      opened: asks !== null,
      about: asks === "park" && asked ? t("park.about", { name: nameOf(editor, asked) }) : undefined,
      similarIn: asks === "park" ? (desk.projectId ?? undefined) : undefined,
      title: t(`${asks ?? "skip"}.title`),
      detail: t(`${asks ?? "skip"}.detail`),
      reasons: asks === "park" ? [] : (work?.doc.project.skip_reasons ?? []),
      label: t(`${asks ?? "skip"}.label`),
      confirm: t(`${asks ?? "skip"}.action`),
      optional: asks === "skip",
      busy,
      onConfirm: (text) => void ending(() => (asks === "park" ? desk.park(text, asked?.id) : desk.skip(text))),
      onClose: () => setAsks(null),
    },
  };
}
