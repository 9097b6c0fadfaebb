import { Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, ErrorState, Icon, useFormat } from "@/ui";
import { EffectLine } from "./Effect";
import { type How, HowChoice } from "./HowChoice";

const MAKE = "make";
const LEAVE = "leave";

/** What a class of the file becomes: as it was chosen before, else the project's class of that name. */
function chosenFor(run: Schemas["ImportOut"], { name, class_id }: Schemas["ClassFound"]): string {
  const chosen = run.classes[name];
  if (chosen === null) return LEAVE;
  const id = chosen ?? class_id;
  return id === null ? MAKE : String(id);
}

/** What is in a file that was looked into: its classes are mapped, and it is brought in. */
export function Preview({ project, run }: { project: Project; run: Schemas["ImportOut"] }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const queries = useQueryClient();
  const preview = run.preview as Schemas["ImportPreview"];
  const [how, setHow] = useState<How>({ mode: run.mode, enter: run.enter, source: run.source });
  const [classes, setClasses] = useState<Record<string, string>>(() =>
    Object.fromEntries(preview.classes.map((one) => [one.name, chosenFor(run, one)] as const)),
  );
  const schema = useQuery({
    queryKey: ["project", project.id, "schema"],
    queryFn: () => api.get<Schemas["SchemaOut"]>(`/projects/${project.id}/schema`),
  });
  const wanted = Object.fromEntries(
    Object.entries(classes)
      .filter(([, to]) => to !== MAKE)
      .map(([name, to]) => [name, to === LEAVE ? null : Number(to)] as const),
  );
  const asked = JSON.stringify({ ...how, classes: wanted });
  const [tried, setTried] = useState(() => (run.trial === null ? "" : asked));
  const trial = run.trial !== null && tried === asked ? run.trial : null;
  const goOn = useMutation({
    meta: { ownError: true },
    mutationFn: (dry: boolean) =>
      api.post<Schemas["ImportStarted"]>(`/imports/${run.id}/go-on`, { ...how, classes: wanted, dry }),
    onSuccess: (_answer, dry) => {
      if (dry) setTried(asked);
      return queries.invalidateQueries({ queryKey: ["project", project.id, "imports"] });
    },
  });
  const unseen = how.mode === "replace" && trial === null;
  const absent = preview.items - preview.pictures - preview.matched;
  const known = (schema.data?.body.classes ?? []).filter((one) => !one.archived);
  return (
    <form
      className="preview"
      aria-label={t("previewOf", { name: run.name })}
      onSubmit={(event) => {
        event.preventDefault();
        goOn.mutate(unseen);
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
      {absent > 0 && (
        <p className="sm warn" role="status">
          <Icon name="alert" size="s" />{" "}
          {absent >= preview.items ? t("noPictures") : t("absent", { count: absent, shown: format.number(absent) })}
        </p>
      )}
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
                      ...(one.class_id === null ? [{ value: MAKE, label: t("makeClass") }] : []),
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
      <HowChoice value={how} onChange={setHow} mayGold={project.actions.includes("gold.edit")} />
      {trial && (
        <div className="trial" role="status">
          <div className="sm m">{t("wouldDo")}</div>
          <EffectLine report={trial} />
        </div>
      )}
      <div className="row" style={{ gap: 8 }}>
        {!unseen && (
          <Button
            kind={how.mode === "replace" ? "danger" : "primary"}
            type="submit"
            icon="download"
            busy={goOn.isPending}
            disabled={preview.items > 0 && absent >= preview.items}
          >
            {t(how.mode === "replace" ? "doReplace" : "bringIn")}
          </Button>
        )}
        <Button
          kind={unseen ? "primary" : undefined}
          icon="search"
          busy={goOn.isPending}
          onClick={() => goOn.mutate(true)}
        >
          {t("try")}
        </Button>
      </div>
      {unseen && <p className="xs t3">{t("tryFirst")}</p>}
      {goOn.isError && <ErrorState inline error={goOn.error} />}
    </form>
  );
}
