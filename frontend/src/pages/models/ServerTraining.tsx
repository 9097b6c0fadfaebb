import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Project } from "@/app/project";
import { Button, ErrorState, useFormat } from "@/ui";
import { learningKey, type Model, modelsKey } from "./shared";
import { LeftOut } from "./Train";
import { isOpen, TrainingState, useTrainings } from "./TrainingState";

/** Sends a server the accepted work to train on, and tells what it said. */
export function ServerTraining({ project, model, mayEdit }: { project: Project; model: Model; mayEdit: boolean }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const queries = useQueryClient();
  const { learning, own } = useTrainings(project, model);
  const newest = own[0];
  const send = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.post(`/models/${model.id}/train`),
    onSettled: () =>
      Promise.all([modelsKey, learningKey].map((key) => queries.invalidateQueries({ queryKey: key(project.id) }))),
  });
  const version = model.versions.find((one) => one.id === newest?.model_version);
  return (
    <section className="part" aria-label={t("train.title")}>
      <div className="row g8">
        <h3 style={{ margin: 0 }}>{t("train.title")}</h3>
        <span className="sp" />
        {mayEdit && !model.archived && (
          <Button
            size="s"
            icon="upload"
            busy={send.isPending}
            disabled={newest !== undefined && isOpen(newest)}
            onClick={() => send.mutate()}
          >
            {t("train.send")}
          </Button>
        )}
      </div>
      <p className="xs t3">{t("train.sendLead")}</p>
      {(send.isError || learning.isError) && <ErrorState inline error={send.error ?? learning.error} />}
      {newest && <TrainingState project={project} training={newest} mayEdit={mayEdit} />}
      {newest?.told && (
        <div className="sm" role="status">
          {t(`train.told.${newest.told.state}`, {
            count: newest.labels,
            tasks: format.number(newest.labels),
            ago: format.ago(newest.created_at),
          })}
          {newest.told.detail && <span className="t2"> {newest.told.detail}</span>}
          <div className="t2">
            {version ? t("train.becameVersion", { name: version.name }) : t("train.sameVersion")}
          </div>
          <LeftOut counts={newest.left_out} />
        </div>
      )}
    </section>
  );
}
