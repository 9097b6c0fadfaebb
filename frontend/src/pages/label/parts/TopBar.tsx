import { Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/api/me";
import { Avatar, Icon, Logo } from "@/ui";

interface TopBarProps {
  project: { id: number; name: string } | null;
  /** Task and its place, from the left. */
  children?: ReactNode;
  /** Zoom, view, save state, at the right. */
  tools?: ReactNode;
}

/** The bar of the pages that give the whole window to an image. */
export function TopBar({ project, children, tools }: TopBarProps) {
  const { t } = useTranslation(["label", "common"]);
  const me = useMe();
  const name = me.name || me.email;
  return (
    <>
      <Link to="/projects" aria-label={t("label:projects")} className="row" style={{ borderRadius: 4 }}>
        <Logo />
      </Link>
      {project && <ProjectMenu project={project} />}
      <span className="sep" />
      {children}
      <span className="sp" />
      {tools}
      <Link
        to="/account"
        className="row"
        style={{ marginLeft: 4, borderRadius: 10 }}
        aria-label={t("common:nav.account")}
        title={name}
      >
        <Avatar name={name} />
      </Link>
    </>
  );
}

const PLACES = [
  ["overview", ""],
  ["data", "/data"],
  ["guidelines", "/guidelines"],
] as const;

function ProjectMenu({ project }: { project: { id: number; name: string } }) {
  const { t } = useTranslation("common");
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className="btn q lw-project">
          <span className="m el" style={{ color: "var(--lw-text)" }}>
            {project.name}
          </span>
          <Icon name="chevron-down" size="x" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {PLACES.map(([name, path]) => (
          <Menu.Item key={name} component={Link} to={`/projects/${project.id}${path}`}>
            {t(`project.${name}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/work">
          {t("nav.work")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
