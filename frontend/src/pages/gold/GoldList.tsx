import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { classTitle, useClasses } from "@/app/schema";
import { Button, Chip, type Column, DataTable, EmptyState, Loaded, LoadMore, showToast, useFormat } from "@/ui";
import { goldKey } from "./Content";

type Gold = Schemas["GoldOut"];

/** Trusted answers, newest first. */
export function GoldList() {
  const { t } = useTranslation("gold");
  const format = useFormat();
  const project = useProject();
  const queries = useQueryClient();
  const classes = useClasses(project.id);
  const { pages: list, rows } = usePages({
    queryKey: [...goldKey(project.id), "list"],
    ask: (cursor) => api.get<Listed<Gold>>(`/projects/${project.id}/quality/gold`, { query: { cursor } }),
  });
  const change = useMutation({
    mutationFn: ({ id, verb }: { id: number; verb: "retire" | "restore" }) => api.post<Gold>(`/gold/${id}/${verb}`),
    onSuccess: (gold, { verb }) =>
      showToast({
        tone: "ok",
        title: t(verb === "retire" ? "list.nowRetired" : "list.nowActive", { number: gold.task_number }),
        action:
          verb === "retire"
            ? { label: t("common:undo"), run: () => change.mutate({ id: gold.id, verb: "restore" }) }
            : undefined,
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: goldKey(project.id) }),
  });
  const columns: Column<Gold>[] = [
    {
      id: "task",
      header: t("list.task"),
      cell: (gold) => (
        <span className="row g6">
          <img className="gd-thumb" src={gold.thumb} alt="" crossOrigin="anonymous" loading="lazy" />
          <Link to={`/tasks/${gold.task}`} className="lnk">
            {t("list.number", { number: gold.task_number })}
          </Link>
          <span className="t3 el">{gold.name}</span>
        </span>
      ),
    },
    {
      id: "classes",
      header: t("list.classes"),
      cell: (gold) => (
        <span className="t2 el">
          {gold.outcome === "empty" ? t("list.nothing") : gold.classes.map((id) => classTitle(classes, id)).join(", ")}
        </span>
      ),
    },
    { id: "regions", header: t("list.regions"), align: "right", cell: (gold) => format.number(gold.region_count) },
    {
      id: "state",
      header: t("list.state"),
      cell: (gold) => (
        <span className="row g6">
          <Chip small tone={gold.state === "active" ? (gold.problem ? "warn" : "ok") : "neutral"}>
            {t(gold.state === "active" && gold.problem ? `list.${gold.problem}` : `list.${gold.state}`)}
          </Chip>
          <span className="t3 sm">{t("list.version", { version: gold.version })}</span>
        </span>
      ),
    },
    { id: "answered", header: t("list.answered"), align: "right", cell: (gold) => format.number(gold.answered) },
    {
      id: "made",
      header: t("list.made"),
      cell: (gold) => `${gold.created_by?.name ?? "–"}, ${format.ago(gold.created_at)}`,
    },
  ];
  return (
    <section aria-label={t("list.title")}>
      <h2>{t("list.title")}</h2>
      <Loaded query={list}>
        {() =>
          rows.length === 0 ? (
            <EmptyState icon="check" title={t("list.empty")}>
              {t("list.emptyLead")}
            </EmptyState>
          ) : (
            <DataTable
              label={t("list.title")}
              columns={columns}
              rows={rows}
              rowKey={(gold) => gold.id}
              actions={(gold) => (
                <Button
                  size="s"
                  onClick={() => change.mutate({ id: gold.id, verb: gold.state === "active" ? "retire" : "restore" })}
                >
                  {t(gold.state === "active" ? "list.retire" : "list.restore")}
                </Button>
              )}
            />
          )
        }
      </Loaded>
      <LoadMore pages={list} />
    </section>
  );
}
