import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { useMeQuery } from "@/api/me";
import { openOutbox, type Waiting } from "@/session";
import { Icon } from "@/ui";

/** What this device has not sent yet: after a crash, or because somebody else has signed in since. */
export function Unsent() {
  const { t } = useTranslation("common");
  const me = useMeQuery().data?.id;
  const { pathname } = useLocation();
  const [works, setWorks] = useState<readonly Waiting[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page looks again
  useEffect(() => {
    let gone = false;
    async function look() {
      const outbox = await openOutbox();
      const found = await outbox.waiting().catch(() => []);
      outbox.close();
      if (!gone) setWorks(found);
    }
    void look();
    window.addEventListener("focus", look);
    return () => {
      gone = true;
      window.removeEventListener("focus", look);
    };
  }, [pathname]);
  return works.map((work) => (
    <div key={`${work.annotation}:${work.person}`} className="row g6 sm lw-unsent" role="status">
      <Icon name="cloud-off" size="s" />
      {work.person === me ? (
        <>
          <span className="sp">{t("unsent.mine", { count: work.edits, task: work.task })}</span>
          <Link to={`/assignments/${work.assignment}`}>{t("unsent.open")}</Link>
        </>
      ) : (
        <span>{t("unsent.other", { count: work.edits, who: work.who })}</span>
      )}
    </div>
  ));
}
