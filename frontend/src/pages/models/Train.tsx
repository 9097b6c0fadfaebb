import { Checkbox, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, Dialog, DialogButtons, ErrorState, Loaded, useFormat } from "@/ui";
import { type Learning, learningKey, type Model, modelsKey } from "./shared";

interface TrainProps {
  project: Project;
  model?: Model; // whose next version it becomes
  onClose: () => void;
  onMade: (model: number) => void;
}

type Offered = Schemas["LearningTarget"];
const PREFIX = "question:";
const REGIONS = "regions";

/** What the target of a training is called. */
export function useTargetName() {
  const { t } = useTranslation("models");
  return (target: string) => {
    if (target === REGIONS) return t("train.regions");
    return target.startsWith(PREFIX) ? t("train.question", { name: target.slice(PREFIX.length) }) : t("train.tags");
  };
}

/** Asks for a training on the project's accepted work; says beforehand what there is to learn from. */
export function Train({ project, model, onClose, onMade }: TrainProps) {
  const { t } = useTranslation("models");
  const learning = useQuery({
    queryKey: learningKey(project.id),
    queryFn: () => api.get<Learning>(`/projects/${project.id}/learning`),
  });
  return (
    <Dialog opened title={model ? t("train.again") : t("train.open")} onClose={onClose}>
      <Loaded query={learning}>
        {(found) =>
          found.targets.length === 0 ? (
            <p className="sm">{t("train.nothing")}</p>
          ) : (
            <TrainForm project={project} model={model} found={found} onClose={onClose} onMade={onMade} />
          )
        }
      </Loaded>
    </Dialog>
  );
}

function TrainForm({ project, model, found, onClose, onMade }: TrainProps & { found: Learning }) {
  const { t } = useTranslation(["models", "common"]);
  const queries = useQueryClient();
  const nameOf = useTargetName();
  const before = found.trainings.find((one) => one.model === model?.id);
  const [target, setTarget] = useState(before?.target ?? firstOf(found.targets)?.target ?? "");
  const [base, setBase] = useState(before?.base ?? found.bases[0]?.id ?? null);
  const [name, setName] = useState("");
  const [predict, setPredict] = useState(true);
  const [order, setOrder] = useState(true);
  const chosen = found.targets.find((one) => one.target === target);
  const start = useMutation({
    meta: { ownError: true },
    mutationFn: () =>
      api.post<Schemas["ModelTrainingStarted"]>(`/projects/${project.id}/learning`, {
        target,
        predict,
        order: predict && order,
        ...(target === REGIONS ? { base } : {}),
        ...(model ? { model: model.id } : { name: name.trim() }),
      }),
    onSuccess: ({ training }) => {
      onMade(training.model);
      onClose();
    },
    onSettled: () =>
      Promise.all([modelsKey, learningKey].map((key) => queries.invalidateQueries({ queryKey: key(project.id) }))),
  });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    start.mutate();
  }
  return (
    <form onSubmit={onSubmit} className="col" style={{ gap: 12 }}>
      <p className="xs t3" style={{ margin: 0 }}>
        {t("train.lead")}
      </p>
      {!model && (
        <TextInput
          required
          label={t("name")}
          value={name}
          maxLength={80}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <Select
        label={t("train.target")}
        allowDeselect={false}
        value={target}
        data={found.targets.map((one) => ({ value: one.target, label: nameOf(one.target) }))}
        onChange={(value) => value && setTarget(value)}
      />
      {target === REGIONS && (
        <Select
          label={t("train.base")}
          description={t(found.bases.length > 0 ? "train.baseHelp" : "train.noBase")}
          allowDeselect={false}
          value={base === null ? null : String(base)}
          data={found.bases.map((one) => ({ value: String(one.id), label: one.name }))}
          onChange={(value) => value && setBase(Number(value))}
        />
      )}
      {chosen && <Stock one={chosen} />}
      <Checkbox
        label={t("train.predict")}
        checked={predict}
        onChange={(event) => setPredict(event.currentTarget.checked)}
      />
      <Checkbox
        label={t("train.order")}
        checked={predict && order}
        disabled={!predict}
        onChange={(event) => setOrder(event.currentTarget.checked)}
      />
      {start.isError && <ErrorState inline error={start.error} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button
          kind="primary"
          type="submit"
          busy={start.isPending}
          disabled={chosen?.problem !== "" || !(model || name.trim()) || (target === REGIONS && base === null)}
        >
          {t("train.start")}
        </Button>
      </DialogButtons>
    </form>
  );
}

const firstOf = (targets: Offered[]) => targets.find((one) => one.problem === "") ?? targets[0];

/** How many labels there are of each kind, what is left out, or why nothing can be learned yet. */
function Stock({ one }: { one: Offered }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const total = Object.values(one.labels).reduce((sum, count) => sum + count, 0);
  return (
    <div className="sm" role="status">
      <span className="m">{t("train.labels", { count: total, labels: format.number(total) })}</span>
      {Object.entries(one.labels).map(([label, count]) => (
        <span key={label} className="t2">
          {" · "}
          {label} {format.number(count)}
        </span>
      ))}
      <LeftOut counts={one.left_out} />
      {one.problem && (
        <p className="warn" style={{ margin: "4px 0 0" }}>
          {t(`train.problem.${one.problem}`, one.detail)}
        </p>
      )}
    </div>
  );
}

/** Accepted tasks that nothing is learned from, by why. */
export function LeftOut({ counts }: { counts: Record<string, number> }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const found = Object.entries(counts);
  if (found.length === 0) return null;
  return (
    <div className="xs t3">
      {t("train.leftOut")}{" "}
      {found.map(([why, count]) => `${format.number(count)} ${t(`train.why.${why}`, why)}`).join(", ")}
    </div>
  );
}
