import { Checkbox, NumberInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Project } from "@/app/project";
import { Button, type Column, DataTable, ErrorState, IntervalDot, useFormat } from "@/ui";
import { Doubts } from "./Doubts";
import { type Learning, learningKey, type Model, type ModelVersion, type Training } from "./shared";
import { LeftOut, Train, useTargetName } from "./Train";
import { isOpen, TrainingState, useTrainings } from "./TrainingState";

interface TrainedProps {
  project: Project;
  model: Model;
  version: ModelVersion | null;
  mayEdit: boolean;
}

/** A model that is trained here: how its version was made, what it is worth, when it is trained again. */
export function Trained({ project, model, version, mayEdit }: TrainedProps) {
  const { t } = useTranslation("models");
  const [again, setAgain] = useState(false);
  const { learning, own } = useTrainings(project, model);
  const newest = own[0];
  const shown = own.find((one) => one.model_version === version?.id);
  if (learning.isError) return <ErrorState inline error={learning.error} />;
  return (
    <section className="part" aria-label={t("train.title")}>
      <div className="row g8">
        <h3 style={{ margin: 0 }}>{t("train.title")}</h3>
        <span className="sp" />
        {mayEdit && newest && !model.archived && (
          <Button size="s" icon="sync" disabled={isOpen(newest)} onClick={() => setAgain(true)}>
            {t("train.again")}
          </Button>
        )}
      </div>
      {again && (
        <Train project={project} model={model} onClose={() => setAgain(false)} onMade={() => setAgain(false)} />
      )}
      {newest && <TrainingState project={project} training={newest} mayEdit={mayEdit} />}
      {shown?.measured && <Measured training={shown} measured={shown.measured} />}
      {mayEdit && newest && learning.data && (
        <Repeat
          key={JSON.stringify(learning.data.repeats)}
          project={project}
          model={model}
          repeats={learning.data.repeats}
        />
      )}
      {shown && shown.doubts > 0 && <Doubts project={project} training={shown} />}
    </section>
  );
}

type Of = NonNullable<Training["measured"]>;

function Measured({ training, measured }: { training: Training; measured: Of }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const nameOf = useTargetName();
  const share = (right: number, n: number) => (n === 0 ? "–" : format.percent(right / n));
  const columns: Column<Of["by_label"][number]>[] = [
    { id: "label", header: t("label"), cell: (row) => row.label },
    { id: "n", header: t("train.labelled"), align: "right", cell: (row) => format.number(row.n) },
    { id: "recall", header: t("train.found"), align: "right", cell: (row) => share(row.right, row.n) },
    { id: "precision", header: t("train.rightly"), align: "right", cell: (row) => share(row.right, row.said) },
  ];
  const worst = measured.confused.slice(0, 3).map((one) => t("train.confused", { ...one, n: format.number(one.n) }));
  const said = t("train.interval", { low: format.percent(measured.low), high: format.percent(measured.high) });
  return (
    <>
      <dl>
        <dt>{t("train.accuracy")}</dt>
        <dd>
          <span className="row g6">
            <IntervalDot value={measured.accuracy} low={measured.low} high={measured.high} width={120} label={said} />
            <span className="m nw">{format.percent(measured.accuracy)}</span>
            <span className="t3">
              {said} · {t("train.commonest", { share: format.percent(measured.commonest) })}
            </span>
          </span>
        </dd>
        <dt>{t("train.target")}</dt>
        <dd>{nameOf(training.target)}</dd>
        <dt>{t("train.from")}</dt>
        <dd>
          {t("train.labels", { count: training.labels, labels: format.number(training.labels) })}
          <LeftOut counts={training.left_out} />
        </dd>
        <dt>{t("train.when")}</dt>
        <dd>
          {format.ago(training.created_at)} · {training.created_by?.name}
        </dd>
        <dt>{t("train.how")}</dt>
        <dd>
          {t("train.howSaid", {
            features: training.features,
            folds: measured.folds,
            decay: measured.decay,
            seed: training.seed.slice(0, 12),
          })}
        </dd>
      </dl>
      <div style={{ marginTop: 12 }}>
        <DataTable label={t("train.title")} rows={measured.by_label} columns={columns} rowKey={(row) => row.label} />
      </div>
      {worst.length > 0 && (
        <p className="xs t2">
          {t("train.mixes")} {worst.join(" · ")}
        </p>
      )}
      <p className="xs t3">{t("train.honest")}</p>
    </>
  );
}

interface RepeatProps {
  project: Project;
  model: Model;
  repeats: Learning["repeats"];
}

function Repeat({ project, model, repeats }: RepeatProps) {
  const { t } = useTranslation(["models", "common"]);
  const queries = useQueryClient();
  const set = repeats.find((one) => one.model === model.id);
  const [after, setAfter] = useState(set?.after ?? 0);
  const [order, setOrder] = useState(set?.order ?? true);
  const save = useMutation({
    mutationFn: () => api.put(`/models/${model.id}/repeat`, { after, predict: true, order }),
    onSettled: () => queries.invalidateQueries({ queryKey: learningKey(project.id) }),
  });
  const changed = after !== (set?.after ?? 0) || (after > 0 && order !== (set?.order ?? true)) || set?.trouble;
  return (
    <form
      className="row g12"
      style={{ flexWrap: "wrap", alignItems: "end", marginTop: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <NumberInput
        label={t("train.repeat")}
        description={t("train.repeatHelp")}
        min={0}
        max={100_000}
        allowDecimal={false}
        w={260}
        value={after}
        onChange={(value) => setAfter(Number(value) || 0)}
      />
      <Checkbox
        label={t("train.order")}
        checked={after > 0 && order}
        disabled={after === 0}
        onChange={(event) => setOrder(event.currentTarget.checked)}
      />
      <Button type="submit" busy={save.isPending} disabled={!changed}>
        {t("common:saveChanges")}
      </Button>
      {set?.trouble && (
        <p className="sm warn" role="alert" style={{ margin: 0 }}>
          {t("train.stopped")} {t(`train.problem.${set.trouble}`, set.trouble)}
        </p>
      )}
    </form>
  );
}
