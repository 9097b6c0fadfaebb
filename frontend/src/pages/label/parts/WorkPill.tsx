import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TaskSession } from "@/session";
import { Icon, SavePill } from "@/ui";
import { useSessionEvents } from "../work/hooks";

const SAYS_SAVING_AFTER = 300; // ms: shorter saves are not worth a word

/** Where the work is, always at the same place. */
export function WorkPill({ session, onTrouble }: { session: TaskSession | null; onTrouble: () => void }) {
  const { t } = useTranslation("label");
  useSessionEvents(session, "save");
  const [slow, setSlow] = useState(false);
  const state = session?.saveState;
  const saving = state?.kind === "saving";
  useEffect(() => {
    setSlow(false);
    if (!saving) return;
    const timer = setTimeout(() => setSlow(true), SAYS_SAVING_AFTER);
    return () => clearTimeout(timer);
  }, [saving]);
  if (!state) return null;
  if (state.kind === "refused") return <SavePill save={{ state: "refused", count: state.count, onShow: onTrouble }} />;
  if (state.kind === "blocked")
    return <SavePill save={{ state: "blocked", waiting: state.waiting, onShow: onTrouble }} />;
  if (state.kind === "offline") return <SavePill save={{ state: "offline", waiting: state.waiting }} />;
  if (state.kind === "conflict")
    return (
      <button type="button" className="chip warn" onClick={onTrouble}>
        <Icon name="alert" size="s" />
        {t("conflict.pill", { count: state.count })}
      </button>
    );
  if (state.kind === "elsewhere")
    return (
      <span className="pill off" role="status" title={t("elsewhere.detail")}>
        <Icon name="copy" size="s" />
        {t("elsewhere.pill")}
      </span>
    );
  return <SavePill save={saving && slow ? { state: "saving" } : { state: "saved" }} />;
}
