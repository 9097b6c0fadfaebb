import { Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useMe } from "@/api/me";
import { chooseOrganisation, useOrganisation } from "@/app/organisation";
import { Icon, Logo } from "@/ui";

export function OrganisationMenu() {
  const { t } = useTranslation("common");
  const { organisations } = useMe();
  const current = useOrganisation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const name = (
    <>
      <Logo />
      <span className="b el">{current?.name ?? "Labelwright"}</span>
    </>
  );
  if (organisations.length < 2) return <span className="row el">{name}</span>;
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <button type="button" className="row el" style={{ minHeight: 24 }}>
          <span className="vh">{t("nav.switchOrganisation")}</span>
          {name}
          <Icon name="chevron-down" size="x" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("nav.switchOrganisation")}</Menu.Label>
        {organisations.map((organisation) => (
          <Menu.Item
            key={organisation.id}
            rightSection={<span className="t3 sm">{t(`role.${organisation.role}`)}</span>}
            onClick={() => {
              chooseOrganisation(organisation.id);
              void queries.invalidateQueries();
              void navigate("/projects");
            }}
          >
            {organisation.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
