import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import type { Model } from "./shared";
import { Uses } from "./Uses";

/** Sources of predictions that came by REST or in a file: they name no model that is registered here. */
export function useElsewhere(project: Project, models: readonly Model[]): string[] {
  const found = useQuery({
    queryKey: ["project", project.id, "queue-order", "models"],
    queryFn: () => api.get<Schemas["OrderModels"]>(`/projects/${project.id}/queue-order/models`),
    enabled: project.actions.includes("tasks.manage"),
  });
  const here = new Set(models.flatMap((model) => model.versions.map((version) => version.source)));
  return (found.data?.models ?? []).filter((source) => !here.has(source));
}

interface SourceListProps {
  sources: readonly string[];
  chosen: string | null;
  onChoose: (source: string) => void;
}

export function SourceList({ sources, chosen, onChoose }: SourceListProps) {
  const { t } = useTranslation("models");
  return sources.map((source) => (
    <button
      key={source}
      type="button"
      className="model"
      aria-current={source === chosen ? "true" : undefined}
      onClick={() => onChoose(source)}
    >
      <span className="m el">{source}</span>
      <span className="xs t3">{t("elsewhere.short")}</span>
    </button>
  ));
}

/** What became of them; nothing can be run. */
export function Elsewhere({ project, source }: { project: Project; source: string }) {
  const { t } = useTranslation("models");
  return (
    <section aria-label={source}>
      <h2 className="el">{source}</h2>
      <p className="sm t2">{t("elsewhere.lead")}</p>
      <Uses project={project} source={source} />
    </section>
  );
}
