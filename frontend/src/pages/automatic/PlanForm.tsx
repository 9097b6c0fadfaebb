import { NumberInput, Select, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Button, DialogButtons, ErrorState, SkeletonRows, showToast } from "@/ui";
import { automaticKey } from "./key";
import { PlanShown } from "./PlanShown";

type Asked = Required<Omit<Schemas["AutomaticIn"], "filter" | "model">>;
const PER_CENT = 100;

/** What quality is asked for; and, before anything is written, what the model would be trusted with. */
export function PlanForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("automatic");
  const project = useProject();
  const queries = useQueryClient();
  const [picked, setPicked] = useState<string | null>(null);
  const [batch, setBatch] = useState<string | null>(null);
  const [asked, setAsked] = useState<Asked>({
    target: 0.95,
    confidence: 0.95,
    limit: 0.05,
    allowed: 0,
    blind_only: false,
  });
  const set = (change: Partial<Asked>) => setAsked({ ...asked, ...change });
  const models = useQuery({
    queryKey: [...automaticKey(project.id), "models"],
    queryFn: () => api.get<Schemas["MeasuredModels"]>(`/projects/${project.id}/automatic/models`),
  });
  const batches = useQuery({
    queryKey: ["project", project.id, "batches"],
    queryFn: () => api.get<Listed<Schemas["BatchOut"]>>(`/projects/${project.id}/batches`),
  });
  const model = picked ?? models.data?.models[0] ?? null;
  const body = { ...asked, model: model ?? "", filter: batch ? { batch: Number(batch) } : {} };
  const plan = useQuery({
    queryKey: [...automaticKey(project.id), "plan", body],
    meta: { ownError: true },
    queryFn: () => api.post<Schemas["AutomaticPlanOut"]>(`/projects/${project.id}/automatic/plan`, body),
    enabled: model !== null,
    retry: false,
    placeholderData: (before) => before,
  });
  const start = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.post(`/projects/${project.id}/automatic`, body),
    onSuccess: () => {
      showToast({ tone: "ok", title: t("startedNow") });
      onClose();
      return queries.invalidateQueries({ queryKey: automaticKey(project.id) });
    },
  });
  if (models.isError) return <ErrorState inline error={models.error} />;
  if (models.data && model === null) return <p className="sm">{t("noModels")}</p>;
  return (
    <form
      className="au"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <div className="au-plan">
        <Select
          label={t("model")}
          description={t("modelHelp")}
          data={models.data?.models ?? []}
          allowDeselect={false}
          value={model}
          onChange={setPicked}
          data-autofocus
        />
        <Select
          label={t("batch")}
          description={t("batchHelp")}
          data={(batches.data?.results ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
          placeholder={t("wholeProject")}
          clearable
          value={batch}
          onChange={setBatch}
        />
        <NumberInput
          label={t("target")}
          description={t("targetHelp")}
          suffix=" %"
          min={50}
          max={99.9}
          decimalScale={1}
          value={rounded(asked.target)}
          onChange={(value) =>
            Number(value) > 0 && Number(value) < PER_CENT && set({ target: Number(value) / PER_CENT })
          }
        />
        <NumberInput
          label={t("limit")}
          description={t("limitHelp")}
          suffix=" %"
          min={0.1}
          max={50}
          decimalScale={1}
          value={rounded(asked.limit)}
          onChange={(value) =>
            Number(value) > 0 && Number(value) < PER_CENT && set({ limit: Number(value) / PER_CENT })
          }
        />
        <NumberInput
          label={t("confidence")}
          description={t("confidenceHelp")}
          suffix=" %"
          min={50}
          max={99.9}
          decimalScale={1}
          value={rounded(asked.confidence)}
          onChange={(value) =>
            Number(value) >= 50 && Number(value) < PER_CENT && set({ confidence: Number(value) / PER_CENT })
          }
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
      {plan.isError && <ErrorState inline error={plan.error} />}
      {plan.isPending && !plan.isError && <SkeletonRows rows={4} height={28} />}
      {plan.data && !plan.isError && model && <PlanShown plan={plan.data} model={model} />}
      {start.isError && <ErrorState inline error={start.error} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button
          kind="primary"
          type="submit"
          busy={start.isPending}
          disabled={!plan.data?.tasks || !plan.data.auditors || plan.isError || plan.isPlaceholderData}
        >
          {t("start")}
        </Button>
      </DialogButtons>
    </form>
  );
}

function rounded(share: number): number {
  return Math.round(share * PER_CENT * 10) / 10;
}
