import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { useOrganisation } from "@/app/organisation";
import {
  Button,
  Chip,
  type Column,
  DataTable,
  EmptyState,
  LinkButton,
  Loaded,
  Page,
  SkeletonRows,
  useFormat,
  useKey,
} from "@/ui";

type Assignment = Schemas["AssignmentOut"];

/** Everything in the person's hands, what came back first; and where more can be had. */
export default function WorkPage() {
  const { t } = useTranslation("work");
  const format = useFormat();
  const navigate = useNavigate();
  const open = useQuery({
    queryKey: ["assignments", "open"],
    queryFn: () => api.get<Listed<Assignment>>("/assignments", { query: { state: "open", limit: 200 } }),
  });
  const submitted = useQuery({
    queryKey: ["assignments", "submitted"],
    queryFn: () => api.get<Listed<Assignment>>("/assignments", { query: { state: "submitted", limit: 50 } }),
  });
  const rows = [...(open.data?.results ?? [])].sort((a, b) => Number(b.returned) - Number(a.returned));
  const next = rows.find((row) => row.state === "held") ?? rows[0];
  const openNext = () => next && void navigate(`/assignments/${next.id}`);
  useKey("N", openNext, next !== undefined);
  return (
    <Page
      title={t("title")}
      beside={rows.length > 0 && <span className="t3">{format.number(rows.length)}</span>}
      actions={
        next && (
          <Button kind="primary" icon="play" keys="N" onClick={openNext}>
            {t("openNext")}
          </Button>
        )
      }
    >
      <div className="gut">
        <Loaded query={open}>
          {() =>
            rows.length === 0 ? (
              <EmptyState title={t("empty.title")} inline>
                {t("empty.lead")}
              </EmptyState>
            ) : (
              <AssignmentTable rows={rows} label={t("title")} />
            )
          }
        </Loaded>
        <hr className="rule" />
        <h2>{t("more.title")}</h2>
        <Startable />
        {submitted.data && submitted.data.results.length > 0 && (
          <>
            <hr className="rule" />
            <h2 style={{ marginBottom: 6 }}>{t("done.title")}</h2>
            <AssignmentTable rows={submitted.data.results} label={t("done.title")} finished />
          </>
        )}
      </div>
    </Page>
  );
}

function AssignmentTable({ rows, label, finished }: { rows: Assignment[]; label: string; finished?: boolean }) {
  const { t } = useTranslation("work");
  const format = useFormat();
  const navigate = useNavigate();
  const columns: Column<Assignment>[] = [
    {
      id: "task",
      header: t("column.task"),
      cell: (row) => (
        <Link to={finished ? `/tasks/${row.task}` : `/assignments/${row.id}`} className="row">
          {row.thumb && (
            <img
              src={row.thumb}
              alt=""
              crossOrigin="anonymous"
              width={36}
              height={28}
              className="th"
              style={{ objectFit: "cover" }}
            />
          )}
          <span className="m el">{row.task_name || t("taskNumber", { number: row.task_number })}</span>
        </Link>
      ),
    },
    { id: "project", header: t("column.project"), cell: (row) => row.project_name },
    { id: "stage", header: t("column.stage"), cell: (row) => t(`common:stage.${row.stage}`) },
    { id: "state", header: t("column.state"), cell: (row) => <AssignmentChip row={row} /> },
    ...(rows.some((row) => row.reason)
      ? [
          {
            id: "reason",
            header: t("column.reason"),
            cell: (row: Assignment) => <span title={row.reason}>{row.reason}</span>,
          },
        ]
      : []),
    {
      id: "active",
      header: t("column.active"),
      align: "right",
      cell: (row) => (row.active_ms > 0 ? format.duration(row.active_ms / 1000) : "–"),
    },
    {
      id: "when",
      header: t("column.when"),
      align: "right",
      cell: (row) => format.ago(row.submitted_at ?? row.claimed_at),
    },
  ];
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowHeight={40}
      onOpen={(row) => void navigate(finished ? `/tasks/${row.task}` : `/assignments/${row.id}`)}
    />
  );
}

function AssignmentChip({ row }: { row: Assignment }) {
  const { t } = useTranslation("work");
  if (row.returned && row.state === "held")
    return (
      <Chip small tone="warn">
        {t("state.returned")}
      </Chip>
    );
  const tone =
    row.state === "stale" ? "bad" : row.state === "submitted" ? "ok" : row.state === "parked" ? "warn" : "accent";
  return (
    <Chip small tone={tone}>
      {t(`state.${row.state}`)}
    </Chip>
  );
}

/** Projects with work that the person may take. */
function Startable() {
  const { t } = useTranslation("work");
  const format = useFormat();
  const organisation = useOrganisation();
  const query = useQuery({
    queryKey: ["projects", "startable", organisation?.id],
    queryFn: () =>
      api.get<Listed<Schemas["ProjectCard"]>>("/projects", {
        query: { organisation: organisation?.id, state: "active", limit: 100 },
      }),
    enabled: organisation !== null,
  });
  const cards = query.data?.results.filter((card) => card.role !== "viewer") ?? [];
  const waiting = (card: Schemas["ProjectCard"]) => (card.states.waiting ?? 0) + (card.states.rework ?? 0);
  const reviewable = (card: Schemas["ProjectCard"]) => (card.role === "annotator" ? 0 : (card.states.in_review ?? 0));
  const rows = cards.filter((card) => waiting(card) + reviewable(card) > 0);
  if (query.isPending) return <SkeletonRows rows={3} />;
  if (rows.length === 0) return <p className="t2 sm">{t("more.none")}</p>;
  return (
    <DataTable
      label={t("more.title")}
      rows={rows}
      rowKey={(card) => card.id}
      columns={[
        {
          id: "name",
          header: t("column.project"),
          cell: (card) => <Link to={`/projects/${card.id}`}>{card.name}</Link>,
        },
        { id: "role", header: t("column.role"), cell: (card) => t(`common:role.${card.role}`) },
        { id: "label", header: t("more.toLabel"), align: "right", cell: (card) => format.number(waiting(card)) },
        { id: "review", header: t("more.toReview"), align: "right", cell: (card) => format.number(reviewable(card)) },
        {
          id: "go",
          header: <span className="vh">{t("common:actions")}</span>,
          align: "right",
          cell: (card) => (
            <span className="row g4" style={{ justifyContent: "flex-end" }}>
              {reviewable(card) > 0 && (
                <LinkButton size="s" to={`/projects/${card.id}/review`}>
                  {t("more.review")}
                </LinkButton>
              )}
              {waiting(card) > 0 && (
                <LinkButton size="s" icon="play" to={`/projects/${card.id}/label`}>
                  {t("more.label")}
                </LinkButton>
              )}
            </span>
          ),
        },
      ]}
    />
  );
}
