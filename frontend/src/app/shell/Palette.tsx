import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { useOrganisation } from "@/app/organisation";
import { useProjectId, useProjectQuery } from "@/app/project";
import { PROJECT_PAGES } from "@/app/routes";
import { Icon, type IconName } from "@/ui";

export const openPalette = () => spotlight.open();

/** Enter goes to the first that was found, also where the answer came after the last key and nothing is chosen yet. */
function takeFirst(event: KeyboardEvent<HTMLElement>) {
  const list = event.currentTarget.closest("[role=dialog]");
  if (event.key !== "Enter" || event.nativeEvent.isComposing || list?.querySelector("[data-action][data-selected]"))
    return;
  list?.querySelector<HTMLElement>("[data-action]")?.click();
}

/** Go anywhere by its name. */
export function Palette() {
  const { t } = useTranslation("common");
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const organisation = useOrganisation();
  const projectId = useProjectId();
  const { data: project } = useProjectQuery(projectId);
  const found = useQuery({
    queryKey: ["projects", "palette", organisation?.id, query],
    queryFn: () =>
      api.get<Listed<Schemas["ProjectCard"]>>("/projects", {
        query: { organisation: organisation?.id, search: query },
      }),
    enabled: query.length > 0,
  });
  function entry(id: string, label: string, to: string, icon: IconName): SpotlightActionData {
    return { id, label, leftSection: <Icon name={icon} />, onClick: () => void navigate(to) };
  }
  const pages = [
    entry("projects", t("nav.projects"), "/projects", "home"),
    entry("work", t("nav.work"), "/work", "inbox"),
    entry("jobs", t("nav.jobs"), "/jobs", "jobs"),
    entry("organisation", t("nav.organisation"), "/organisation", "people"),
    entry("account", t("nav.account"), "/account", "user"),
  ];
  const here = project
    ? PROJECT_PAGES.flatMap(({ path, nav }) =>
        nav && (!nav.action || project.actions.includes(nav.action))
          ? [entry(`here-${path}`, t(`project.${nav.label}`), `/projects/${project.id}/${path}`, nav.icon)]
          : [],
      )
    : [];
  const projects = (found.data?.results ?? []).map((card) =>
    entry(`project-${card.id}`, card.name, `/projects/${card.id}`, "layers"),
  );
  return (
    <Spotlight
      shortcut="mod + K"
      query={query}
      onQueryChange={setQuery}
      nothingFound={t("nav.searchNothing")}
      limit={12}
      actions={[
        ...(project ? [{ group: project.name, actions: here }] : []),
        { group: t("nav.projects"), actions: projects },
        { group: t("nav.pages"), actions: pages },
      ]}
      searchProps={{
        placeholder: t("nav.searchHint"),
        "aria-label": t("nav.searchHint"),
        onKeyDown: takeFirst,
        leftSection: <Icon name="search" />,
      }}
    />
  );
}
