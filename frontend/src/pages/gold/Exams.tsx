import { NumberInput, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { type Project, projectKey, useProject } from "@/app/project";
import {
  Avatar,
  Button,
  Chip,
  type Column,
  DataTable,
  ErrorState,
  Loaded,
  PercentInput,
  showToast,
  type Tone,
  useFormat,
} from "@/ui";
import { goldKey } from "./Content";
import { Figure } from "./Figure";

type Rules = Required<Schemas["Exam"]>;
type Report = Schemas["ExamReport"];
type Row = Schemas["PersonExam"];
const TONES: Record<Row["state"], Tone> = {
  none: "neutral",
  needed: "warn",
  open: "accent",
  passed: "ok",
  failed: "bad",
};

/** The exam before work: its rules, who took it, and letting somebody through. */
export function Exams() {
  const { t } = useTranslation("exam");
  const project = useProject();
  const report = useQuery({
    queryKey: [...goldKey(project.id), "exams"],
    queryFn: () => api.get<Report>(`/projects/${project.id}/quality/exams`),
  });
  return (
    <section aria-label={t("rules.title")}>
      <Loaded query={report}>
        {(value) => (
          <>
            <ExamRules report={value} />
            {value.people.length > 0 && <Takers report={value} />}
          </>
        )}
      </Loaded>
    </section>
  );
}

function ExamRules({ report }: { report: Report }) {
  const { t } = useTranslation("exam");
  const project = useProject();
  const queries = useQueryClient();
  const saved = (project.settings as Schemas["ProjectSettings"]).exam as Rules;
  const [fields, setFields] = useState(saved);
  const set = (change: Partial<Rules>) => setFields({ ...fields, ...change });
  const may = project.actions.includes("project.edit");
  const save = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.patch<Project>(`/projects/${project.id}`, { settings: { exam: fields } }),
    onSuccess: (changed) => {
      queries.setQueryData(projectKey(project.id), changed);
      return queries.invalidateQueries({ queryKey: goldKey(project.id) });
    },
  });
  const number = (name: "tasks" | "tries", min: number, max: number) => (
    <NumberInput
      label={t(`rules.${name}`)}
      description={t(`rules.${name}Help`)}
      min={min}
      max={max}
      allowDecimal={false}
      disabled={!may}
      value={fields[name]}
      onChange={(value) => value !== "" && set({ [name]: Number(value) })}
    />
  );
  return (
    <>
      <div className="row g6" style={{ marginBottom: 8 }}>
        <h2 style={{ margin: 0 }}>{t("rules.title")}</h2>
        <Chip small tone={saved.tasks > 0 ? "ok" : "neutral"}>
          {t(saved.tasks > 0 ? "gold:rules.on" : "gold:rules.off")}
        </Chip>
      </div>
      <div className="gd-rules">
        {number("tasks", 0, 100)}
        <PercentInput
          label={t("rules.mark")}
          description={t("rules.markHelp")}
          min={1}
          max={100}
          digits={0}
          disabled={!may}
          value={fields.pass_mark}
          onChange={(pass_mark) => set({ pass_mark })}
        />
        {number("tries", 1, 20)}
        <Switch
          label={t("rules.again")}
          description={t("rules.againHelp")}
          disabled={!may}
          checked={fields.again}
          onChange={(event) => set({ again: event.currentTarget.checked })}
        />
      </div>
      {saved.tasks > report.gold && (
        <p className="sm warn" style={{ marginTop: 8 }}>
          {t("rules.moreGold", { count: report.gold, tasks: saved.tasks })}
        </p>
      )}
      {save.isError && <ErrorState inline error={save.error} />}
      {may && JSON.stringify(fields) !== JSON.stringify(saved) && (
        <div className="row g6" style={{ marginTop: 8 }}>
          <Button kind="primary" busy={save.isPending} onClick={() => save.mutate()}>
            {t("rules.save")}
          </Button>
          <Button onClick={() => setFields(saved)}>{t("common:cancel")}</Button>
        </div>
      )}
    </>
  );
}

function Takers({ report }: { report: Report }) {
  const { t } = useTranslation("exam");
  const format = useFormat();
  const project = useProject();
  const queries = useQueryClient();
  const allow = useMutation({
    mutationFn: ({ row, what }: { row: Row; what: "pass" | "tries" }) =>
      api.post(`/projects/${project.id}/quality/exams/allow`, { person: row.person.id, what }),
    onSuccess: (_, { row, what }) =>
      showToast({ tone: "ok", title: t(`people.done.${what}`, { name: row.person.name }) }),
    onSettled: () => queries.invalidateQueries({ queryKey: goldKey(project.id) }),
  });
  const last = (row: Row) => row.tries[0];
  const columns: Column<Row>[] = [
    {
      id: "person",
      header: t("gold:people.person"),
      cell: ({ person }) => (
        <span className="row g6">
          <Avatar name={person.name} /> {person.name}
        </span>
      ),
    },
    {
      id: "state",
      header: t("people.state"),
      cell: (row) => (
        <Chip small tone={TONES[row.state]}>
          {t(`standing.${row.state}`)}
        </Chip>
      ),
    },
    {
      id: "result",
      header: t("people.last"),
      cell: (row) => {
        const one = last(row);
        return one ? <Figure figure={one.accuracy} target={one.pass_mark} /> : "–";
      },
    },
    { id: "tries", header: t("people.tries"), align: "right", cell: (row) => format.number(row.tries.length) },
    {
      id: "when",
      header: t("people.when"),
      cell: (row) => {
        const one = last(row);
        return one ? format.ago(one.at) : "–";
      },
    },
  ];
  return (
    <div style={{ marginTop: 12 }}>
      <DataTable
        label={t("people.title")}
        columns={columns}
        rows={report.people}
        rowKey={(row) => String(row.person.id ?? row.person.name)}
        actions={(row) =>
          (row.state === "failed" || row.state === "needed") && (
            <span className="row g4">
              {row.state === "failed" && (
                <Button size="s" busy={allow.isPending} onClick={() => allow.mutate({ row, what: "tries" })}>
                  {t("people.giveTries")}
                </Button>
              )}
              <Button size="s" busy={allow.isPending} onClick={() => allow.mutate({ row, what: "pass" })}>
                {t("people.letThrough")}
              </Button>
            </span>
          )
        }
      />
    </div>
  );
}
