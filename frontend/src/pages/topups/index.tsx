import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { type Project, useProject } from "@/app/project";
import {
  Button,
  Chip,
  type Column,
  ConfirmDialog,
  DataTable,
  EmptyState,
  LinkButton,
  Loaded,
  Page,
  ProgressBar,
  showToast,
  useFormat,
} from "@/ui";
import { type TopUp, topUpsKey } from "./data";
import { NewTopUp } from "./NewTopUp";

/** What accepted work is asked anew: how far each question is, and the way back from it. */
export default function TopUpsPage() {
  const { t } = useTranslation("topups");
  const project = useProject();
  const queries = useQueryClient();
  const may = project.actions.includes("tasks.manage");
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState(search.has("class"));
  const list = useQuery({
    queryKey: topUpsKey(project.id),
    queryFn: () => api.get<Schemas["TopUpList"]>(`/projects/${project.id}/top-ups`),
  });
  useEvent("top_up.changed", () => void queries.invalidateQueries({ queryKey: topUpsKey(project.id) }));
  function close() {
    setOpen(false);
    setSearch({}, { replace: true });
  }
  return (
    <Page
      title={t("title")}
      within={project.name}
      beside={list.data && <span className="t3">{list.data.results.length}</span>}
      actions={
        may && (
          <Button kind="primary" icon="plus" onClick={() => setOpen(true)}>
            {t("new")}
          </Button>
        )
      }
    >
      <div className="gut col" style={{ gap: 12 }}>
        <p className="sm t2">{t("lead")}</p>
        <Loaded query={list}>
          {({ results }) =>
            results.length === 0 ? (
              <EmptyState icon="layers" title={t("empty")}>
                {t(may ? "emptyLead" : "emptyWork")}
              </EmptyState>
            ) : (
              <TopUpTable project={project} rows={results} may={may} />
            )
          }
        </Loaded>
      </div>
      {open && (
        <NewTopUp
          project={project.id}
          classId={Number(search.get("class")) || null}
          attribute={search.get("attribute")}
          split={search.has("split")}
          onClose={close}
        />
      )}
    </Page>
  );
}

function TopUpTable({ project, rows, may }: { project: Project; rows: TopUp[]; may: boolean }) {
  const { t } = useTranslation("topups");
  const format = useFormat();
  const queries = useQueryClient();
  const [ending, setEnding] = useState<TopUp | null>(null);
  const fresh = () => queries.invalidateQueries({ queryKey: topUpsKey(project.id) });
  const undo = useMutation({
    mutationFn: (change: number) =>
      api.post<Schemas["BulkChangeStarted"]>(`/projects/${project.id}/bulk-changes/${change}/undo`),
    onSuccess: () => showToast({ tone: "ok", title: t("undoing") }),
    onSettled: fresh,
  });
  const columns: Column<TopUp>[] = [
    {
      id: "title",
      header: t("question"),
      cell: (one) =>
        one.state === "open" ? (
          <Link className="m" to={`/projects/${project.id}/top-ups/${one.id}`}>
            {one.title}
          </Link>
        ) : (
          <span className="m">{one.title}</span>
        ),
    },
    { id: "state", header: t("state"), width: 130, cell: (one) => <State one={one} /> },
    { id: "progress", header: t("progress"), width: 190, cell: (one) => <Progress one={one} /> },
    { id: "tasks", header: t("tasks"), align: "right", width: 90, cell: (one) => format.number(one.tasks) },
    { id: "review", header: t("after"), width: 140, cell: (one) => t(one.review ? "reviewed" : "notReviewed") },
    { id: "when", header: t("begun"), width: 130, cell: (one) => format.ago(one.created_at) },
  ];
  return (
    <>
      <DataTable
        label={t("title")}
        columns={columns}
        rows={rows}
        rowKey={(one) => one.id}
        rowHeight={38}
        actions={(one) => (
          <>
            {one.state === "open" && (
              <LinkButton size="s" kind="primary" to={`/projects/${project.id}/top-ups/${one.id}`}>
                {t("answer")}
              </LinkButton>
            )}
            {may && (one.state === "open" || one.state === "preparing") && (
              <Button size="s" onClick={() => setEnding(one)}>
                {t("cancel")}
              </Button>
            )}
            {may && !one.undone && one.state !== "open" && one.state !== "preparing" && one.answered > 0 && (
              <Button size="s" icon="undo" busy={undo.isPending} onClick={() => undo.mutate(one.change)}>
                {t("common:undo")}
              </Button>
            )}
          </>
        )}
      />
      {ending && <Cancelling one={ending} onClose={() => setEnding(null)} onDone={fresh} />}
    </>
  );
}

function Cancelling({ one, onClose, onDone }: { one: TopUp; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation("topups");
  const cancel = useMutation({
    mutationFn: () => api.post<TopUp>(`/top-ups/${one.id}/cancel`),
    onSuccess: onClose,
    onSettled: onDone,
  });
  return (
    <ConfirmDialog
      opened
      title={t("cancelTitle")}
      confirm={t("cancel")}
      keep={t("goOn")}
      busy={cancel.isPending}
      onConfirm={() => cancel.mutate()}
      onClose={onClose}
    >
      {t("cancelLead", { title: one.title })}
    </ConfirmDialog>
  );
}

function State({ one }: { one: TopUp }) {
  const { t } = useTranslation("topups");
  const tone = one.undone
    ? undefined
    : ({ open: "accent", done: "ok", cancelled: "warn" } as const)[one.state as "open"];
  return (
    <Chip small tone={tone}>
      {t(one.undone ? "states.undone" : `states.${one.state}`)}
    </Chip>
  );
}

function Progress({ one }: { one: TopUp }) {
  const { t } = useTranslation("topups");
  const format = useFormat();
  if (one.regions === 0) return <span className="t3 sm">{t(one.state === "preparing" ? "gathering" : "none")}</span>;
  const label = t("answeredOf", { done: format.number(one.answered), all: format.number(one.regions) });
  return (
    <span className="row g6" title={label}>
      <span style={{ flex: 1 }}>
        <ProgressBar value={one.answered / one.regions} label={label} />
      </span>
      <span className="xs t2 nw">
        {format.number(one.answered)} / {format.number(one.regions)}
      </span>
    </span>
  );
}
