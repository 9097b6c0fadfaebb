import { MultiSelect, Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { type Project, projectKey, useProject } from "@/app/project";
import { Button, Chip, ErrorState, PercentInput, useFormat } from "@/ui";
import { goldKey, type Report } from "./Content";

type Tests = Required<Schemas["HiddenTests"]>;
const FEEDBACK = ["none", "score", "hints", "full"] as const;
const KINDS = ["notify", "pause", "retrain"] as const;

const WELL_COVERED = 0.9; // of the queue

/** How many tests are hidden, what people learn of them, and what follows. */
export function Rules({ report }: { report: Report }) {
  const { t } = useTranslation("gold");
  const format = useFormat();
  const project = useProject();
  const queries = useQueryClient();
  const saved = (project.settings as Schemas["ProjectSettings"]).hidden_tests as Tests;
  const [fields, setFields] = useState(saved);
  const set = (change: Partial<Tests>) => setFields({ ...fields, ...change });
  const may = project.actions.includes("project.edit");
  const save = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.patch<Project>(`/projects/${project.id}`, { settings: { hidden_tests: fields } }),
    onSuccess: (changed) => {
      queries.setQueryData(projectKey(project.id), changed);
      return queries.invalidateQueries({ queryKey: goldKey(project.id) });
    },
  });
  const on = report.share > 0 || report.planted.share > 0;
  const changed = JSON.stringify(fields) !== JSON.stringify(saved);
  return (
    <section aria-label={t("rules.title")}>
      <div className="row g6" style={{ marginBottom: 8, flexWrap: "wrap" }}>
        <h2 style={{ margin: 0 }}>{t("rules.title")}</h2>
        <Chip small tone={on ? "ok" : "neutral"}>
          {t(on ? "rules.on" : "rules.off")}
        </Chip>
        <span className="t3 sm">
          {t("rules.state", {
            usable: format.number(report.usable),
            waiting: format.number(report.waiting),
            begun: format.number(report.begun),
          })}
        </span>
      </div>
      <div className="gd-rules">
        <PercentInput
          label={t("rules.share")}
          description={t("rules.shareHelp")}
          min={0}
          max={30}
          disabled={!may}
          value={fields.share}
          onChange={(share) => set({ share })}
        />
        <PercentInput
          label={t("rules.faults")}
          description={t("rules.faultsHelp")}
          min={0}
          max={30}
          disabled={!may}
          value={fields.faults}
          onChange={(faults) => set({ faults })}
        />
        <Select
          label={t("rules.feedback")}
          description={t("rules.feedbackHelp")}
          data={FEEDBACK.map((value) => ({ value, label: t(`rules.tell.${value}`) }))}
          allowDeselect={false}
          disabled={!may}
          value={fields.feedback}
          onChange={(value) => value && set({ feedback: value as Tests["feedback"] })}
        />
        <PercentInput
          label={t("rules.target")}
          description={t("rules.targetHelp", { count: report.fewest })}
          min={1}
          max={99}
          disabled={!may}
          value={fields.target}
          onChange={(target) => set({ target })}
        />
        <MultiSelect
          label={t("rules.consequences")}
          description={t("rules.consequencesHelp")}
          data={KINDS.map((value) => ({ value, label: t(`consequence.${value}`) }))}
          disabled={!may}
          value={fields.consequences}
          onChange={(values) => set({ consequences: values as Tests["consequences"] })}
        />
      </div>
      {fields.share > 0 && fields.share > report.advised && (
        <p className="sm warn" style={{ marginTop: 8 }}>
          {t("rules.moreGold", { count: report.usable, share: format.percent(report.advised) })}
        </p>
      )}
      {fields.share > 0 && report.covered !== null && report.covered < WELL_COVERED && (
        <p className="sm warn" style={{ marginTop: 8 }}>
          {t("rules.otherSizes", { share: format.percent(1 - report.covered) })}
        </p>
      )}
      {(fields.share > 0 || fields.faults > 0) && <p className="sm t2">{t("rules.lists")}</p>}
      {save.isError && <ErrorState inline error={save.error} />}
      {may && changed && (
        <div className="row g6" style={{ marginTop: 8 }}>
          <Button kind="primary" busy={save.isPending} onClick={() => save.mutate()}>
            {t("common:saveChanges")}
          </Button>
          <Button onClick={() => setFields(saved)}>{t("common:cancel")}</Button>
        </div>
      )}
    </section>
  );
}
