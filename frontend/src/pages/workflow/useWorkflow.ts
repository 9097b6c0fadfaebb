import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { isOpen } from "@/app/jobs";
import { projectKey } from "@/app/project";
import type { Workflow } from "./draft";

export type WorkflowOut = Schemas["WorkflowOut"];
export type Preview = Schemas["WorkflowPreview"];
type JobOut = Schemas["JobOut"];

const ASK = 600; // ms of quiet before the server is asked what a draft would move
const LOOK = 1000; // ms between looks at a job that counts

export const workflowKey = (project: number) => [...projectKey(project), "workflow"];

export const useWorkflow = (project: number) =>
  useQuery({
    queryKey: workflowKey(project),
    queryFn: () => api.get<WorkflowOut>(`/projects/${project}/workflow`),
  });

export const useGroups = (project: number) =>
  useQuery({
    queryKey: [...projectKey(project), "groups"],
    queryFn: () => api.get<Listed<Schemas["GroupOut"]>>(`/projects/${project}/groups`),
  });

function useQuiet<T>(value: T): T {
  const [quiet, setQuiet] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(value), ASK);
    return () => clearTimeout(timer);
  }, [value]);
  return quiet;
}

/** What the draft would move. Where many tasks are in flight a job counts, and its result takes the answer's place. */
export function usePreview(project: number, number: number, body: Workflow, enabled: boolean) {
  const asked = useQuiet(body);
  const answer = useQuery({
    queryKey: [...workflowKey(project), "preview", number, asked],
    queryFn: () => api.post<Preview>(`/projects/${project}/workflow/preview`, { body: asked }),
    enabled,
    placeholderData: (before) => before,
    gcTime: 30_000,
    meta: { ownError: true },
  });
  const counting = enabled ? (answer.data?.job?.id ?? null) : null;
  const job = useQuery({
    queryKey: ["job", counting],
    queryFn: () => api.get<JobOut>(`/jobs/${counting}`),
    enabled: counting !== null,
    refetchInterval: (query) => (ended(query.state.data) ? false : LOOK),
  });
  const counted = job.data?.state === "succeeded" ? (job.data.outcome as unknown as Preview) : null;
  return {
    preview: enabled ? (counted ?? answer.data) : undefined,
    job: counted ? null : (job.data ?? null),
    error: enabled ? answer.error : null,
    stale: asked !== body,
  };
}

const ended = (job: JobOut | undefined) => job !== undefined && !isOpen(job);
