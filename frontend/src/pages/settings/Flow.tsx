import { useTranslation } from "react-i18next";
import type { Project } from "@/app/project";
import { LinkButton } from "@/ui";

/** The workflow has a page of its own. */
export function Flow({ project, readOnly }: { project: Project; readOnly: boolean }) {
  const { t } = useTranslation("settings");
  return (
    <section aria-labelledby="flow">
      <h2 id="flow">{t("flow.title")}</h2>
      <p className="sm t2" style={{ marginBottom: 10 }}>
        {t("flow.lead", { number: project.workflow_version })}
      </p>
      <LinkButton to={`/projects/${project.id}/settings/workflow`} icon="exchange">
        {t(readOnly ? "flow.look" : "flow.edit")}
      </LinkButton>
    </section>
  );
}
