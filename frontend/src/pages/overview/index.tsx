import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { type Project, useProject } from "@/app/project";
import { Chip, EmptyState, LinkButton, Loaded, Page, Seg, SkeletonRows, useKey } from "@/ui";
import { Answers, StateBar } from "./Answers";
import { Classes, NeedsAttention, People } from "./Lists";
import { Pace, Quality } from "./Pace";
import "./overview.css";

const SPANS = ["30", "90"] as const;
type Span = (typeof SPANS)[number];

export default function OverviewPage() {
  const { t } = useTranslation("overview");
  const project = useProject();
  const [span, setSpan] = useState<Span>("30");
  const stats = useQuery({
    queryKey: ["project", project.id, "stats", span],
    queryFn: () => api.get<Schemas["ProjectStats"]>(`/projects/${project.id}/stats`, { query: { days: span } }),
    placeholderData: (before) => before,
  });
  useLiveStats(project.id);
  return (
    <Page
      title={t("title")}
      within={project.name}
      beside={<ProjectStateChip project={project} />}
      actions={
        <>
          <Seg
            label={t("span")}
            value={span}
            onChange={setSpan}
            options={SPANS.map((days) => ({ value: days, label: t("days", { count: Number(days) }) }))}
          />
          <Actions project={project} />
        </>
      }
    >
      <Loaded
        query={stats}
        skeleton={
          <div className="gut">
            <SkeletonRows rows={12} height={40} />
          </div>
        }
      >
        {(value) =>
          value.tasks === 0 ? <NothingYet project={project} /> : <Dashboard project={project} stats={value} />
        }
      </Loaded>
    </Page>
  );
}

/** Asks again when counts moved; at most once in two seconds comes from the query's own sharing. */
function useLiveStats(projectId: number) {
  const queries = useQueryClient();
  useEvent("*", (data, event) => {
    const moved = ["counts.changed", "task.changed", "reconnected"].includes(event.type);
    const elsewhere = (data as { project?: number } | null)?.project;
    if (moved && (elsewhere === undefined || elsewhere === projectId))
      void queries.invalidateQueries({ queryKey: ["project", projectId, "stats"] }, { cancelRefetch: false });
  });
}

function ProjectStateChip({ project }: { project: Project }) {
  const { t } = useTranslation("common");
  const tone = { draft: "neutral", active: "ok", paused: "warn", done: "accent", archived: "neutral" } as const;
  return <Chip tone={tone[project.state]}>{t(`projectState.${project.state}`)}</Chip>;
}

function Actions({ project }: { project: Project }) {
  const { t } = useTranslation("overview");
  const navigate = useNavigate();
  const may = (action: string) => project.actions.includes(action);
  const draws = may("annotate") && project.state === "active";
  useKey("N", () => void navigate(`/projects/${project.id}/label`), draws);
  return (
    <>
      {may("datasets.export") && (
        <LinkButton icon="upload" to={`/projects/${project.id}/exchange`}>
          {t("export")}
        </LinkButton>
      )}
      {draws && (
        <LinkButton kind="primary" icon="play" keys="N" to={`/projects/${project.id}/label`}>
          {t("labelNext")}
        </LinkButton>
      )}
    </>
  );
}

function NothingYet({ project }: { project: Project }) {
  const { t } = useTranslation("overview");
  const mayAdd = project.actions.includes("assets.add");
  return (
    <EmptyState
      icon="image"
      title={t("empty.title")}
      action={
        mayAdd && (
          <LinkButton kind="primary" to={`/projects/${project.id}/data`}>
            {t("empty.add")}
          </LinkButton>
        )
      }
    >
      {mayAdd ? t("empty.lead") : t("empty.wait")}
    </EmptyState>
  );
}

function Dashboard({ project, stats }: { project: Project; stats: Schemas["ProjectStats"] }) {
  return (
    <div className="overview">
      <Answers stats={stats} />
      <StateBar project={project} stats={stats} />
      <div className="band charts">
        <Pace stats={stats} />
        <Quality stats={stats} />
      </div>
      <div className="band lists">
        <Classes stats={stats} />
        <People stats={stats} />
        <NeedsAttention stats={stats} />
      </div>
    </div>
  );
}
