import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { ErrorState, useFormat } from "@/ui";
import { isBeside } from "./HowChoice";

type Report = Schemas["ImportReport"] | Schemas["ImportTrial"];
const PARTS = ["added", "updated", "removed", "unchanged", "kept"] as const;
const OUTCOMES = ["untouched", "corrected", "removed", "added"] as const;

/** What an import does, or did, to images and regions. */
export function EffectLine({ report }: { report: Report }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const { effect } = report;
  const parts = PARTS.filter((part) => effect[part] > 0).map((part) =>
    t(`effect.${part}`, { count: effect[part], shown: format.number(effect[part]) }),
  );
  return (
    <div className="xs t2">
      {t("effect.images", { changed: format.number(report.changed), unchanged: format.number(report.unchanged) })}
      {parts.length > 0 && ` ${t("effect.regions", { parts: parts.join(", ") })}`}
      {effect.by_people > 0 && (
        <span className="warn">
          {" "}
          {t("effect.by_people", { count: effect.by_people, shown: format.number(effect.by_people) })}
        </span>
      )}
    </div>
  );
}

/** What people did since to the regions that came in; asked when somebody wants to know. */
export function Afterwards({ run }: { run: Schemas["ImportOut"] }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const found = useQuery({
    queryKey: ["import", run.id, "afterwards"],
    queryFn: () => api.get<Schemas["ImportAfterwards"]>(`/imports/${run.id}/afterwards`),
    enabled: open,
  });
  if (isBeside(run.mode) || run.report === null || run.report.changed === 0) return null;
  return (
    <>
      <button type="button" className="lnk xs" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t("afterwards.title")}
      </button>
      {open && found.isError && <ErrorState inline error={found.error} />}
      {open && found.data && (
        <div className="report" role="status">
          {OUTCOMES.map((outcome) => (
            <span key={outcome} className="figure">
              <span className="m">{format.number(found.data[outcome])}</span> {t(`afterwards.${outcome}`)}
            </span>
          ))}
          <div className="xs t3">
            {t("afterwards.tasks", {
              changed: format.number(found.data.changed_tasks),
              tasks: format.number(found.data.tasks),
            })}
            {found.data.more && ` ${t("afterwards.more")}`}
          </div>
        </div>
      )}
    </>
  );
}
