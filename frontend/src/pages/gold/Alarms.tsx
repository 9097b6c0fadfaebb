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

type Row = Schemas["AlarmOut"];

const TIMES = 6; // powers of ten; from there on a number says no more

/** Whose work does not look honest, and saying that it was looked into. */
export function Alarms() {
  const { t } = useTranslation("gold");
  const format = useFormat();
  const project = useProject();
  const [settling, setSettling] = useState<Row | null>(null);
  const { pages: list, rows } = usePages({
    queryKey: [...goldKey(project.id), "alarms"],
    ask: (cursor) => api.get<Listed<Row>>(`/projects/${project.id}/quality/alarms`, { query: { cursor } }),
  });
  const columns: Column<Row>[] = [
    { id: "person", header: t("people.person"), cell: (row) => row.person?.name ?? "–" },
    {
      id: "kind",
      header: t("alarm.kind"),
      cell: (row) => (
        <span className="row g6">
          <Chip small tone={row.state === "open" ? "warn" : "neutral"}>
            {t(`alarm.${row.kind}`, { name: row.other?.name ?? "–" })}
          </Chip>
          {row.question !== "class" && <span className="xs t3">{row.question}</span>}
        </span>
      ),
    },
    {
      id: "evidence",
      header: t("consequence.evidence"),
      cell: (row) => (
        <span className="sm" title={t("alarm.help")}>
          {row.times >= TIMES
            ? t("alarm.overMillion", { count: row.items })
            : t("alarm.times", { times: format.number(Math.round(10 ** row.times)), count: row.items })}
        </span>
      ),
    },
    { id: "since", header: t("consequence.since"), cell: (row) => format.ago(row.created_at) },
    {
      id: "state",
      header: t("consequence.state"),
      cell: (row) =>
        row.state === "open" ? (
          t("alarm.open")
        ) : (
          <span className="t2 el" title={row.settled_reason}>
            {t("alarm.settled", { name: row.settled_by?.name ?? "–" })}
            {row.settled_reason && `: ${row.settled_reason}`}
          </span>
        ),
    },
  ];
  if (list.isSuccess && rows.length === 0) return null;
  return (
    <section aria-label={t("alarm.title")}>
      <h2>{t("alarm.title")}</h2>
      <p className="sm t2" style={{ marginBottom: 8 }}>
        {t("alarm.lead")}
      </p>
      <Loaded query={list}>
        {() => (
          <DataTable
            label={t("alarm.title")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            actions={(row) =>
              row.state === "open" && (
                <Button size="s" onClick={() => setSettling(row)}>
                  {t("alarm.settle")}
                </Button>
              )
            }
          />
        )}
      </Loaded>
      <LoadMore pages={list} />
      {settling && <Settle row={settling} onClose={() => setSettling(null)} />}
    </section>
  );
}

function Settle({ row, onClose }: { row: Row; onClose: () => void }) {
  const { t } = useTranslation("gold");
  const project = useProject();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const settle = useMutation({
    mutationFn: () => api.post<Row>(`/alarms/${row.id}/settle`, { reason: reason.trim() }),
    onSuccess: () => {
      showToast({ tone: "ok", title: t("alarm.done", { name: row.person?.name ?? "" }) });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: goldKey(project.id) }),
  });
  return (
    <Dialog opened title={t("alarm.ask", { name: row.person?.name ?? "" })} onClose={onClose}>
      <form
        className="col"
        style={{ gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          settle.mutate();
        }}
      >
        <p className="sm t2">{t("alarm.askLead")}</p>
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
          <Button kind="primary" type="submit" busy={settle.isPending}>
            {t("alarm.settle")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
