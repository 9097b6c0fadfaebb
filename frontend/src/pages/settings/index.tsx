import { useTranslation } from "react-i18next";
import { useProject } from "@/app/project";
import { Page } from "@/ui";
import { Checks } from "./Checks";
import { Ending } from "./Ending";
import { Flow } from "./Flow";
import { General, StateChoice } from "./General";
import { Hooks } from "./Hooks";
import { WorkRules } from "./WorkRules";

/** Everything about how the project works; each part is saved by itself. */
export default function SettingsPage() {
  const { t } = useTranslation("settings");
  const project = useProject();
  const readOnly = !project.actions.includes("project.edit");
  const part = { project, readOnly };
  return (
    <Page title={t("title")} within={project.name}>
      <div className="gut" style={{ maxWidth: 860 }}>
        {readOnly && <p className="sm t2">{t("readOnly")}</p>}
        <General {...part} />
        <hr className="rule" />
        <StateChoice {...part} />
        <hr className="rule" />
        <Flow {...part} />
        <hr className="rule" />
        <WorkRules {...part} />
        <hr className="rule" />
        <Checks {...part} />
        <hr className="rule" />
        <Hooks project={project} />
        <hr className="rule" />
        <Ending project={project} />
      </div>
    </Page>
  );
}
