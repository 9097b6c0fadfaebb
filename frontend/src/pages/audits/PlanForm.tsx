import { NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { classTitle, useClasses } from "@/app/schema";
import { Button, DialogButtons, ErrorState, showToast, useFormat } from "@/ui";
import type { Audit } from "./Content";
import { auditsKey } from "./key";

type AuditIn = Schemas["AuditIn"];
const BY = ["class", "batch", "annotator", "none"] as const;

/** What is asked of which work, and how many tasks that takes, before anything is drawn. */
export function PlanForm({ onClose, onStarted }: { onClose: () => void; onStarted: (audit: Audit) => void }) {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const project = useProject();
  const queries = useQueryClient();
  const classes = useClasses(project.id);
  const [fields, setFields] = useState<Required<Omit<AuditIn, "filter">>>({
    name: "",
    by: "class",
    share: 0.05,
    confidence: 0.95,
    allowed: 0,
    minor_counts: false,
    viewer: null,
  });
  const [batch, setBatch] = useState<string | null>(null);
  const set = (change: Partial<typeof fields>) => setFields({ ...fields, ...change });
  const body: AuditIn = { ...fields, filter: batch ? { batch: Number(batch) } : {} };
  const batches = useQuery({
    queryKey: ["project", project.id, "batches"],
    queryFn: () => api.get<Listed<Schemas["BatchOut"]>>(`/projects/${project.id}/batches`),
  });
  const viewers = useQuery({
    queryKey: ["organisation", project.organisation.id, "members"],
    queryFn: () =>
      api.get<Listed<Schemas["MemberOut"]>>(`/organisations/${project.organisation.id}/members`, {
        query: { limit: 500 },
      }),
  });
  const { name: _, ...asked } = body;
  const plan = useQuery({
    queryKey: [...auditsKey(project.id), "plan", asked],
    meta: { ownError: true },
    queryFn: () => api.post<Schemas["AuditPlan"]>(`/projects/${project.id}/audits/plan`, body),
    retry: false,
    placeholderData: (before) => before,
  });
  const start = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.post<Audit>(`/projects/${project.id}/audits`, body),
    onSuccess: (audit) => {
      showToast({ tone: "ok", title: t("startedNow", { number: audit.number }) });
      onStarted(audit);
      onClose();
      return queries.invalidateQueries({ queryKey: auditsKey(project.id) });
    },
  });
  const named = (stratum: string) =>
    fields.by === "class" && classes.has(Number(stratum))
      ? classTitle(classes, Number(stratum))
      : stratum === "all" || stratum === "none"
        ? t(`stratum.${stratum}`)
        : stratum;
  const people = (viewers.data?.results ?? []).filter((one) => one.role === "viewer" && one.state === "active");
  return (
    <form
      className="au"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <TextInput
        label={t("name")}
        value={fields.name}
        maxLength={200}
        data-autofocus
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <div className="au-plan">
        <NumberInput
          label={t("limit")}
          description={t("limitHelp")}
          suffix=" %"
          min={0.1}
          max={50}
          decimalScale={1}
          value={Math.round(fields.share * 1000) / 10}
          onChange={(value) => Number(value) > 0 && set({ share: Number(value) / 100 })}
        />
        <NumberInput
          label={t("confidence")}
          description={t("confidenceHelp")}
          suffix=" %"
          min={50}
          max={99.9}
          decimalScale={1}
          value={Math.round(fields.confidence * 1000) / 10}
          onChange={(value) => Number(value) >= 50 && set({ confidence: Number(value) / 100 })}
        />
        <NumberInput
          label={t("allowed")}
          description={t("allowedHelp")}
          min={0}
          max={50}
          allowDecimal={false}
          value={fields.allowed}
          onChange={(value) => value !== "" && set({ allowed: Number(value) })}
        />
        <Select
          label={t("by")}
          description={t("byHelp")}
          data={BY.map((value) => ({ value, label: t(`byOf.${value}`) }))}
          allowDeselect={false}
          value={fields.by}
          onChange={(value) => value && set({ by: value as AuditIn["by"] & string })}
        />
        <Select
          label={t("batch")}
          data={(batches.data?.results ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
          placeholder={t("wholeProject")}
          clearable
          value={batch}
          onChange={setBatch}
        />
        <Select
          label={t("who")}
          data={people.map((one) => ({ value: String(one.id), label: one.name }))}
          placeholder={t("blind")}
          clearable
          value={fields.viewer === null ? null : String(fields.viewer)}
          onChange={(value) => set({ viewer: value === null ? null : Number(value) })}
        />
      </div>
      <Switch
        label={t("minor")}
        checked={fields.minor_counts}
        onChange={(event) => set({ minor_counts: event.currentTarget.checked })}
      />
      {plan.isError && <ErrorState inline error={plan.error} />}
      {plan.data && !plan.isError && (
        <div className="au-card" style={{ gap: 4 }} role="status">
          <span className="m">{t("takes", { count: plan.data.sample, lot: format.number(plan.data.lot) })}</span>
          <span className="sm t2">
            {plan.data.strata
              .slice(0, 8)
              .map((one) => `${named(one.stratum)} ${one.drawn}/${format.number(one.tasks)}`)
              .join(", ")}
          </span>
          {plan.data.without_auditor > 0 && (
            <span className="sm warn">{t("withoutAuditor", { count: plan.data.without_auditor })}</span>
          )}
        </div>
      )}
      {start.isError && <ErrorState inline error={start.error} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button kind="primary" type="submit" busy={start.isPending} disabled={!plan.data || plan.isError}>
          {t("start")}
        </Button>
      </DialogButtons>
    </form>
  );
}
