import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { useProjectId, useProjectQuery } from "@/app/project";
import { PROJECT_PAGES } from "@/app/routes";
import { Icon, IconButton, type IconName, useFormat } from "@/ui";
import { useNavCounts, useProjectCounts } from "./counts";
import { NavJobs } from "./NavJobs";
import { NavUploads } from "./NavUploads";
import { Notices } from "./Notices";
import { OrganisationMenu } from "./OrganisationMenu";
import { openPalette } from "./Palette";
import { PersonMenu } from "./PersonMenu";

interface NavItemProps {
  to: string;
  icon: IconName;
  label: string;
  count?: number;
  end?: boolean;
}

function NavItem({ to, icon, label, count, end }: NavItemProps) {
  const format = useFormat();
  return (
    <NavLink to={to} end={end} className={({ isActive }) => `it ${isActive ? "on" : ""}`}>
      <Icon name={icon} />
      <span className="el">{label}</span>
      {count !== undefined && count > 0 && <span className="n">{format.number(count)}</span>}
    </NavLink>
  );
}

export function Nav() {
  const { t } = useTranslation("common");
  const counts = useNavCounts();
  const projectId = useProjectId();
  return (
    <nav className="nav" aria-label={t("nav.main")}>
      <div className="row" style={{ height: 28, padding: "0 0 0 6px", marginBottom: 6, flex: "none" }}>
        <OrganisationMenu />
        <span className="sp" />
        <Notices />
        <IconButton icon="search" size="s" label={t("nav.search")} keys="Ctrl K" onClick={openPalette} />
      </div>
      <NavItem to="/projects" icon="home" label={t("nav.projects")} end />
      <NavItem to="/work" icon="inbox" label={t("nav.work")} count={counts.work} />
      <NavItem to="/jobs" icon="jobs" label={t("nav.jobs")} count={counts.jobs} />
      <NavItem to="/organisation" icon="people" label={t("nav.organisation")} />
      {projectId !== null && <ProjectNav projectId={projectId} />}
      <span className="sp" />
      <div className="foot">
        <NavUploads />
        <NavJobs jobs={counts.running} />
        <PersonMenu />
      </div>
    </nav>
  );
}

function ProjectNav({ projectId }: { projectId: number }) {
  const { t } = useTranslation("common");
  const { data: project } = useProjectQuery(projectId);
  const counts = useProjectCounts(projectId);
  if (!project) return null;
  const shown = PROJECT_PAGES.flatMap(({ path, nav }) =>
    nav && (!nav.action || project.actions.includes(nav.action)) ? [{ path, nav }] : [],
  );
  return (
    <>
      <div className="row g4" style={{ padding: "18px 8px 8px", fontSize: 12 }}>
        <span className="b el" title={project.name}>
          {project.name}
        </span>
      </div>
      {shown.map(({ path, nav }, n) => (
        <Fragment key={path}>
          {n > 0 && shown[n - 1]?.nav.group !== nav.group && <hr className="part" />}
          <NavItem
            to={`/projects/${projectId}${path ? `/${path}` : ""}`}
            end={path === ""}
            icon={nav.icon}
            label={t(`project.${nav.label}`)}
            count={nav.count ? counts[nav.count] : undefined}
          />
        </Fragment>
      ))}
    </>
  );
}
