import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui";
import { saveCopy } from "../work/copy";
import type { Desk, Work } from "../work/desk";
import { useSessionEvent } from "../work/hooks";

interface LeaseLostProps {
  desk: Desk;
  work: Work;
  stage: "annotate" | "review" | "adjudicate";
}

/** The task went to somebody else while it lay open: what became of the work, and what can be done. */
export function LeaseLost({ desk, work, stage }: LeaseLostProps) {
  const { t } = useTranslation("label");
  const [lost, setLost] = useState(false);
  const { session, doc } = work;
  useSessionEvent(session, "lease", ({ state }) => setLost(state === "lost"));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another task, another lease
  useEffect(() => setLost(false), [work]);
  if (!lost) return null;
  const unsent = session?.unsent() ?? [];
  return (
    <div className="glass lw-lease" role="alert">
      <span className="el">{t(stage === "review" ? "lease.lostReview" : "lease.lost")}</span>
      <Button size="s" onClick={() => void desk.open(doc.assignment.id)}>
        {t("lease.again")}
      </Button>
      <Button size="s" onClick={() => void desk.next()}>
        {t(stage === "review" ? "lease.nextReview" : "lease.next")}
      </Button>
      {unsent.length > 0 && (
        <Button size="s" onClick={() => saveCopy(doc, session?.unsent() ?? [])}>
          {t("lease.file")}
        </Button>
      )}
    </div>
  );
}
