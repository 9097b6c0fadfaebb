import { NumberInput, Select, Switch } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useMeasuredModels } from "@/app/measured";
import { NoPlan, PlanForm, usePlan } from "@/app/plan";
import { useBatches, useProject } from "@/app/project";
import { ErrorState, PercentInput, SkeletonRows, showToast } from "@/ui";
import { automaticKey } from "./key";
import { PlanShown } from "./PlanShown";

type Asked = Required<Omit<Schemas["AutomaticIn"], "filter" | "model">>;

/** What quality is asked for; and, before anything is written, what the model would be trusted with. */
export function Plan({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("automatic");
  const project = useProject();
  const [batch, setBatch] = useState<string | null>(null);
  const [asked, setAsked] = useState<Asked>({
    target: 0.95,
    confidence: 0.95,
    limit: 0.05,
    allowed: 0,
    blind_only: false,
  });
  const set = (change: Partial<Asked>) => setAsked({ ...asked, ...change });
  const { models, names, model, pick } = useMeasuredModels(project.id);
  const batches = useBatches(project.id);
  const planned = usePlan<Schemas["AutomaticPlanOut"]>({
    path: `/projects/${project.id}/automatic`,
    queryKey: automaticKey(project.id),
    body: { ...asked, model: model ?? "", filter: batch ? { batch: Number(batch) } : {} },
    enabled: model !== null,
    onStarted: () => {
      showToast({ tone: "ok", title: t("startedNow") });
      onClose();
    },
  });
  const { plan, told } = planned;
  if (models.isError) return <ErrorState inline error={models.error} />;
  if (models.data && model === null) return <NoPlan onClose={onClose}>{t("noModels")}</NoPlan>;
  return (
    <PlanForm planned={planned} ready={Boolean(told?.tasks && told.auditors)} begin={t("start")} onClose={onClose}>
      <div className="plan-fields">
        <Select
          label={t("model")}
          description={t("modelHelp")}
          data={names}
          allowDeselect={false}
          value={model}
          onChange={pick}
          data-autofocus
        />
        <Select
          label={t("batch")}
          description={t("batchHelp")}
          data={batches.map((one) => ({ value: String(one.id), label: one.name }))}
          placeholder={t("wholeProject")}
          clearable
          value={batch}
          onChange={setBatch}
        />
        <PercentInput
          label={t("target")}
          description={t("targetHelp")}
          min={50}
          max={99.9}
          value={asked.target}
          onChange={(target) => target > 0 && target < 1 && set({ target })}
        />
        <PercentInput
          label={t("limit")}
          description={t("limitHelp")}
          min={0.1}
          max={50}
          value={asked.limit}
          onChange={(limit) => limit > 0 && limit < 1 && set({ limit })}
        />
        <PercentInput
          label={t("confidence")}
          description={t("confidenceHelp")}
          min={50}
          max={99.9}
          value={asked.confidence}
          onChange={(confidence) => confidence >= 0.5 && confidence < 1 && set({ confidence })}
        />
        <NumberInput
          label={t("allowed")}
          description={t("allowedHelp")}
          min={0}
          max={50}
          allowDecimal={false}
          value={asked.allowed}
          onChange={(value) => value !== "" && set({ allowed: Number(value) })}
        />
      </div>
      <Switch
        label={t("blindOnly")}
        description={t("blindOnlyHelp")}
        checked={asked.blind_only}
        onChange={(event) => set({ blind_only: event.currentTarget.checked })}
      />
      {plan.isPending && <SkeletonRows rows={4} height={28} />}
      {told && model && <PlanShown plan={told} model={model} />}
    </PlanForm>
  );
}
