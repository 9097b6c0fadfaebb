import { useTranslation } from "react-i18next";
import { useProject } from "@/app/project";
import { Page } from "@/ui";
import { Findings } from "./Findings";

/** /projects/:projectId/findings */
export default function FindingsPage() {
  const { t } = useTranslation("findings");
  const project = useProject();
  return (
    <Page title={t("list.title")} within={project.name}>
      <Findings />
    </Page>
  );
}
