import { useTranslation } from "react-i18next";
import type { Project } from "@/app/project";
import { LinkButton } from "@/ui";

/** Webhooks have a page of their own. */
export function Hooks({ project }: { project: Project }) {
  const { t } = useTranslation("settings");
  if (!project.actions.includes("webhooks.edit")) return null;
  return (
    <section aria-labelledby="hooks">
      <h2 id="hooks">{t("hooks.title")}</h2>
      <p className="sm t2" style={{ marginBottom: 10 }}>
        {t("hooks.lead")}
      </p>
      <LinkButton to={`/projects/${project.id}/settings/webhooks`} icon="exchange">
        {t("hooks.open")}
      </LinkButton>
    </section>
  );
}
