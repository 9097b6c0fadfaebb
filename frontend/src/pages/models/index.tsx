import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Button, Chip, EmptyState, Loaded, Page } from "@/ui";
import { AddModel } from "./AddModel";
import { Detail } from "./Detail";
import { Elsewhere, SourceList, useElsewhere } from "./Elsewhere";
import { learningKey, type Model, modelsKey, present, runsKey, TONES } from "./shared";
import { Train } from "./Train";
import "./models.css";

const POLL = 2_000; // ms, while a version is being checked and no event came

/** The models of a project: what they are, what their labels mean here, and running them over tasks. */
export default function ModelsPage() {
  const { t } = useTranslation("models");
  const project = useProject();
  const queries = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const [adding, setAdding] = useState(false);
  const [training, setTraining] = useState(false);
  const mayEdit = project.actions.includes("models.edit");
  useEvent("*", (_data, event) => {
    if (!event.type.startsWith("job") && event.type !== "reconnected") return;
    void queries.invalidateQueries({ queryKey: modelsKey(project.id) }, { cancelRefetch: false });
    void queries.invalidateQueries({ queryKey: runsKey(project.id) }, { cancelRefetch: false });
    void queries.invalidateQueries({ queryKey: learningKey(project.id) }, { cancelRefetch: false });
  });
  const models = useQuery({
    queryKey: modelsKey(project.id),
    queryFn: () => api.get<Schemas["ModelList"]>(`/projects/${project.id}/models`),
    refetchInterval: (query) =>
      query.state.data?.results.some((one) => one.versions.some((version) => version.state === "checking"))
        ? POLL
        : false,
  });
  const elsewhere = useElsewhere(project, models.data?.results ?? []);
  const add = mayEdit && (
    <span className="row g8">
      <Button icon="spark" onClick={() => setTraining(true)}>
        {t("train.open")}
      </Button>
      <Button icon="plus" onClick={() => setAdding(true)}>
        {t("add")}
      </Button>
    </span>
  );
  return (
    <Page title={t("title")} within={project.name} actions={add}>
      <Loaded query={models}>
        {(found) => {
          const all = found.results;
          const named = search.get("source");
          const source = elsewhere.find((one) => one === named) ?? (all.length === 0 ? elsewhere[0] : undefined);
          const chosen = source ? undefined : (all.find((one) => String(one.id) === search.get("model")) ?? all[0]);
          return (
            <>
              {adding && (
                <AddModel
                  project={project}
                  offer={found}
                  onClose={() => setAdding(false)}
                  onMade={(model) => setSearch({ model: String(model) })}
                />
              )}
              {training && (
                <Train
                  project={project}
                  onClose={() => setTraining(false)}
                  onMade={(model) => setSearch({ model: String(model) })}
                />
              )}
              {chosen === undefined && source === undefined ? (
                <EmptyState icon="spark" title={t("none")} action={add}>
                  {t("noneLead")}
                </EmptyState>
              ) : (
                <div className="models">
                  <nav aria-label={t("title")}>
                    <ModelList
                      models={all}
                      chosen={chosen?.id ?? null}
                      onChoose={(id) => setSearch({ model: String(id) }, { replace: true })}
                    />
                    <SourceList
                      sources={elsewhere}
                      chosen={source ?? null}
                      onChoose={(one) => setSearch({ source: one }, { replace: true })}
                    />
                  </nav>
                  {chosen && <Detail key={chosen.id} project={project} model={chosen} offer={found} />}
                  {source && <Elsewhere key={source} project={project} source={source} />}
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface ModelListProps {
  models: Model[];
  chosen: number | null;
  onChoose: (id: number) => void;
}

function ModelList({ models, chosen, onChoose }: ModelListProps) {
  const { t } = useTranslation("models");
  return models.map((model) => {
    const version = present(model);
    return (
      <button
        key={model.id}
        type="button"
        className="model"
        aria-current={model.id === chosen ? "true" : undefined}
        onClick={() => onChoose(model.id)}
      >
        <span className="row">
          <span className="m el">{model.name}</span>
          <span className="sp" />
          {model.archived ? (
            <Chip small>{t("archived")}</Chip>
          ) : (
            version && (
              <Chip small tone={TONES[version.state]}>
                {t(`state.${version.state}`)}
              </Chip>
            )
          )}
        </span>
        <span className="xs t3">
          {t(`backend.${model.backend}`)}
          {model.kind && ` · ${t(`kind.${model.kind}`)}`}
        </span>
      </button>
    );
  });
}
