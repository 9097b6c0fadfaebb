import { Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, Chip, EmptyState, useFormat } from "@/ui";
import { AddVersion } from "./AddVersion";
import { Meaning } from "./Meaning";
import { Prelabel } from "./Prelabel";
import { Runs } from "./Runs";
import { ServerTraining } from "./ServerTraining";
import { canVary, isReady, type Model, type ModelVersion, modelsKey, present, TONES } from "./shared";
import { Trained } from "./Trained";
import { Uses } from "./Uses";

interface DetailProps {
  project: Project;
  model: Model;
  offer: Schemas["ModelList"];
}

/** One model with the version that is looked at. */
export function Detail({ project, model, offer }: DetailProps) {
  const { t } = useTranslation("models");
  const queries = useQueryClient();
  const [looked, setLooked] = useState<number | null>(null);
  const [adding, setAdding] = useState(false);
  const version = model.versions.find((one) => one.id === looked) ?? present(model);
  const mayEdit = project.actions.includes("models.edit");
  const archive = useMutation({
    mutationFn: () => api.patch(`/models/${model.id}`, { archived: !model.archived }),
    onSettled: () => queries.invalidateQueries({ queryKey: modelsKey(project.id) }),
  });
  return (
    <section aria-label={model.name}>
      <div className="row g8">
        <h2 className="el">{model.name}</h2>
        <span className="sp" />
        {model.versions.length > 1 && version && (
          <Select
            aria-label={t("version")}
            w={130}
            size="xs"
            allowDeselect={false}
            value={String(version.id)}
            data={model.versions.map((one) => ({ value: String(one.id), label: t("versionName", { name: one.name }) }))}
            onChange={(value) => setLooked(Number(value))}
          />
        )}
        {mayEdit && model.backend !== "trained" && (
          <Button size="s" icon="plus" onClick={() => setAdding(true)}>
            {t("newVersion")}
          </Button>
        )}
        {mayEdit && (
          <Button size="s" icon="archive" busy={archive.isPending} onClick={() => archive.mutate()}>
            {t(model.archived ? "bringBack" : "archive")}
          </Button>
        )}
      </div>
      {adding && <AddVersion project={project} model={model} offer={offer} onClose={() => setAdding(false)} />}
      {model.description && <p className="t2 sm">{model.description}</p>}
      {model.backend === "trained" && <Trained project={project} model={model} version={version} mayEdit={mayEdit} />}
      {version ? (
        <>
          <Facts model={model} version={version} />
          <Trouble project={project} version={version} mayEdit={mayEdit} />
          {isReady(version) && model.kind !== "interactive" && (
            <>
              {project.actions.includes("predict") && !model.archived && (
                <Prelabel project={project} version={version} canVary={canVary(model)} />
              )}
              <Runs project={project} version={version} />
              <Uses project={project} source={version.source} />
              {(model.backend === "http" || model.backend === "label_studio") && (
                <ServerTraining project={project} model={model} mayEdit={mayEdit} />
              )}
              <Meaning key={version.id} project={project} model={model} version={version} mayEdit={mayEdit} />
            </>
          )}
        </>
      ) : model.backend === "trained" ? null : (
        <EmptyState inline icon="spark" title={t("noVersion")}>
          {t("noVersionLead")}
        </EmptyState>
      )}
    </section>
  );
}

function Facts({ model, version }: { model: Model; version: ModelVersion }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const facts: [string, string][] = [
    ["source", version.source],
    ["adapter", version.adapter && t(`adapter.${version.adapter}`, version.adapter)],
    ["input", version.input_size ? `${version.input_size[0]} × ${version.input_size[1]}` : ""],
    ["licence", model.licence],
    ["credit", model.credit],
    ["url", model.url],
    ["predictions", format.number(version.predictions)],
    ["checked", version.checked_at ? format.ago(version.checked_at) : ""],
    ...version.files.map((file): [string, string] => [
      "file",
      `${file.name}, ${format.bytes(file.size)}, sha256 ${file.sha256.slice(0, 12)}`,
    ]),
  ];
  return (
    <dl>
      <dt>{t("fact.state")}</dt>
      <dd>
        <Chip small tone={TONES[version.state]}>
          {t(`state.${version.state}`)}
        </Chip>
      </dd>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name + value} style={{ display: "contents" }}>
            <dt>{t(`fact.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** What is wrong with a version, in words, and the way out. */
function Trouble({ project, version, mayEdit }: { project: Project; version: ModelVersion; mayEdit: boolean }) {
  const { t } = useTranslation("models");
  const queries = useQueryClient();
  const check = useMutation({
    mutationFn: () => api.post(`/model-versions/${version.id}/check`),
    onSettled: () => queries.invalidateQueries({ queryKey: modelsKey(project.id) }),
  });
  const broken = version.state === "failed" || version.state === "failing";
  if (!broken) return null;
  return (
    <div className="row g8" role="alert">
      <p className={`sm ${version.state === "failed" ? "bad" : "warn"}`} style={{ margin: 0 }}>
        <b className="m">{t(`reason.${version.reason}`, t("reason.other"))}</b> {version.detail}
      </p>
      <span className="sp" />
      {mayEdit && (
        <Button size="s" icon="sync" busy={check.isPending} onClick={() => check.mutate()}>
          {t("checkAgain")}
        </Button>
      )}
    </div>
  );
}
