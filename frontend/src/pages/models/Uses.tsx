import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { answerTitle, classTitle, useClasses, useQuestions } from "@/app/schema";
import { type Column, DataTable, Loaded, useFormat } from "@/ui";
import { ClassCell } from "./ClassCell";
import { Disagreements } from "./Disagreements";
import { Hints } from "./Hints";
import { ShareDot } from "./ShareDot";

type Found = Schemas["UsesOut"];
type Row = Schemas["ClassUse"];

/** What became of the predictions of a source in finished work, by class and by answer, and what they spare. */
export function Uses({ project, source }: { project: Project; source: string }) {
  const { t } = useTranslation("models");
  const uses = useQuery({
    queryKey: ["project", project.id, "uses", source],
    queryFn: () => api.get<Found>(`/projects/${project.id}/models/uses`, { query: { model: source } }),
  });
  const classes = useClasses(project.id);
  const questions = useQuestions(project.id);
  return (
    <section aria-label={t("use.title")} className="model-uses">
      <h3>{t("use.title")}</h3>
      <Loaded query={uses}>
        {(found) =>
          found.classes.length === 0 ? (
            <p className="sm t3">{t("use.none")}</p>
          ) : (
            <>
              <Effort found={found} />
              <Classes rows={found.classes} classes={classes} questions={questions} />
              <p className="xs t3">{t("use.how")}</p>
              <Hints rows={found.hints} classes={classes} />
              <Disagreements project={project} model={found.model} rows={found.disagreements} classes={classes} />
            </>
          )
        }
      </Loaded>
    </section>
  );
}

function Effort({ found }: { found: Found }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const say = (one: Schemas["Effort"]) =>
    one.seconds === null
      ? t("use.noTime")
      : one.low === null || one.high === null
        ? t("use.secondsOnly", { seconds: format.number(one.seconds, 1), count: one.tasks })
        : t("use.seconds", {
            seconds: format.number(one.seconds, 1),
            low: format.number(one.low, 1),
            high: format.number(one.high, 1),
            count: one.tasks,
          });
  return (
    <dl>
      <dt>{t("use.with")}</dt>
      <dd>{say(found.effort_with)}</dd>
      <dt>{t("use.without")}</dt>
      <dd>{say(found.effort_without)}</dd>
    </dl>
  );
}

interface ClassesProps {
  rows: readonly Row[];
  classes: ReadonlyMap<number, Schemas["Class"]>;
  questions: ReadonlyMap<string, Schemas["ItemAttribute"]>;
}

function Classes({ rows, classes, questions }: ClassesProps) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const nameOf = (row: Row) => (row.attribute ? answerTitle(questions, row) : classTitle(classes, row.class_id));
  const count = (name: "accepted" | "edited" | "redrawn" | "rejected" | "missed"): Column<Row> => ({
    id: name,
    header: t(`use.${name}`),
    align: "right",
    cell: (row) => format.number(name === "rejected" ? row.rejected + row.reclassed : row[name]),
  });
  const columns: Column<Row>[] = [
    {
      id: "class",
      header: t("use.class"),
      cell: (row) => {
        const unseen = !row.shown && <span className="xs t3">{t("use.notShown")}</span>;
        return row.attribute ? (
          <span className="row g6">
            <span className="el">{nameOf(row)}</span>
            {unseen}
          </span>
        ) : (
          <ClassCell id={row.class_id} classes={classes}>
            {unseen}
          </ClassCell>
        );
      },
    },
    {
      id: "precision",
      header: t("use.precision"),
      cell: (row) => <ShareDot share={row.precision} name={nameOf(row)} />,
    },
    { id: "recall", header: t("use.recall"), cell: (row) => <ShareDot share={row.recall} name={nameOf(row)} /> },
    count("accepted"),
    count("edited"),
    count("redrawn"),
    count("rejected"),
    count("missed"),
    {
      id: "likeness",
      header: t("use.likeness"),
      align: "right",
      cell: (row) => (row.likeness === null ? "–" : format.number(row.likeness, 2)),
    },
  ];
  return (
    <DataTable
      label={t("use.title")}
      rows={[...rows]}
      columns={columns}
      rowKey={(row) => JSON.stringify([row.class_id, row.attribute, row.value, row.shown])}
    />
  );
}
