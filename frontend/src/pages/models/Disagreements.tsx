import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { type Column, DataTable, Swatch, useFormat } from "@/ui";

type Row = Schemas["DisagreementOut"];

interface DisagreementsProps {
  project: Project;
  rows: readonly Row[];
  classes: ReadonlyMap<number, { name: string; title?: string | null; color: string }>;
}

/** Finished tasks that contradict what the model is sure of: worth another look, the strongest first. */
export function Disagreements({ project, rows, classes }: DisagreementsProps) {
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
      cell: (row) => {
        const found = classes.get(row.class_id);
        return (
          <span className="row g6">
            <Swatch color={found?.color ?? "#c4c4c4"} />
            <span className="el">{found?.title || found?.name || row.class_id}</span>
          </span>
        );
      },
    },
    { id: "regions", header: t("disagree.regions"), align: "right", cell: (row) => format.number(row.regions) },
    { id: "score", header: t("disagree.score"), align: "right", cell: (row) => format.number(row.score, 2) },
  ];
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
