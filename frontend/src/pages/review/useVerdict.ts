import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { NotSaved } from "@/session";
import { showError, showToast } from "@/ui";
import type { Desk, Work } from "../label/work/desk";
import { useOtherTask } from "../label/work/hooks";
import { problemBehind } from "../label/work/transport";
import type { MarkIn } from "./Marks";
import type { VerdictCommands } from "./Verdict";

interface VerdictOf {
  desk: Desk;
  work: Work | null;
  edited: boolean;
  startEditing: () => void;
  focusReason: () => void;
}

export interface Judging extends VerdictCommands {
  busy: boolean;
  marks: readonly MarkIn[];
  addMark: (mark: MarkIn) => void;
  removeMark: (index: number) => void;
}

/** A verdict in the making: reasons, note and marks, and what sends it. */
export function useVerdict({ desk, work, edited, startEditing, focusReason }: VerdictOf): Judging {
  const { t } = useTranslation("review");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [note, setNote] = useState("");
  const [marks, setMarks] = useState<readonly MarkIn[]>([]);
  const [busy, setBusy] = useState(false);
  const opened = useRef(Date.now());
  /** What a verdict on its way said: it stands there again when the server refuses it. */
  const sent = useRef<{ assignment: number; chosen: ReadonlySet<string>; note: string; marks: readonly MarkIn[] }>(
    null,
  );

  useOtherTask(work, () => {
    const again = sent.current?.assignment === work?.doc.assignment.id ? sent.current : null;
    setChosen(again?.chosen ?? new Set());
    setNote(again?.note ?? "");
    setMarks(again?.marks ?? []);
    opened.current = Date.now();
  });

  async function judge(verdict: Schemas["ReviewIn"]["verdict"]) {
    const { doc, session } = work ?? {};
    if (!doc?.revision || !session || busy) return;
    setBusy(true);
    try {
      const reason = [[...chosen].join(", "), note.trim()].filter(Boolean).join(": ");
      const body = {
        verdict,
        reason,
        marks: [...marks],
        token: doc.assignment.token,
        active_ms: Math.min(Date.now() - opened.current, 3_600_000),
      };
      const { id } = doc.revision;
      sent.current = { assignment: doc.assignment.id, chosen, note, marks };
      await desk.handIn(async () => {
        if (verdict === "fix") await session.flush();
        return api.post<Schemas["ReviewOut"]>(`/revisions/${id}/reviews`, body);
      }, true);
      sent.current = null;
      showToast({ tone: "ok", title: t(`verdict.done.${verdict}`, { number: doc.task.number }) });
    } catch (error) {
      if (error instanceof NotSaved) showToast({ tone: "bad", title: t("verdict.unsaved") });
      else {
        const problem = problemBehind(error);
        showError(problem ?? error, t("verdict.failed"));
        if (problem?.code === "already_reviewed" || problem?.code === "stale_revision") await desk.next();
      }
    } finally {
      setBusy(false);
    }
  }
  return {
    busy,
    reasons: work?.doc.project.reject_reasons ?? [],
    chosen,
    toggle: (reason) =>
      setChosen((before) => {
        const after = new Set(before);
        if (!after.delete(reason)) after.add(reason);
        return after;
      }),
    note,
    setNote,
    marks,
    addMark: (mark) => setMarks((before) => [...before, mark]),
    removeMark: (index) => setMarks((before) => before.filter((_, at) => at !== index)),
    accept: () => {
      if (edited) showToast({ tone: "warn", title: t("verdict.edited") });
      else void judge("accept");
    },
    fix: () => {
      if (edited) void judge("fix");
      else if (work?.session) startEditing();
    },
    reject: () => {
      if (chosen.size > 0 || note.trim() !== "") return void judge("reject");
      showToast({ tone: "warn", title: t("verdict.needsReason") });
      focusReason();
    },
  };
}
