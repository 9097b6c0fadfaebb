import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, useParams } from "react-router";
import { useProject } from "@/app/project";
import { Page, SkeletonRows } from "@/ui";
import { QUALITY_TABS } from "./tabs";
import "./quality.css";

/** /projects/:projectId/quality/:tab */
export default function QualityPage() {
  const { t } = useTranslation("quality");
  const { tab = "" } = useParams();
  const project = useProject();
  const tabs = QUALITY_TABS.filter(({ action }) => project.actions.includes(action));
  const shown = tabs.find(({ path }) => path === tab) ?? tabs[0];
  const base = `/projects/${project.id}/quality`;
  return (
    <Page title={t("title")} within={project.name}>
      {tabs.length > 1 && (
        <nav className="lw-tabs" aria-label={t("tabs.label")}>
          {tabs.map(({ path, label }) => (
            <NavLink key={path} to={path ? `${base}/${path}` : base} end>
              {t(`tabs.${label}`)}
            </NavLink>
          ))}
        </nav>
      )}
      <Suspense
        fallback={
          <div className="gut">
            <SkeletonRows rows={10} height={36} />
          </div>
        }
      >
        {shown && <shown.Content />}
      </Suspense>
    </Page>
  );
}
