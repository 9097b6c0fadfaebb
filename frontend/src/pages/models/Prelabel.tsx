import { Checkbox, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { type Project, useBatches } from "@/app/project";
import { Button, ErrorState, useFormat } from "@/ui";
import { changesOf, type ModelVersion, modelsKey, runsKey } from "./shared";

const ALL = "all";
const STATES = { open: ["waiting", "annotating"], done: ["done"] } as const;
type Which = typeof ALL | keyof typeof STATES;

/** Lets a version look at the tasks that are chosen; says beforehand how many they are. */
export function Prelabel(props: { project: Project; version: ModelVersion; canVary: boolean }) {
  const { project, version, canVary } = props;
  const { t } = useTranslation("models");
  const format = useFormat();
  const queries = useQueryClient();
  const [which, setWhich] = useState<Which>("open");
  const [batch, setBatch] = useState(ALL);
  const [name, setName] = useState("");
  const [again, setAgain] = useState(false);
  const [variants, setVariants] = useState(false);
  const filter: Schemas["TaskFilter"] = {
    ...(which === ALL ? {} : { state: [...STATES[which]] }),
    ...(batch === ALL ? {} : { batch: Number(batch) }),
    ...(name.trim() ? { name: name.trim() } : {}),
  };
  const body: Schemas["PrelabelIn"] = { model_version: version.id, filter, again, variants };
  const batches = useBatches(project.id);
  const preview = useQuery({
    queryKey: [...modelsKey(project.id), "preview", body, version.predictions],
    queryFn: () => api.post<Schemas["PrelabelPreview"]>(`/projects/${project.id}/prelabel/preview`, body),
  });
  const begin = useMutation({
    meta: { ownError: true },
    scope: changesOf(version), // what its labels mean is saved first
    mutationFn: () => api.post<Schemas["PrelabelStarted"]>(`/projects/${project.id}/prelabel`, body),
    onSettled: () =>
      Promise.all([modelsKey, runsKey].map((key) => queries.invalidateQueries({ queryKey: key(project.id) }))),
  });
  const count = preview.data?.tasks;
  return (
    <form
      className="part"
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate();
      }}
    >
      <h3>{t("prelabel")}</h3>
      <div className="prelabel">
        <Select
          label={t("which")}
          allowDeselect={false}
          value={which}
          data={([ALL, "open", "done"] as const).map((one) => ({ value: one, label: t(`whichTasks.${one}`) }))}
          onChange={(value) => setWhich((value ?? ALL) as Which)}
        />
        <Select
          label={t("batch")}
          allowDeselect={false}
          value={batch}
          data={[
            { value: ALL, label: t("allBatches") },
            ...batches.map((one) => ({ value: String(one.id), label: one.name })),
          ]}
          onChange={(value) => setBatch(value ?? ALL)}
        />
        <TextInput label={t("named")} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      </div>
      <div className="row g12" style={{ marginTop: 12, flexWrap: "wrap" }}>
        <Checkbox label={t("again")} checked={again} onChange={(event) => setAgain(event.currentTarget.checked)} />
        {canVary && (
          <Checkbox
            label={t("variants")}
            checked={variants}
            onChange={(event) => setVariants(event.currentTarget.checked)}
          />
        )}
        <span className="sp" />
        <span className="sm t2" aria-live="polite">
          {count !== undefined && t("count", { count, tasks: format.number(count) })}
          {!again &&
            (preview.data?.predicted ?? 0) > 0 &&
            ` · ${t("saidAlready", { tasks: format.number(preview.data?.predicted ?? 0) })}`}
        </span>
        <Button kind="primary" type="submit" icon="play" disabled={!count} busy={begin.isPending}>
          {t("run")}
        </Button>
      </div>
      {(begin.isError || preview.isError) && <ErrorState inline error={begin.error ?? preview.error} />}
    </form>
  );
}
