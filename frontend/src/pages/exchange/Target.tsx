import { Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";

const HERE = "here";

/** A connected storage that an export is written to; without one it is kept here. */
export interface Target {
  storage: number | null;
  folder: string;
}

interface TargetProps {
  project: Project;
  value: Target;
  onChange: (value: Target) => void;
}

/** Shown only where the organisation has a storage for exports. */
export function TargetFields({ project, value, onChange }: TargetProps) {
  const { t } = useTranslation("exchange");
  const { data } = useQuery({
    queryKey: ["project", project.id, "storages"],
    queryFn: () => api.get<Schemas["UsableStorages"]>(`/projects/${project.id}/storages`),
  });
  const storages = data?.results.filter((storage) => storage.for_exports) ?? [];
  if (storages.length === 0) return null;
  return (
    <>
      <Select
        label={t("target")}
        value={value.storage === null ? HERE : String(value.storage)}
        allowDeselect={false}
        data={[
          { value: HERE, label: t("targetHere") },
          ...storages.map((storage) => ({ value: String(storage.id), label: storage.name })),
        ]}
        onChange={(next) => onChange({ ...value, storage: next && next !== HERE ? Number(next) : null })}
      />
      {value.storage !== null && (
        <TextInput
          label={t("targetFolder")}
          maxLength={500}
          value={value.folder}
          onChange={(event) => onChange({ ...value, folder: event.currentTarget.value })}
        />
      )}
    </>
  );
}
