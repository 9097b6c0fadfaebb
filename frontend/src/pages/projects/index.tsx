import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { useMay, useOrganisation } from "@/app/organisation";
import { droppedFiles } from "@/app/pickedFiles";
import { useProjectFromFiles } from "@/app/useNewProject";
import { Button, EmptyState, ErrorState, LinkButton, LoadMore, Page, PageDrop, SkeletonRows, useFormat } from "@/ui";
import { FirstRun } from "./FirstRun";
import { NextWork } from "./NextWork";
import { ProjectCards } from "./ProjectCards";
import { ProjectFilters, useProjectFilters } from "./ProjectFilters";
import { ProjectTable } from "./ProjectTable";
import "./projects.css";

type Card = Schemas["ProjectCard"];

export default function ProjectsPage() {
  const { t } = useTranslation("projects");
  const format = useFormat();
  const organisation = useOrganisation();
  const mayCreate = useMay("project.create");
  const filters = useProjectFilters();
  const queries = useQueryClient();
  const fromFiles = useProjectFromFiles();
  const { pages: query, rows: cards } = usePages({
    queryKey: ["projects", "cards", organisation?.id, filters.query],
    ask: (cursor) =>
      api.get<Listed<Card>>("/projects", {
        query: { organisation: organisation?.id, limit: 24, cursor, ...filters.query },
      }),
    enabled: organisation !== null,
    placeholderData: (before) => before,
  });
  useEvent("counts.changed", () => void queries.invalidateQueries({ queryKey: ["projects", "cards"] }));
  const none = query.isSuccess && cards.length === 0;
  const firstRun = none && !filters.active;
  return (
    <Page
      title={t("title")}
      beside={
        cards.length > 0 && <span className="t3">{format.number(cards.length) + (query.hasNextPage ? "+" : "")}</span>
      }
      actions={
        mayCreate && (
          <LinkButton kind={firstRun ? "default" : "primary"} icon="plus" to="/projects/new">
            {t("new")}
          </LinkButton>
        )
      }
    >
      {firstRun ? <FirstRun mayCreate={mayCreate} onFilters={filters.showArchived} /> : <NextWork />}
      {!firstRun && <ProjectFilters {...filters} />}
      <PageDrop
        label={t("dropHere")}
        enabled={mayCreate && !fromFiles.isPending}
        onDrop={(transfer) => void droppedFiles(transfer).then((files) => files.length > 0 && fromFiles.mutate(files))}
      />
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && organisation !== null && <CardSkeletons />}
      {none && !firstRun && (
        <EmptyState
          icon="search"
          title={t("nothing.title")}
          action={<Button onClick={filters.clear}>{t("nothing.clear")}</Button>}
        >
          {t("nothing.lead")}
        </EmptyState>
      )}
      {cards.length > 0 && (filters.view === "cards" ? <ProjectCards cards={cards} /> : <ProjectTable cards={cards} />)}
      <LoadMore pages={query} className="row" style={{ justifyContent: "center", padding: "0 0 24px" }} />
    </Page>
  );
}

function CardSkeletons() {
  const [count] = useState(6);
  return (
    <div className="project-grid" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="project-card">
          <div className="sk" style={{ height: 166, borderRadius: 0 }} />
          <div style={{ padding: "10px 14px" }}>
            <SkeletonRows rows={3} height={26} />
          </div>
        </div>
      ))}
    </div>
  );
}
