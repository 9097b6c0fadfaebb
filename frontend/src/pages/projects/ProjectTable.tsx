import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { Schemas } from "@/api/types";
import { stateParts } from "@/app/taskStates";
import { AvatarStack, type Column, DataTable, StackedBar, useFormat } from "@/ui";
import { ProjectChip, TaskWords } from "./ProjectCards";

type Card = Schemas["ProjectCard"];

export function ProjectTable({ cards }: { cards: Card[] }) {
  const { t } = useTranslation("projects");
  const format = useFormat();
  const navigate = useNavigate();
  const columns: Column<Card>[] = [
    {
      id: "name",
      header: t("column.name"),
      cell: (card) => (
        <Link className="m" to={`/projects/${card.id}`}>
          {card.name}
        </Link>
      ),
    },
    { id: "state", header: t("column.state"), cell: (card) => <ProjectChip card={card} /> },
    { id: "work", header: t("column.work"), cell: (card) => <TaskWords card={card} /> },
    {
      id: "progress",
      header: t("column.progress"),
      width: 180,
      cell: (card) => (
        <StackedBar
          parts={stateParts(card.states)}
          label={t("doneShare", { share: format.percent(card.done_share ?? 0) })}
        />
      ),
    },
    {
      id: "done",
      header: t("column.done"),
      align: "right",
      cell: (card) => (card.done_share === null ? t("na") : format.percent(card.done_share)),
    },
    {
      id: "people",
      header: t("column.people"),
      cell: (card) => <AvatarStack names={card.people.map((one) => one.name)} total={card.people_total} />,
    },
    { id: "updated", header: t("column.updated"), align: "right", cell: (card) => format.ago(card.updated_at) },
  ];
  return (
    <div style={{ padding: "0 20px 24px" }}>
      <DataTable
        label={t("title")}
        columns={columns}
        rows={cards}
        rowKey={(card) => card.id}
        onOpen={(card) => void navigate(`/projects/${card.id}`)}
      />
    </div>
  );
}
