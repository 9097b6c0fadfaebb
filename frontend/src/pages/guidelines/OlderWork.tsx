import { Checkbox, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { useClasses } from "@/app/schema";
import { Button, Dialog, DialogButtons, LinkButton, Swatch, useFormat } from "@/ui";
import { useBulk } from "../data/Bulk";
import { guidelineKey } from "./data";

type Row = Schemas["OlderWorkRow"];

/** Accepted work that was made under older versions, and the way to ask for it again. */
export function OlderWork({ project }: { project: Project }) {
  const { t } = useTranslation("guidelines");
  const [opened, setOpened] = useState(false);
  const older = useQuery({
    queryKey: [...guidelineKey(project.id), "older"],
    queryFn: () => api.get<Schemas["OlderWork"]>(`/projects/${project.id}/guidelines/older-work`),
  });
  const total = older.data?.results.find((row) => row.class_id === null)?.tasks ?? 0;
  if (!older.data || total === 0) return null;
  const { number, results } = older.data;
  return (
    <section style={{ marginBottom: 16 }}>
      <h2 style={{ marginBottom: 4 }}>{t("older.title")}</h2>
      <p className="sm t2" style={{ marginBottom: 8 }}>
        {t("older.lead", { count: total })}
      </p>
      <div className="row g6">
        <Button size="s" icon="undo" onClick={() => setOpened(true)}>
          {t("older.ask")}
        </Button>
        <LinkButton size="s" kind="quiet" to={`/projects/${project.id}/data?guideline_before=${number}`}>
          {t("older.list")}
        </LinkButton>
      </div>
      {opened && <AskAgain project={project} number={number} rows={results} onClose={() => setOpened(false)} />}
    </section>
  );
}

function AskAgain(props: { project: Project; number: number; rows: Row[]; onClose: () => void }) {
  const { project, number, rows, onClose } = props;
  const { t } = useTranslation("guidelines");
  const format = useFormat();
  const classes = useClasses(project.id);
  const changed = useQuery({
    queryKey: [...guidelineKey(project.id), "changes", number],
    queryFn: () => api.get<Schemas["GuidelineChanges"]>(`/projects/${project.id}/guidelines/changes`),
  });
  const byClass = rows.filter((row) => row.class_id !== null);
  const touched = byClass.filter((row) => changed.data?.topics.includes(`class:${row.class_id}`));
  const [chosen, setChosen] = useState<number[] | null>(null);
  const wanted = chosen ?? touched.map((row) => row.class_id as number);
  const [reason, setReason] = useState(t("older.reasonOf", { number }));
  const bulk = useBulk(project.id, onClose);
  const which = { filter: { guideline_before: number, ...(wanted.length > 0 ? { class_id: wanted } : {}) } };
  const preview = useQuery({
    queryKey: ["project", project.id, "ask-again", which],
    queryFn: () =>
      api.post<Schemas["SendBackPreview"]>(`/projects/${project.id}/tasks/send-back/preview`, {
        action: "ask_again",
        ...which,
      }),
    staleTime: 0,
  });
  return (
    <Dialog opened width={520} title={t("older.question")} onClose={onClose}>
      <form
        className="guide-form"
        onSubmit={(event) => {
          event.preventDefault();
          bulk.mutate({ action: "ask_again", reason: reason.trim(), ...which } as never);
        }}
      >
        <p className="sm t2">{t("older.detail")}</p>
        <fieldset className="guide-scroll" style={{ border: 0, padding: 0 }}>
          <legend className="sm m" style={{ marginBottom: 4 }}>
            {t("older.classes")}
          </legend>
          {byClass.map((row) => {
            const found = classes.get(row.class_id as number);
            const name = found?.title || found?.name || String(row.class_id);
            return (
              <Checkbox
                key={row.class_id}
                size="xs"
                mb={6}
                checked={wanted.includes(row.class_id as number)}
                onChange={(event) => {
                  const rest = wanted.filter((one) => one !== row.class_id);
                  setChosen(event.currentTarget.checked ? [...rest, row.class_id as number] : rest);
                }}
                label={
                  <span className="row g6">
                    {found && <Swatch color={found.color} />}
                    {name}
                    <span className="t3">
                      {t("older.tasks", { count: row.tasks, shown: format.number(row.tasks) })}
                    </span>
                  </span>
                }
              />
            );
          })}
          <p className="xs t3">{t(wanted.length === 0 ? "older.anyClass" : "older.chosen")}</p>
        </fieldset>
        <Textarea
          label={t("older.reason")}
          description={t("older.reasonHelp")}
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {preview.data && (
          <div className="sm t2" role="status">
            <div>{t("older.preview", { count: preview.data.sent_back })}</div>
            {preview.data.imported > 0 && (
              <div>{t("data:bulk.preview.imported", { count: preview.data.imported })}</div>
            )}
          </div>
        )}
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button
            kind="primary"
            type="submit"
            busy={bulk.isPending}
            disabled={reason.trim() === "" || !preview.data?.sent_back}
          >
            {t("older.ask")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
