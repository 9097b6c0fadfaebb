import { Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, ErrorState, useFormat } from "@/ui";
import { type Mode, ModeChoice } from "./ImportForm";

const MAKE = "make";
const LEAVE = "leave";

/** What is in a file that was looked into: its classes are mapped, and it is brought in. */
export function Preview({ project, run }: { project: Project; run: Schemas["ImportOut"] }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const queries = useQueryClient();
  const preview = run.preview as Schemas["ImportPreview"];
  const [mode, setMode] = useState<Mode>(run.mode === "draft" ? "draft" : "accepted");
  const [classes, setClasses] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      preview.classes.map((one) => [one.name, one.class_id === null ? MAKE : String(one.class_id)] as const),
    ),
  );
  const schema = useQuery({
    queryKey: ["project", project.id, "schema"],
    queryFn: () => api.get<Schemas["SchemaOut"]>(`/projects/${project.id}/schema`),
  });
  const goOn = useMutation({
    meta: { ownError: true },
    mutationFn: () => {
      const chosen = Object.entries(classes).filter(([, to]) => to !== MAKE);
      const wanted = Object.fromEntries(chosen.map(([name, to]) => [name, to === LEAVE ? null : Number(to)]));
      return api.post<Schemas["ImportStarted"]>(`/imports/${run.id}/go-on`, { mode, classes: wanted });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project", project.id, "imports"] }),
  });
  const known = (schema.data?.body.classes ?? []).filter((one) => !one.archived);
  return (
    <form
      className="preview"
      aria-label={t("previewOf", { name: run.name })}
      onSubmit={(event) => {
        event.preventDefault();
        goOn.mutate();
      }}
    >
      <p>
        {t("inFile", {
          items: format.number(preview.items),
          pictures: format.number(preview.pictures),
          matched: format.number(preview.matched),
          regions: format.number(preview.regions),
        })}
      </p>
      {preview.classes.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>{t("classInFile")}</th>
              <th className="num">{t("regions")}</th>
              <th>{t("becomes")}</th>
            </tr>
          </thead>
          <tbody>
            {preview.classes.map((one) => (
              <tr key={one.name}>
                <td>
                  {one.name}
                  <span className="xs t3"> {one.shapes.map((shape) => t(`shape.${shape}`)).join(", ")}</span>
                </td>
                <td className="num">{format.number(one.regions)}</td>
                <td>
                  <Select
                    size="xs"
                    aria-label={t("becomesFor", { name: one.name })}
                    allowDeselect={false}
                    searchable
                    value={classes[one.name] ?? MAKE}
                    data={[
                      { value: MAKE, label: t("makeClass") },
                      { value: LEAVE, label: t("leaveOut") },
                      ...known.map((found) => ({ value: String(found.id), label: found.title ?? found.name })),
                    ]}
                    onChange={(to) => to && setClasses({ ...classes, [one.name]: to })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ModeChoice mode={mode} onChange={setMode} />
      <div>
        <Button kind="primary" type="submit" icon="download" busy={goOn.isPending}>
          {t("bringIn")}
        </Button>
      </div>
      {goOn.isError && <ErrorState inline error={goOn.error} />}
    </form>
  );
}
