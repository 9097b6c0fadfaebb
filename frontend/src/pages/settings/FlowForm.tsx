import { Checkbox, NumberInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { type Project, projectKey } from "@/app/project";
import { Button, Icon, IconButton, Loaded, SkeletonRows, showToast } from "@/ui";
import { Block } from "./Block";
import { type Flow, flowOf, sameFlow, withFlow } from "./flow";

type WorkflowOut = Schemas["WorkflowOut"];
const MOST_LEVELS = 5;

interface FlowProps {
  project: Project;
  readOnly: boolean;
}

/** How a task goes from waiting to done. */
export function FlowForm({ project, readOnly }: FlowProps) {
  const workflow = useQuery({
    queryKey: [...projectKey(project.id), "workflow"],
    queryFn: () => api.get<WorkflowOut>(`/projects/${project.id}/workflow`),
  });
  return (
    <Loaded query={workflow} skeleton={<SkeletonRows rows={4} />}>
      {(current) => <Stages key={current.number} project={project} current={current} readOnly={readOnly} />}
    </Loaded>
  );
}

function Stages({ project, current, readOnly }: FlowProps & { current: WorkflowOut }) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const saved = flowOf(current.body);
  const [flow, setFlow] = useState<Flow>(saved);
  const set = (change: Partial<Flow>) => setFlow({ ...flow, ...change });
  const save = useMutation({
    mutationFn: () =>
      api.put<WorkflowOut>(
        `/projects/${project.id}/workflow`,
        { body: withFlow(current.body, flow) },
        { headers: { "If-Match": current.etag } },
      ),
    meta: { ownError: true },
    onSuccess: (next) => {
      queries.setQueryData([...projectKey(project.id), "workflow"], next);
      void queries.invalidateQueries({ queryKey: projectKey(project.id), exact: true });
      showToast({ tone: "ok", title: t("flow.saved", { number: next.number }) });
    },
  });
  return (
    <Block
      id="flow"
      title={t("flow.title")}
      lead={t("flow.lead")}
      readOnly={readOnly}
      changed={!sameFlow(flow, saved)}
      busy={save.isPending}
      error={save.error}
      onSave={() => save.mutate()}
      onReset={() => setFlow(saved)}
    >
      <Path flow={flow} />
      <NumberInput
        label={t("flow.overlap")}
        description={t("flow.overlapHelp")}
        min={1}
        max={50}
        allowDecimal={false}
        clampBehavior="strict"
        value={flow.overlap}
        onChange={(value) => set({ overlap: Number(value) || 1 })}
      />
      <Levels reviews={flow.reviews} readOnly={readOnly} onChange={(reviews) => set({ reviews })} />
      {current.solo && flow.reviews.length > 0 && (
        <p className="sm warn row g6">
          <Icon name="info" size="s" />
          {t("flow.solo")}
        </p>
      )}
      {flow.overlap > 1 && (
        <Checkbox
          label={t("flow.adjudicate")}
          description={t("flow.adjudicateHelp")}
          checked={flow.adjudicate}
          onChange={(event) => set({ adjudicate: event.currentTarget.checked })}
        />
      )}
      <NumberInput
        label={t("flow.skips")}
        description={t("flow.skipsHelp")}
        min={1}
        max={50}
        allowDecimal={false}
        value={flow.skips}
        onChange={(value) => set({ skips: Number(value) || 1 })}
      />
    </Block>
  );
}

/** The stages one after another, as a picture in words. */
function Path({ flow }: { flow: Flow }) {
  const { t } = useTranslation("settings");
  const steps = [
    t("flow.step.annotate", { count: flow.overlap }),
    ...flow.reviews.map((percent) => t("flow.step.review", { percent })),
    ...(flow.adjudicate && flow.overlap > 1 ? [t("flow.step.adjudicate")] : []),
    t("flow.step.done"),
  ];
  return (
    <ol className="row g6 sm" style={{ flexWrap: "wrap", listStyle: "none" }}>
      {steps.map((step, index) => (
        <li key={index} className="row g6">
          {index > 0 && <Icon name="arrow-right" size="x" />}
          <span className="chip">{step}</span>
        </li>
      ))}
    </ol>
  );
}

interface LevelsProps {
  reviews: number[];
  readOnly: boolean;
  onChange: (reviews: number[]) => void;
}

function Levels({ reviews, readOnly, onChange }: LevelsProps) {
  const { t } = useTranslation("settings");
  return (
    <div className="col" style={{ gap: 8 }}>
      {reviews.map((percent, index) => (
        <div key={index} className="row g6" style={{ alignItems: "flex-end" }}>
          <NumberInput
            style={{ flex: 1 }}
            label={reviews.length > 1 ? t("flow.level", { number: index + 1 }) : t("flow.review")}
            description={index === 0 ? t("flow.reviewHelp") : undefined}
            min={0}
            max={100}
            suffix={"\u202f%"}
            allowDecimal={false}
            value={percent}
            onChange={(value) => onChange(reviews.map((one, at) => (at === index ? Number(value) || 0 : one)))}
          />
          <IconButton
            icon="close"
            label={t("flow.removeLevel", { number: index + 1 })}
            onClick={() => onChange(reviews.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      {reviews.length === 0 && <p className="sm t2">{t("flow.noReview")}</p>}
      {!readOnly && reviews.length < MOST_LEVELS && (
        <div>
          <Button size="s" icon="plus" onClick={() => onChange([...reviews, 100])}>
            {t("flow.addLevel")}
          </Button>
        </div>
      )}
    </div>
  );
}
