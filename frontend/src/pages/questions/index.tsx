import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { useClasses } from "@/app/schema";
import { Chip, EmptyState, Icon, Loaded, LoadMore, Page, Seg, Swatch, useFormat } from "@/ui";
import { Detail } from "./Detail";
import "./questions.css";

export type Question = Schemas["QuestionOut"];
type State = "open" | "answered";

export const questionsKey = (project: number) => ["project", project, "questions"];
const SETTLES = 250; // ms after the last key of a search

/** What people asked when they parked a task: open ones first, similar ones beside, answers into the guideline. */
export default function QuestionsPage() {
  const { t } = useTranslation("questions");
  const project = useProject();
  const queries = useQueryClient();
  const [address, setAddress] = useSearchParams();
  const state: State = address.get("state") === "answered" ? "answered" : "open";
  const chosen = Number(address.get("question")) || null;
  const [search, setSearch] = useState("");
  const [words] = useDebouncedValue(search, SETTLES);
  const again = () => void queries.invalidateQueries({ queryKey: questionsKey(project.id) });
  useEvent("question.changed", again);
  useEvent("reconnected", again);
  const { pages: list, rows } = usePages({
    queryKey: [...questionsKey(project.id), "list", state, words],
    ask: (cursor) =>
      api.get<Listed<Question>>(`/projects/${project.id}/questions`, {
        query: { state, search: words, limit: 50, cursor },
      }),
  });
  const shown = chosen ?? rows[0]?.id ?? null;
  const open = (id: number) =>
    setAddress((before) => {
      before.set("question", String(id));
      return before;
    });
  return (
    <Page
      title={t("title")}
      within={project.name}
      actions={
        <Seg<State>
          label={t("which")}
          value={state}
          onChange={(next) => setAddress({ state: next })}
          options={[
            { value: "open", label: t("open") },
            { value: "answered", label: t("answered") },
          ]}
        />
      }
    >
      <div className="qu">
        <nav className="qu-list" aria-label={t("title")}>
          <div style={{ padding: "8px 12px" }}>
            <TextInput
              type="search"
              aria-label={t("search")}
              placeholder={t("search")}
              leftSection={<Icon name="search" size="s" />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          </div>
          <Loaded query={list}>
            {() =>
              rows.length === 0 ? (
                <EmptyState inline icon="question" title={t(words ? "nothingFound" : `none.${state}`)}>
                  {!words && state === "open" && t("noneLead")}
                </EmptyState>
              ) : (
                <ul>
                  {rows.map((row) => (
                    <Row key={row.id} row={row} on={row.id === shown} onOpen={() => open(row.id)} />
                  ))}
                </ul>
              )
            }
          </Loaded>
          <LoadMore pages={list} size="s" style={{ padding: 8 }} />
        </nav>
        <section className="qu-detail" aria-label={t("one")}>
          {shown !== null && <Shown key={shown} id={shown} onOpen={open} />}
        </section>
      </div>
    </Page>
  );
}

function Shown({ id, onOpen }: { id: number; onOpen: (id: number) => void }) {
  const project = useProject();
  const question = useQuery({
    queryKey: [...questionsKey(project.id), id],
    queryFn: () => api.get<Question>(`/questions/${id}`),
  });
  return <Loaded query={question}>{(one) => <Detail question={one} onOpen={onOpen} />}</Loaded>;
}

export function ClassName({ project, id }: { project: number; id: number | null }) {
  const found = useClasses(project).get(id ?? -1);
  if (!found) return null;
  return (
    <span className="row g4">
      <Swatch color={found.color} />
      <span className="el">{found.title || found.name}</span>
    </span>
  );
}

function Row({ row, on, onOpen }: { row: Question; on: boolean; onOpen: () => void }) {
  const { t } = useTranslation("questions");
  const format = useFormat();
  return (
    <li>
      <button type="button" className={`li qu-row ${on ? "on" : ""}`} aria-current={on || undefined} onClick={onOpen}>
        {row.thumb && <img className="th" src={row.thumb} alt="" crossOrigin="anonymous" width={44} height={34} />}
        <span style={{ minWidth: 0, flex: 1 }}>
          <span className="qu-text">{row.text}</span>
          <span className="xs t3 row g6">
            <span className="el">{row.asked_by?.name}</span>
            <span className="nw">{format.ago(row.created_at)}</span>
            <ClassName project={row.project} id={row.class_id} />
          </span>
        </span>
        {(row.drafted || row.published_in !== null) && (
          <Chip small tone={row.published_in === null ? "warn" : "ok"}>
            {row.published_in === null ? t("drafted") : t("inVersion", { number: row.published_in })}
          </Chip>
        )}
      </button>
    </li>
  );
}
