import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import {
  Button,
  Chip,
  type Column,
  DataTable,
  Dialog,
  DialogButtons,
  Loaded,
  LoadMore,
  showToast,
  useFormat,
} from "@/ui";
import { goldKey } from "./Content";
import { Figure } from "./Figure";

type Row = Schemas["ConsequenceOut"];

/** What was done because somebody's accuracy lay wholly under the target, and letting them go on. */
export function Consequences() {
  const { t } = useTranslation("gold");
  const format = useFormat();
  const project = useProject();
  const [lifting, setLifting] = useState<Row | null>(null);
  const { pages: list, rows } = usePages({
    queryKey: [...goldKey(project.id), "consequences"],
    ask: (cursor) => api.get<Listed<Row>>(`/projects/${project.id}/quality/consequences`, { query: { cursor } }),
  });
  const columns: Column<Row>[] = [
    { id: "person", header: t("people.person"), cell: (row) => row.person?.name ?? "–" },
    {
      id: "kind",
      header: t("consequence.kind"),
      cell: (row) => (
        <Chip small tone={row.state === "lifted" ? "neutral" : row.kind === "notify" ? "warn" : "bad"}>
          {t(`consequence.${row.kind}`)}
        </Chip>
      ),
    },
    {
      id: "evidence",
      header: t("consequence.evidence"),
      cell: (row) => (
        <span className="row g6">
          <Figure figure={row.accuracy} target={row.target} />
          <span className="t3 sm">{t("people.ofTests", { count: row.accuracy.n })}</span>
        </span>
      ),
    },
    { id: "since", header: t("consequence.since"), cell: (row) => format.ago(row.created_at) },
    {
      id: "state",
      header: t("consequence.state"),
      cell: (row) =>
        row.state === "active" ? (
          t("consequence.active")
        ) : (
          <span className="t2 el" title={row.lifted_reason}>
            {t("consequence.lifted", { name: row.lifted_by?.name ?? "–" })}
            {row.lifted_reason && `: ${row.lifted_reason}`}
          </span>
        ),
    },
  ];
  if (list.isSuccess && rows.length === 0) return null;
  return (
    <section aria-label={t("consequence.title")}>
      <h2>{t("consequence.title")}</h2>
      <Loaded query={list}>
        {() => (
          <DataTable
            label={t("consequence.title")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            actions={(row) =>
              row.state === "active" && (
                <Button size="s" onClick={() => setLifting(row)}>
                  {t("consequence.lift")}
                </Button>
              )
            }
          />
        )}
      </Loaded>
      <LoadMore pages={list} />
      {lifting && <Lift row={lifting} onClose={() => setLifting(null)} />}
    </section>
  );
}

function Lift({ row, onClose }: { row: Row; onClose: () => void }) {
  const { t } = useTranslation("gold");
  const project = useProject();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const lift = useMutation({
    mutationFn: () => api.post<Row>(`/consequences/${row.id}/lift`, { reason: reason.trim() }),
    onSuccess: () => {
      showToast({ tone: "ok", title: t("consequence.done", { name: row.person?.name ?? "" }) });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: goldKey(project.id) }),
  });
  return (
    <Dialog opened title={t("consequence.ask", { name: row.person?.name ?? "" })} onClose={onClose}>
      <form
        className="col"
        style={{ gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          lift.mutate();
        }}
      >
        <p className="sm t2">{t("consequence.askLead")}</p>
        <TextInput
          label={t("consequence.reason")}
          value={reason}
          maxLength={500}
          data-autofocus
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button kind="primary" type="submit" busy={lift.isPending}>
            {t("consequence.lift")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
