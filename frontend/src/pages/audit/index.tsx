import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { Editor } from "@/engine/editor";
import { FullScreenShell } from "@/ui";
import { Canvas } from "../label/parts/Canvas";
import { TopBar } from "../label/parts/TopBar";
import { ZoomButtons } from "../label/parts/ZoomButtons";
import { useDesk } from "../label/work/hooks";
import { AuditBench } from "./AuditBench";
import "../label/label.css";
import "../review/review.css";
import "../audits/audits.css";

/** /projects/:projectId/audit: accepted work to look at, what is wrong to be marked, nothing to be changed. */
export default function AuditPage() {
  const { t } = useTranslation("audits");
  const projectId = Number(useParams().projectId);
  const [desk, state] = useDesk({ projectId, stage: "audit" }, null);
  const [editor, setEditor] = useState<Editor | null>(null);
  const onEditor = useCallback((made: Editor | null) => setEditor(made), []);
  const work = state.kind === "open" ? state.work : null;
  const doc = work?.doc ?? null;
  return (
    <FullScreenShell
      documentTitle={t("judging")}
      top={
        <TopBar
          project={doc ? { id: doc.project.id, name: doc.project.name } : null}
          tools={editor && doc && <ZoomButtons editor={editor} />}
        >
          <span className="m nw">{t("judging")}</span>
          {doc && <span className="t3 sm el">{t("task", { number: doc.task.number })}</span>}
          {doc && doc.remaining !== null && <span className="t3 sm nw">{t("left", { count: doc.remaining })}</span>}
        </TopBar>
      }
    >
      <div className="lw-audit">
        <Canvas
          label={(count) => (doc ? t("canvas", { number: doc.task.number, count }) : t("judging"))}
          onEditor={onEditor}
        />
        {editor && <AuditBench desk={desk} state={state} work={work} editor={editor} />}
      </div>
    </FullScreenShell>
  );
}
