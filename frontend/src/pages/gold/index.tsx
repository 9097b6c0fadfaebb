import { useTranslation } from "react-i18next";
import { useProject } from "@/app/project";
import { Page } from "@/ui";
import GoldContent from "./Content";

/** /projects/:projectId/gold */
export default function GoldPage() {
  const { t } = useTranslation("gold");
  const project = useProject();
  return (
    <Page title={t("title")} within={project.name}>
      <GoldContent />
    </Page>
  );
}
