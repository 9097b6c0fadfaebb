import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import { showError, showToast } from "@/ui";
import { auditsKey } from "../audits/key";
import type { Desk, Work } from "../label/work/desk";
import { useOtherTask } from "../label/work/hooks";
import type { MarkIn } from "../review/Marks";

const LONGEST = 3_600_000; // ms of work that one judgement may report

/** What an auditor says of one task: marks, then right or wrong. */
export function useJudging(desk: Desk, work: Work | null, editor: Editor) {
  const { t } = useTranslation("audits");
  const queries = useQueryClient();
  const [marks, setMarks] = useState<readonly MarkIn[]>([]);
  const [busy, setBusy] = useState(false);
  const opened = useRef(Date.now());
  /** What a judgement on its way said: it stands there again when the server refuses it. */
  const sent = useRef<{ assignment: number; marks: readonly MarkIn[] }>(null);

  useOtherTask(work, () => {
    setMarks(sent.current?.assignment === work?.doc.assignment.id ? (sent.current?.marks ?? []) : []);
    opened.current = Date.now();
  });

  function defect(mark: MarkIn): Schemas["DefectIn"] {
    const region = mark.element ? editor.stage.scene.get(mark.element) : undefined;
    return {
      kind: mark.kind,
      severity: mark.severity ?? "major",
      class_id: region?.class ?? 0,
      element: mark.element ?? "",
      x: mark.point?.x ?? null,
      y: mark.point?.y ?? null,
      note: mark.note ?? "",
    };
  }

  async function send() {
    if (!work || busy) return;
    setBusy(true);
    try {
      let over = false;
      const body: Schemas["JudgementIn"] = {
        assignment: work.doc.assignment.id,
        token: work.doc.assignment.token,
        defects: marks.map(defect),
        active_ms: Math.min(Date.now() - opened.current, LONGEST),
      };
      sent.current = { assignment: work.doc.assignment.id, marks };
      await desk.handIn(async () => {
        over = (await api.post<Schemas["JudgementOut"]>("/audits/judge", body)).over;
      }, true);
      sent.current = null;
      // the page of audits may be closed now: what it knows is old
      void queries.invalidateQueries({ queryKey: auditsKey(work.doc.project.id) });
      if (over) showToast({ tone: "ok", title: t("allJudged", { number: work.doc.task.number }) });
    } catch (error) {
      showError(error, t("notKept"));
    } finally {
      setBusy(false);
    }
  }
  return {
    marks,
    busy,
    addMark: (mark: MarkIn) => setMarks((before) => [...before, mark]),
    removeMark: (index: number) => setMarks((before) => before.filter((_, at) => at !== index)),
    right: () => {
      if (marks.length === 0) void send();
      else showToast({ tone: "warn", title: t("hasMarks") });
    },
    wrong: () => {
      if (marks.length > 0) void send();
      else showToast({ tone: "warn", title: t("needsMarks") });
    },
  };
}
