import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { classTitle } from "@/app/schema";
import { type Column, DataTable, useFormat } from "@/ui";
import { ClassCell } from "./ClassCell";
import { SecondLook } from "./SecondLook";

type Row = Schemas["DisagreementOut"];

interface DisagreementsProps {
  project: Project;
  model: string;
  rows: readonly Row[];
  classes: ReadonlyMap<number, { name: string; title?: string | null; color: string }>;
}

/** Finished tasks that contradict what the model is sure of: worth another look, the strongest first. */
export function Disagreements({ project, model, rows, classes }: DisagreementsProps) {
  const { t } = useTranslation("models");
  const format = useFormat();
  if (rows.length === 0) return null;
  const columns: Column<Row>[] = [
    {
      id: "name",
      header: t("disagree.image"),
      cell: (row) => (
        <Link className="lnk" to={`/projects/${project.id}/data?search=${row.number}`}>
          {row.name}
        </Link>
      ),
    },
    {
      id: "class",
      header: t("use.class"),
      cell: (row) => <ClassCell id={row.class_id} classes={classes} />,
    },
    { id: "regions", header: t("disagree.regions"), align: "right", cell: (row) => format.number(row.regions) },
    { id: "score", header: t("disagree.score"), align: "right", cell: (row) => format.number(row.score, 2) },
  ];
  if (project.actions.includes("tasks.manage"))
    columns.push({
      id: "decide",
      header: t("second.decide"),
      cell: (row) => (
        <SecondLook
          project={project}
          task={row.task}
          right={t("second.right")}
          reason={t("second.regions", { count: row.regions, class: classTitle(classes, row.class_id) })}
          say={(upheld) => api.put(`/tasks/${row.task}/upheld`, { model, class_id: row.class_id, upheld })}
        />
      ),
    });
  return (
    <section aria-label={t("disagree.title")}>
      <h3>{t("disagree.title")}</h3>
      <p className="xs t3">{t("disagree.lead")}</p>
      <DataTable
        label={t("disagree.title")}
        rows={[...rows]}
        columns={columns}
        rowKey={(row) => `${row.task}-${row.class_id}`}
      />
    </section>
  );
}
