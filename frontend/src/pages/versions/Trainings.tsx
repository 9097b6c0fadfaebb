import { Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { Button, type Column, DataTable, EmptyState, Loaded, showToast, useFormat } from "@/ui";
import { MetricChart } from "./MetricChart";
import { type Version, versionsKey } from "./splits";

export type Training = Schemas["TrainingOut"];

/** Trainings that were recorded for the project's versions; a metric by version on the same test split. */
export function Trainings({ version, may }: { version: Version; may: boolean }) {
  const { t } = useTranslation("versions");
  const runs = useQuery({
    queryKey: [...versionsKey(version.project), "trainings"],
    queryFn: () => api.get<Listed<Training>>(`/projects/${version.project}/trainings`, { query: { limit: 500 } }),
  });
  return (
    <Loaded query={runs}>
      {({ results }) =>
        results.length === 0 ? (
          <EmptyState inline icon="chip" title={t("noTrainings")}>
            {t("noTrainingsLead")} <code>POST /api/v1/versions/{version.id}/runs</code>
          </EmptyState>
        ) : (
          <Shown version={version} runs={results} may={may} />
        )
      }
    </Loaded>
  );
}

function Shown({ version, runs, may }: { version: Version; runs: Training[]; may: boolean }) {
  const { t } = useTranslation("versions");
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort();
  const [chosen, setChosen] = useState<string | null>(null);
  const metric = chosen ?? names[0] ?? "";
  const same = runs.filter((run) => run.test_sha256 !== "" && run.test_sha256 === version.test_sha256);
  const others = runs.length - same.length;
  return (
    <section className="col" style={{ gap: 16 }} aria-label={t("tabs.trainings")}>
      <Select
        style={{ maxWidth: 240 }}
        label={t("metric")}
        value={metric}
        allowDeselect={false}
        onChange={setChosen}
        data={names}
      />
      {same.length > 0 ? (
        <MetricChart runs={same} metric={metric} />
      ) : (
        <p className="sm t2">{version.test_sha256 ? t("noneOnThisTest") : t("noTest")}</p>
      )}
      {others > 0 && <p className="xs t3">{t("otherTests", { count: others })}</p>}
      <RunTable version={version} runs={runs} metric={metric} may={may} />
    </section>
  );
}

interface RunTableProps {
  version: Version;
  runs: Training[];
  metric: string;
  may: boolean;
}

function RunTable({ version, runs, metric, may }: RunTableProps) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: [...versionsKey(version.project), "trainings"] });
  const remove = useMutation({
    mutationFn: (run: Training) => api.delete(`/trainings/${run.id}`),
    onSuccess: async (_, run) => {
      await again();
      const { model, metrics, per_class, notes } = run;
      const back = async () => {
        await api.post(`/versions/${run.version}/runs`, { model, metrics, per_class, notes });
        await again();
      };
      showToast({ tone: "ok", title: t("trainingGone"), action: { label: t("common:undo"), run: () => void back() } });
    },
  });
  const columns: Column<Training>[] = [
    { id: "model", header: t("model"), cell: (run) => run.model },
    {
      id: "version",
      header: t("version"),
      cell: (run) => (
        <Link className="lnk" to={`/projects/${version.project}/versions/${run.version}?tab=trainings`}>
          {t("numbered", { number: run.version_number })} {run.version_name}
        </Link>
      ),
    },
    {
      id: "metric",
      header: metric,
      align: "right",
      cell: (run) => (metric in run.metrics ? format.number(run.metrics[metric]!, 3) : "–"),
    },
    {
      id: "classes",
      header: t("perClass"),
      cell: (run) =>
        Object.entries(run.per_class)
          .filter(([, found]) => metric in found)
          .map(([name, found]) => `${name} ${format.number(found[metric]!, 3)}`)
          .join(", ") || "–",
    },
    {
      id: "test",
      header: t("testSplit"),
      cell: (run) => (run.test_sha256 ? <code className="t2">{run.test_sha256.slice(0, 8)}</code> : "–"),
    },
    { id: "made", header: t("recorded"), cell: (run) => `${run.created_by.name}, ${format.ago(run.created_at)}` },
  ];
  return (
    <DataTable
      label={t("tabs.trainings")}
      columns={columns}
      rows={runs}
      rowKey={(run) => run.id}
      actions={
        may
          ? (run) => (
              <Button size="s" disabled={remove.isPending} onClick={() => remove.mutate(run)}>
                {t("removeRun")}
              </Button>
            )
          : undefined
      }
    />
  );
}
