import { NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { PlanForm, usePlan } from "@/app/plan";
import { useBatches, useProject } from "@/app/project";
import { classTitle, useClasses } from "@/app/schema";
import { PercentInput, showToast, useFormat } from "@/ui";
import type { Audit } from "./Content";
import { auditsKey } from "./key";

type AuditIn = Schemas["AuditIn"];
const BY = ["class", "batch", "annotator", "none"] as const;

/** What is asked of which work, and how many tasks that takes, before anything is drawn. */
export function Plan({ onClose, onStarted }: { onClose: () => void; onStarted: (audit: Audit) => void }) {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const project = useProject();
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
  const batches = useBatches(project.id);
  const viewers = useQuery({
    queryKey: ["organisation", project.organisation.id, "members"],
    queryFn: () =>
      api.get<Listed<Schemas["MemberOut"]>>(`/organisations/${project.organisation.id}/members`, {
        query: { limit: 500 },
      }),
  });
  const { name: _, ...asked } = body;
  const planned = usePlan<Schemas["AuditPlan"], Audit>({
    path: `/projects/${project.id}/audits`,
    queryKey: auditsKey(project.id),
    body,
    asked,
    onStarted: (audit) => {
      showToast({ tone: "ok", title: t("startedNow", { number: audit.number }) });
      onStarted(audit);
      onClose();
    },
  });
  const { told } = planned;
  const named = (stratum: string) =>
    fields.by === "class" && classes.has(Number(stratum))
      ? classTitle(classes, Number(stratum))
      : stratum === "all" || stratum === "none"
        ? t(`stratum.${stratum}`)
        : stratum;
  const people = (viewers.data?.results ?? []).filter((one) => one.role === "viewer" && one.state === "active");
  return (
    <PlanForm planned={planned} ready={told !== undefined} begin={t("start")} onClose={onClose}>
      <TextInput
        label={t("name")}
        value={fields.name}
        maxLength={200}
        data-autofocus
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <div className="plan-fields">
        <PercentInput
          label={t("limit")}
          description={t("limitHelp")}
          min={0.1}
          max={50}
          value={fields.share}
          onChange={(share) => share > 0 && set({ share })}
        />
        <PercentInput
          label={t("confidence")}
          description={t("confidenceHelp")}
          min={50}
          max={99.9}
          value={fields.confidence}
          onChange={(confidence) => confidence >= 0.5 && set({ confidence })}
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
          data={batches.map((one) => ({ value: String(one.id), label: one.name }))}
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
      {told && (
        <div className="plan-told" role="status">
          <span className="m">{t("takes", { count: told.sample, lot: format.number(told.lot) })}</span>
          <span className="sm t2">
            {told.strata
              .slice(0, 8)
              .map((one) => `${named(one.stratum)} ${one.drawn}/${format.number(one.tasks)}`)
              .join(", ")}
          </span>
          {told.without_auditor > 0 && (
            <span className="sm warn">{t("withoutAuditor", { count: told.without_auditor })}</span>
          )}
        </div>
      )}
    </PlanForm>
  );
}
