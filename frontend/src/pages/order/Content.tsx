import { Checkbox, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { useMeasuredModels } from "@/app/measured";
import { NoPlan, PlanForm, usePlan } from "@/app/plan";
import { useProject } from "@/app/project";
import { useClasses } from "@/app/schema";
import { useWhyWords } from "@/app/whyWords";
import {
  Button,
  type Column,
  DataTable,
  Dialog,
  EmptyState,
  ErrorState,
  Loaded,
  PercentInput,
  showToast,
  useFormat,
} from "@/ui";

type Ordered = Schemas["OrderedTask"];
type Asked = Required<Omit<Schemas["OrderIn"], "model" | "batch" | "mean">>;
const MEASURES = ["margin", "entropy", "least_confidence"] as const;
const APART = ["committee", "augmented"] as const; // known only of some predictions
const PARTS = ["random", "diverse", "rare"] as const;
const key = (project: number) => ["project", project, "queue-order"];

/** What comes next in the queue and why, and another order for it. */
export default function OrderContent() {
  const { t } = useTranslation("order");
  const project = useProject();
  const queries = useQueryClient();
  const [planning, setPlanning] = useState(false);
  const again = () => void queries.invalidateQueries({ queryKey: key(project.id) });
  useEvent("bulk_change.changed", again);
  useEvent("counts.changed", again);
  const shown = useQuery({
    queryKey: [...key(project.id), "shown"],
    queryFn: () => api.get<Schemas["QueueOrderOut"]>(`/projects/${project.id}/queue-order`),
  });
  const undo = useMutation({
    mutationFn: (change: number) => api.post(`/projects/${project.id}/bulk-changes/${change}/undo`),
    onSuccess: () => showToast({ tone: "ok", title: t("undoing") }),
    onSettled: again,
  });
  const change = shown.data?.change;
  return (
    <div className="gut plan">
      <div className="row g6">
        <p className="sm t2 sp">{t("lead")}</p>
        {change?.undoable && (
          <Button icon="undo" busy={undo.isPending} onClick={() => undo.mutate(change.id)}>
            {t("undo")}
          </Button>
        )}
        <Button kind="primary" icon="plus" onClick={() => setPlanning(true)}>
          {t("plan")}
        </Button>
      </div>
      <Loaded query={shown}>
        {(value) =>
          value.tasks.length === 0 ? (
            <EmptyState icon="layers" title={t("empty")}>
              {t("emptyLead")}
            </EmptyState>
          ) : (
            <Tasks rows={value.tasks} />
          )
        }
      </Loaded>
      <Dialog opened={planning} title={t("plan")} onClose={() => setPlanning(false)} width={720}>
        <Plan onClose={() => setPlanning(false)} />
      </Dialog>
    </div>
  );
}

function Tasks({ rows }: { rows: Ordered[] }) {
  const { t } = useTranslation("order");
  const project = useProject();
  const classes = useClasses(project.id);
  const words = useWhyWords();
  const nameOf = (id: number) => classes.get(id)?.title || classes.get(id)?.name || "";
  const columns: Column<Ordered>[] = [
    { id: "number", header: t("task"), cell: (one) => <span className="m">{one.number}</span> },
    {
      id: "name",
      header: t("name"),
      cell: (one) => (
        <Link className="lnk" to={`/projects/${project.id}/data?search=${one.number}`}>
          {one.name}
        </Link>
      ),
    },
    { id: "why", header: t("whyThis"), cell: (one) => words(one, nameOf) },
  ];
  return <DataTable label={t("next")} columns={columns} rows={rows} rowKey={(one) => one.task} />;
}

function Plan({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("order");
  const format = useFormat();
  const project = useProject();
  const [asked, setAsked] = useState<Asked>({
    measure: "margin",
    per_minute: false,
    random: 0.2,
    diverse: 0.2,
    rare: 0.1,
  });
  const { models, names, model, pick } = useMeasuredModels(project.id, "queue-order");
  const knows = (measure: string) =>
    MEASURES.includes(measure as (typeof MEASURES)[number]) ||
    Boolean(model && models.data?.[measure as (typeof APART)[number]]?.includes(model));
  const planned = usePlan<Schemas["OrderPlanOut"]>({
    path: `/projects/${project.id}/queue-order`,
    queryKey: key(project.id),
    body: { ...asked, model: model ?? "" },
    enabled: model !== null,
    onStarted: () => {
      showToast({ tone: "ok", title: t("startedNow") });
      onClose();
    },
  });
  const { told } = planned;
  const notes: string[] = [];
  if (told && asked.per_minute) notes.push(t("timed", { count: told.timed, tasks: format.number(told.timed) }));
  if (told && asked.diverse > 0 && !told.by_features) notes.push(t("byLikeness"));
  if (models.isError) return <ErrorState inline error={models.error} />;
  if (models.data && model === null) return <NoPlan onClose={onClose}>{t("noModels")}</NoPlan>;
  return (
    <PlanForm planned={planned} ready={Boolean(told?.ordered)} begin={t("start")} onClose={onClose}>
      <div className="plan-fields" style={{ alignItems: "end" }}>
        <Select label={t("model")} data={names} allowDeselect={false} value={model} onChange={pick} data-autofocus />
        <Select
          label={t("measure")}
          description={t(`measureHelp.${asked.measure}`)}
          data={[...MEASURES, ...APART].map((value) => ({
            value,
            label: knows(value) ? t(`measureOf.${value}`) : t(`measureNeeds.${value as (typeof APART)[number]}`),
            disabled: !knows(value),
          }))}
          allowDeselect={false}
          value={asked.measure}
          onChange={(value) => value && setAsked({ ...asked, measure: value as Asked["measure"] })}
        />
        {PARTS.map((part) => (
          <PercentInput
            key={part}
            label={t(`part.${part}`)}
            description={t(`partHelp.${part}`)}
            min={0}
            max={100}
            digits={0}
            value={asked[part]}
            onChange={(share) => setAsked({ ...asked, [part]: share })}
          />
        ))}
        <Checkbox
          label={t("perMinute")}
          description={t("perMinuteHelp")}
          checked={asked.per_minute}
          onChange={(event) => setAsked({ ...asked, per_minute: event.currentTarget.checked })}
        />
      </div>
      {told && (
        <>
          {notes.length > 0 && <p className="sm t2">{notes.join(" ")}</p>}
          <p className="sm m" role="status">
            {t("orders", { count: told.ordered, waiting: format.number(told.waiting) })}
          </p>
          <div style={{ maxHeight: 240, overflow: "auto" }}>
            <Tasks rows={told.first.slice(0, 20)} />
          </div>
        </>
      )}
    </PlanForm>
  );
}
