import { NumberInput, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";

const AS_DRAWN = "drawn";
const SHAPES = ["box", "polygon", "mask"] as const;
const ITSELF = "itself";
const LEAVE = "leave";

/** What the regions of an export become, as the server takes it. Nothing chosen: as they are. */
export interface Regions {
  classes?: Record<string, number | null>;
  depth?: number;
  shapes?: string;
  min_score?: number;
}

export function RegionOptions({
  project,
  value,
  onChange,
}: {
  project: Project;
  value: Regions;
  onChange: (value: Regions) => void;
}) {
  const { t } = useTranslation("exchange");
  const schema = useQuery({
    queryKey: ["project", project.id, "schema"],
    queryFn: () => api.get<Schemas["SchemaOut"]>(`/projects/${project.id}/schema`),
  });
  const classes = (schema.data?.body.classes ?? []).filter((one) => !one.archived);
  const nested = classes.some((one) => one.parent != null);
  const number = (text: string | number) => (text === "" ? undefined : Number(text));
  const setClass = (id: number, to: string | null) => {
    const { [id]: _, ...rest } = value.classes ?? {};
    const next = to === null || to === ITSELF ? rest : { ...rest, [id]: to === LEAVE ? null : Number(to) };
    onChange({ ...value, classes: next });
  };
  return (
    <details>
      <summary className="sm m">{t("regionOptions")}</summary>
      <div className="fields">
        <Select
          label={t("asShape")}
          value={value.shapes ?? AS_DRAWN}
          allowDeselect={false}
          data={[
            { value: AS_DRAWN, label: t("asDrawn") },
            ...SHAPES.map((shape) => ({ value: shape, label: t(`shape.${shape}`) })),
          ]}
          onChange={(shape) => onChange({ ...value, shapes: shape && shape !== AS_DRAWN ? shape : undefined })}
        />
        <NumberInput
          label={t("minScore")}
          description={t("minScoreHelp")}
          min={0}
          max={1}
          step={0.05}
          value={value.min_score ?? ""}
          onChange={(score) => onChange({ ...value, min_score: number(score) })}
        />
        {nested && (
          <NumberInput
            label={t("depth")}
            description={t("depthHelp")}
            min={0}
            max={20}
            allowDecimal={false}
            value={value.depth ?? ""}
            onChange={(depth) => onChange({ ...value, depth: number(depth) })}
          />
        )}
        <div className="sm m">{t("classesBecome")}</div>
        <div className="mapping">
          {classes.map((one) => {
            const to = value.classes?.[one.id];
            const name = one.title ?? one.name;
            return (
              <Fragment key={one.id}>
                <span className="sm el" title={name}>
                  {name}
                </span>
                <Select
                  size="xs"
                  aria-label={t("classBecomes", { name })}
                  searchable
                  allowDeselect={false}
                  value={to === undefined ? ITSELF : to === null ? LEAVE : String(to)}
                  data={[
                    { value: ITSELF, label: t("itself") },
                    { value: LEAVE, label: t("leaveOut") },
                    ...classes
                      .filter((other) => other.id !== one.id)
                      .map((other) => ({ value: String(other.id), label: other.title ?? other.name })),
                  ]}
                  onChange={(chosen) => setClass(one.id, chosen)}
                />
              </Fragment>
            );
          })}
        </div>
      </div>
    </details>
  );
}
