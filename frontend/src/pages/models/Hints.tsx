import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { classTitle } from "@/app/schema";
import { Chip, type Column, DataTable, useFormat } from "@/ui";
import { ClassCell } from "./ClassCell";
import { ShareDot } from "./ShareDot";

type Row = Schemas["HintsOfClass"];
const TONES = { hints: "ok", silent: "warn", unknown: "neutral" } as const;

/** From which score on each class is hinted at before a submit, and what people said to the hints. */
export function Hints({ rows, classes }: { rows: readonly Row[]; classes: ReadonlyMap<number, Schemas["Class"]> }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  if (rows.length === 0) return null;
  const nameOf = ({ class_id }: Row) => classTitle(classes, class_id);
  const count = (name: "added" | "refused" | "kept"): Column<Row> => ({
    id: name,
    header: t(`hints.${name}`),
    align: "right",
    cell: (row) => format.number(row[name]),
  });
  const columns: Column<Row>[] = [
    {
      id: "class",
      header: t("use.class"),
      cell: (row) => <ClassCell id={row.class_id} classes={classes} />,
    },
    {
      id: "state",
      header: t("hints.state"),
      cell: (row) => (
        <Chip small tone={TONES[row.state]}>
          {t(`hints.${row.state}`)}
        </Chip>
      ),
    },
    {
      id: "score",
      header: t("hints.score"),
      align: "right",
      cell: (row) => (row.score === null ? "–" : format.number(row.score, 2)),
    },
    {
      id: "known",
      header: t("hints.known"),
      align: "right",
      cell: (row) => t("hints.knownOf", { right: format.number(row.right), n: format.number(row.n) }),
    },
    count("added"),
    count("refused"),
    count("kept"),
    {
      id: "precision",
      header: t("hints.precision"),
      cell: (row) => <ShareDot share={row.precision} name={nameOf(row)} />,
    },
  ];
  return (
    <>
      <h3 style={{ marginTop: 16 }}>{t("hints.title")}</h3>
      <DataTable
        label={t("hints.title")}
        rows={[...rows]}
        columns={columns}
        rowKey={({ class_id }) => String(class_id)}
      />
      <p className="xs t3">{t("hints.how")}</p>
    </>
  );
}
