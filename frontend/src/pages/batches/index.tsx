import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { type Project, projectKey, useProject } from "@/app/project";
import { stateParts } from "@/app/taskStates";
import {
  Button,
  Chip,
  type Column,
  ConfirmDialog,
  DataTable,
  EmptyState,
  IconButton,
  LinkButton,
  Loaded,
  Page,
  StackedBar,
  useFormat,
} from "@/ui";
import { BatchDialog } from "./BatchDialog";

export type Batch = Schemas["BatchOut"];
export const batchesKey = (project: number) => ["project", project, "batches"];

/** Tasks that are handed out together: how far each batch is, when it is due, and in which order they come. */
export default function BatchesPage() {
  const { t } = useTranslation("batches");
  const project = useProject();
  const may = project.actions.includes("tasks.manage");
  const [open, setOpen] = useState<Batch | "new" | null>(null);
  const batches = useQuery({
    queryKey: batchesKey(project.id),
    queryFn: () => api.get<Listed<Batch>>(`/projects/${project.id}/batches`),
  });
  const groups = useQuery({
    queryKey: [...projectKey(project.id), "groups"],
    queryFn: () => api.get<Listed<Schemas["GroupOut"]>>(`/projects/${project.id}/groups`),
    enabled: project.actions.includes("members.view"),
  });
  return (
    <Page
      title={t("title")}
      within={project.name}
      beside={batches.data && <span className="t3">{batches.data.results.length}</span>}
      actions={
        may && (
          <Button kind="primary" icon="plus" onClick={() => setOpen("new")}>
            {t("new")}
          </Button>
        )
      }
    >
      <div className="gut col" style={{ gap: 12 }}>
        <p className="sm t2">{t("lead")}</p>
        <Loaded query={batches}>
          {({ results }) =>
            results.length === 0 ? (
              <EmptyState icon="folder" title={t("empty")}>
                {t("emptyLead")}
              </EmptyState>
            ) : (
              <BatchTable
                project={project}
                batches={results}
                groups={groups.data?.results ?? []}
                may={may}
                onEdit={setOpen}
              />
            )
          }
        </Loaded>
      </div>
      {open && (
        <BatchDialog
          project={project}
          batch={open === "new" ? null : open}
          groups={groups.data?.results ?? []}
          onClose={() => setOpen(null)}
        />
      )}
    </Page>
  );
}

interface BatchTableProps {
  project: Project;
  batches: Batch[];
  groups: Schemas["GroupOut"][];
  may: boolean;
  onEdit: (batch: Batch) => void;
}

function BatchTable({ project, batches, groups, may, onEdit }: BatchTableProps) {
  const { t } = useTranslation("batches");
  const format = useFormat();
  const [gone, setGone] = useState<Batch | null>(null);
  const group = (id: number | null) => groups.find((one) => one.id === id)?.name;
  const columns: Column<Batch>[] = [
    {
      id: "name",
      header: t("name"),
      cell: (batch) => (
        <Link className="m" to={`/projects/${project.id}/data?batch=${batch.id}`}>
          {batch.name}
        </Link>
      ),
    },
    { id: "progress", header: t("progress"), width: 220, cell: (batch) => <Progress batch={batch} /> },
    { id: "tasks", header: t("tasks"), align: "right", width: 80, cell: (batch) => format.number(batch.tasks) },
    { id: "priority", header: t("priority"), align: "right", width: 80, cell: (batch) => batch.priority },
    { id: "due", header: t("due"), width: 120, cell: (batch) => <Due batch={batch} /> },
    { id: "order", header: t("order"), width: 150, cell: (batch) => t(`orders.${batch.order}`) },
    { id: "for", header: t("for"), width: 140, cell: (batch) => group(batch.skill) ?? t("everybody") },
  ];
  return (
    <>
      <DataTable
        label={t("title")}
        columns={columns}
        rows={batches}
        rowKey={(batch) => batch.id}
        rowHeight={38}
        actions={
          may
            ? (batch) => (
                <>
                  <LinkButton size="s" to={`/projects/${project.id}/data`}>
                    {t("fill")}
                  </LinkButton>
                  <IconButton icon="edit" label={t("editOne", { name: batch.name })} onClick={() => onEdit(batch)} />
                  <IconButton
                    icon="trash"
                    label={t("deleteOne", { name: batch.name })}
                    onClick={() => setGone(batch)}
                  />
                </>
              )
            : undefined
        }
      />
      {gone && <DeleteBatch project={project} batch={gone} onClose={() => setGone(null)} />}
    </>
  );
}

function Progress({ batch }: { batch: Batch }) {
  const { t } = useTranslation("batches");
  const format = useFormat();
  if (batch.tasks === 0) return <span className="t3 sm">{t("noTasks")}</span>;
  const done = batch.states.done ?? 0;
  const label = t("doneOf", { done: format.number(done), all: format.number(batch.tasks) });
  return (
    <span className="row g6" title={label}>
      <span style={{ flex: 1 }}>
        <StackedBar parts={stateParts(batch.states)} label={label} />
      </span>
      <span className="xs t2" style={{ width: 36, textAlign: "right" }}>
        {Math.floor((done / batch.tasks) * 100)}
        {"\u202f%"}
      </span>
    </span>
  );
}

function Due({ batch }: { batch: Batch }) {
  const { t } = useTranslation("batches");
  const format = useFormat();
  if (!batch.due_on) return <span className="t3">{t("noDue")}</span>;
  const open = (batch.states.done ?? 0) + (batch.states.archived ?? 0) < batch.tasks;
  const late = open && batch.due_on < new Date().toISOString().slice(0, 10);
  return late ? (
    <Chip small tone="bad">
      {t("late", { date: format.date(batch.due_on) })}
    </Chip>
  ) : (
    <>{format.date(batch.due_on)}</>
  );
}

function DeleteBatch({ project, batch, onClose }: { project: Project; batch: Batch; onClose: () => void }) {
  const { t } = useTranslation("batches");
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`/batches/${batch.id}`),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: batchesKey(project.id) }),
  });
  return (
    <ConfirmDialog
      opened
      title={t("deleteTitle", { name: batch.name })}
      confirm={t("delete")}
      keep={t("keep")}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t("deleteLead", { count: batch.tasks })}
    </ConfirmDialog>
  );
}
