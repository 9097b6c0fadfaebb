import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Project } from "@/app/project";
import { Button, ProgressBar } from "@/ui";
import { type Learning, learningKey, type Model, type Training } from "./shared";

const POLL = 2_000; // ms, while a training is open and no event came
export const isOpen = (one: Training) => one.job?.state === "queued" || one.job?.state === "running";

/** What the project has to learn from, and the trainings of one model, the newest first. */
export function useTrainings(project: Project, model: Model) {
  const learning = useQuery({
    queryKey: learningKey(project.id),
    queryFn: () => api.get<Learning>(`/projects/${project.id}/learning`),
    refetchInterval: (query) => (query.state.data?.trainings.some(isOpen) ? POLL : false),
  });
  return { learning, own: (learning.data?.trainings ?? []).filter((one) => one.model === model.id) };
}

interface TrainingStateProps {
  project: Project;
  training: Training;
  mayEdit: boolean;
}

/** How far a training is, or why it ended without a version. */
export function TrainingState({ project, training, mayEdit }: TrainingStateProps) {
  const { t } = useTranslation(["models", "common"]);
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: (job: number) => api.post(`/jobs/${job}/cancel`),
    onSettled: () => queries.invalidateQueries({ queryKey: learningKey(project.id) }),
  });
  const job = training.job;
  if (!job) return null;
  if (isOpen(training))
    return (
      <div className="row g8">
        <div className="sp">
          <ProgressBar value={job.total ? job.done / job.total : null} label={t("train.running")} />
          <div className="xs t3">{t("train.running")}</div>
        </div>
        {mayEdit && (
          <Button
            size="s"
            busy={cancel.isPending}
            disabled={job.cancel_requested}
            onClick={() => cancel.mutate(job.id)}
          >
            {t("common:cancel")}
          </Button>
        )}
      </div>
    );
  if (job.state === "failed")
    return (
      <p className="sm bad" role="alert">
        <b className="m">{t(`train.problem.${job.error?.code}`, t("train.failed"))}</b> {job.error?.detail}
      </p>
    );
  return job.state === "cancelled" ? <p className="sm t2">{t("train.cancelled")}</p> : null;
}
