import { useTranslation } from "react-i18next";
import { useProject } from "@/app/project";
import { Page } from "@/ui";
import AuditsContent from "./Content";

/** /projects/:projectId/audits */
export default function AuditsPage() {
  const { t } = useTranslation("audits");
  const project = useProject();
  return (
    <Page title={t("title")} within={project.name}>
      <AuditsContent />
    </Page>
  );
}
