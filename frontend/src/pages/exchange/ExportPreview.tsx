import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { useClasses } from "@/app/schema";
import { Button, ErrorState, useFormat } from "@/ui";

/** What became, or would become, of the regions of each class and shape. */
export function ClassTable({ project, rows }: { project: Project; rows: Schemas["ExportedClass"][] }) {
  const { t } = useTranslation("exchange");
  const titles = useClasses(project.id);
  const format = useFormat();
  if (rows.length === 0) return null;
  return (
    <table className="plain">
      <thead>
        <tr>
          <th>{t("class")}</th>
          <th>{t("drawnAs")}</th>
          <th className="num">{t("regions")}</th>
          <th className="num">{t("written")}</th>
          <th className="num">{t("converted")}</th>
          <th className="num">{t("notExpressible")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.class_id} ${row.shape}`}>
            <td>{titles.get(row.class_id)?.title || row.name}</td>
            <td>{t(`shape.${row.shape}`)}</td>
            <td className="num">{format.number(row.regions)}</td>
            <td className="num">{format.number(row.regions - row.converted - row.not_expressible)}</td>
            <td className="num">{format.number(row.converted)}</td>
            <td className={row.not_expressible > 0 ? "num bad" : "num"}>{format.number(row.not_expressible)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What an export would hold and lose; it is then written as it was looked at. */
export function ExportPreview({ project, run }: { project: Project; run: Schemas["ExportOut"] }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const queries = useQueryClient();
  const report = run.preview as Schemas["ExportReport"];
  const write = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.post<Schemas["ExportStarted"]>(`/exports/${run.id}/go-on`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project", project.id, "exports"] }),
  });
  return (
    <form
      className="preview"
      aria-label={t("previewOfExport", { number: run.version_number })}
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate();
      }}
    >
      <p>
        {t("wouldHold", {
          items: format.number(report.items),
          regions: format.number(report.regions),
          files: format.number(report.files),
        })}
      </p>
      <ClassTable project={project} rows={report.table} />
      <div>
        <Button kind="primary" type="submit" icon="upload" busy={write.isPending}>
          {t("writeIt")}
        </Button>
      </div>
      {write.isError && <ErrorState inline error={write.error} />}
    </form>
  );
}
