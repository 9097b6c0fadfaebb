import { Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { type Project, projectKey } from "@/app/project";
import { Seg, showToast } from "@/ui";
import { Block } from "./Block";

const STATES = ["draft", "active", "paused", "done", "archived"] as const;

/** Changes some members of the project; what was changed by somebody else meanwhile is not overwritten. */
export function useChangeProject(project: Project) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<Omit<Schemas["ProjectPatch"], "settings">> & { settings?: object }) =>
      api.patch<Project>(`/projects/${project.id}`, change, { headers: { "If-Match": project.etag } }),
    meta: { ownError: true },
    onSuccess: (saved) => {
      queries.setQueryData(projectKey(project.id), saved);
      void queries.invalidateQueries({ queryKey: ["projects"] });
      showToast({ tone: "ok", title: t("saved") });
    },
    onError: () => queries.invalidateQueries({ queryKey: projectKey(project.id) }),
  });
}

interface PartProps {
  project: Project;
  readOnly: boolean;
}

export function General({ project, readOnly }: PartProps) {
  const { t } = useTranslation("settings");
  const start = { name: project.name, description: project.description };
  const [fields, setFields] = useState(start);
  const change = useChangeProject(project);
  return (
    <Block
      id="general"
      title={t("general.title")}
      readOnly={readOnly}
      changed={fields.name !== start.name || fields.description !== start.description}
      busy={change.isPending}
      error={change.error}
      onSave={() => change.mutate({ name: fields.name.trim(), description: fields.description })}
      onReset={() => setFields(start)}
    >
      <TextInput
        label={t("general.name")}
        required
        maxLength={200}
        value={fields.name}
        onChange={(event) => setFields({ ...fields, name: event.currentTarget.value })}
      />
      <Textarea
        label={t("general.description")}
        autosize
        minRows={2}
        maxLength={20_000}
        value={fields.description}
        onChange={(event) => setFields({ ...fields, description: event.currentTarget.value })}
      />
    </Block>
  );
}

/** Moves the project at once; the sentence below says what the state means. */
export function StateChoice({ project, readOnly }: PartProps) {
  const { t } = useTranslation("settings");
  const change = useChangeProject(project);
  return (
    <Block
      id="state"
      title={t("state.title")}
      readOnly={readOnly}
      changed={false}
      busy={change.isPending}
      error={change.error}
      onSave={() => {}}
      onReset={() => {}}
    >
      <Seg
        label={t("state.title")}
        value={project.state}
        onChange={(state) => !readOnly && !change.isPending && change.mutate({ state })}
        options={STATES.map((value) => ({ value, label: t(`common:projectState.${value}`) }))}
      />
      <p className="sm t2">{t(`state.${project.state}`)}</p>
    </Block>
  );
}
