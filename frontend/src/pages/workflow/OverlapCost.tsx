import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { useFormat } from "@/ui";
import type { Annotate } from "./draft";
import { workflowKey } from "./useWorkflow";

type Share = NonNullable<Annotate["share"]>;

/** What the extra answers cost, and how closely kappa will be known by them. */
export function OverlapCost({ project, share }: { project: Project; share: Share }) {
  const { t } = useTranslation("workflow");
  const format = useFormat();
  const asked = { share: share.share ?? 0, overlap: share.overlap ?? 2 };
  const { data } = useQuery({
    queryKey: [...workflowKey(project.id), "overlap", asked],
    queryFn: () => api.post<Schemas["OverlapPlan"]>(`/projects/${project.id}/workflow/overlap`, asked),
    enabled: project.actions.includes("project.edit"),
    placeholderData: (before) => before,
  });
  if (!data) return null;
  const two = (value: number) => value.toFixed(2);
  return (
    <div className="wf-cost sm" aria-live="polite">
      <p>
        {t("cost.answers", {
          count: data.extra_answers,
          tasks: format.number(data.shared),
          all: format.number(data.tasks),
        })}
        {data.hours !== null && ` ${t("cost.hours", { hours: data.hours.toFixed(1) })}`}
      </p>
      <p className="t2">
        {data.low === null || data.high === null
          ? t("cost.noInterval")
          : t("cost.interval", { kappa: two(data.kappa), low: two(data.low), high: two(data.high) })}{" "}
        {t(data.classes === null ? "cost.evenClasses" : "cost.ownClasses")}
      </p>
    </div>
  );
}
