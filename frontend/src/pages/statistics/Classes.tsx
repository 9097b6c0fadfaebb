import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/types";
import { Chip, type Column, DataTable, LinkButton, Swatch, useFormat } from "@/ui";
import { Part, ShareCell, tableAddress } from "./parts";

type Row = Schemas["ClassQuality"];

interface ClassesProps {
  project: number;
  days: number | null;
  classes: readonly Row[];
  csv?: boolean;
  onPerson?: (id: number) => void;
}

/** Each class against its target: what misses it, by whom, and where the guideline speaks of it. */
export function Classes({ project, days, classes, csv, onPerson }: ClassesProps) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  const rows = classes.toSorted((a, b) => Number(b.missed) - Number(a.missed) || b.right.n - a.right.n);
  const columns: Column<Row>[] = [
    {
      id: "class",
      header: t("classes.class"),
      cell: (row) => (
        <span className="row g6">
          <Swatch color={row.color} />
          <span className="el">{row.name}</span>
        </span>
      ),
    },
    {
      id: "right",
      header: t("classes.right"),
      cell: (row) => <ShareCell share={row.right} target={row.target} label={row.name} />,
    },
    { id: "target", header: t("classes.target"), align: "right", cell: (row) => format.percent(row.target) },
    {
      id: "state",
      header: t("classes.state"),
      cell: (row) =>
        row.missed ? (
          <Chip small tone="bad">
            {t("classes.missed")}
          </Chip>
        ) : row.right.n < 50 ? (
          <span className="t3">{t("classes.tooFew")}</span>
        ) : (
          <Chip small tone="ok">
            {t("classes.met")}
          </Chip>
        ),
    },
    {
      id: "people",
      header: t("classes.people"),
      cell: (row) =>
        row.people.map((one) => (
          <button
            key={one.person.id}
            type="button"
            className="lnk"
            style={{ marginRight: 10 }}
            onClick={() => one.person.id !== null && onPerson?.(one.person.id)}
          >
            {t("classes.faulty", { name: one.person.name, faulty: one.faulty, judged: one.judged })}
          </button>
        )),
    },
    {
      id: "section",
      header: t("classes.section"),
      cell: (row) =>
        row.section ? (
          <Link className="lnk" to={`/projects/${project}/guidelines?section=${row.section}`}>
            {t("classes.read")}
          </Link>
        ) : row.missed ? (
          <LinkButton size="s" to={`/projects/${project}/guidelines`}>
            {t("classes.noSection")}
          </LinkButton>
        ) : (
          ""
        ),
    },
  ];
  return (
    <Part
      title={t("classes.title")}
      beside={t("classes.lead")}
      csv={csv ? tableAddress(project, "classes", days) : null}
    >
      <DataTable label={t("classes.title")} columns={columns} rows={rows} rowKey={(row) => row.class_id} />
    </Part>
  );
}
