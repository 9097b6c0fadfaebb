import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { showToast } from "@/ui";

export type FindingRow = Schemas["FindingRow"];
export type State = FindingRow["state"];
export const STATES: readonly State[] = ["open", "accepted", "fixed"];
const PAGE = 100; // findings asked for at once

export interface Filter {
  state: State;
  rule: string;
  class_id: string;
  person: string;
}

export const findingsKey = (project: number) => ["project", project, "findings"];

/** The filter in the address. */
export function useFilter(): [Filter, (change: Partial<Filter>) => void] {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const filter = useMemo((): Filter => {
    const given = new URLSearchParams(text);
    const of = (name: string) => given.get(name) ?? "";
    const state = STATES.find((one) => one === of("state")) ?? "open";
    return { state, rule: of("rule"), class_id: of("class_id"), person: of("person") };
  }, [text]);
  function change(next: Partial<Filter>) {
    const all = Object.entries({ ...filter, ...next }).filter(
      ([name, value]) => value && `${name}=${value}` !== "state=open",
    );
    setSearch(new URLSearchParams(all), { replace: true });
  }
  return [filter, change];
}

/** Members of a filter that are set, as the server takes them. */
export function given(filter: Filter): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
}

export function useFindings(project: number, filter: Filter) {
  const query = given(filter);
  const { pages, rows } = usePages({
    queryKey: [...findingsKey(project), "list", query],
    ask: (cursor) =>
      api.get<Listed<FindingRow>>(`/projects/${project}/quality/findings`, {
        query: { ...query, limit: PAGE, cursor },
      }),
  });
  return { rows, pages };
}

/** Counts by rule and how the last run went; again when findings or its job move. */
export function useSummary(project: number) {
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries({ queryKey: findingsKey(project) });
  useEvent("findings.changed", (data) => {
    if ((data as { project?: number } | null)?.project === project) refresh();
  });
  useEvent("job.changed", (data) => {
    const { job } = data as { job: Schemas["JobOut"] };
    if (job.kind === "quality.check_project" && job.project === project) refresh();
  });
  return useQuery({
    queryKey: [...findingsKey(project), "summary"],
    queryFn: () => api.get<Schemas["FindingsSummary"]>(`/projects/${project}/quality/findings/summary`),
  });
}

export function useRun(project: number) {
  const { t } = useTranslation("findings");
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<Schemas["RunStarted"]>(`/projects/${project}/quality/findings/run`),
    onSuccess: () => {
      showToast({ tone: "ok", title: t("list.runStarted") });
      void queries.invalidateQueries({ queryKey: findingsKey(project) });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
}

type Decision = Schemas["DecisionIn"];

/** Accept as is, or open again; each with its way back. */
export function useDecide(project: number, onDone: () => void) {
  const { t } = useTranslation("findings");
  const queries = useQueryClient();
  const send = (decision: Decision) =>
    api.post<Schemas["DecisionOut"]>(`/projects/${project}/quality/findings/decide`, decision);
  const fresh = () => void queries.invalidateQueries({ queryKey: findingsKey(project) });
  return useMutation({
    mutationFn: send,
    onSuccess: ({ changed, ids }, { state }) => {
      onDone();
      fresh();
      showToast({
        tone: changed > 0 ? "ok" : "warn",
        title: t(state === "accepted" ? "list.accepted" : "list.opened", { count: changed }),
        action:
          state === "accepted" && ids.length > 0
            ? { label: t("common:undo"), undo: true, run: () => void send({ state: "open", ids }).then(fresh) }
            : undefined,
      });
    },
  });
}
