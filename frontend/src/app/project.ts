import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";

export type Project = Schemas["ProjectOut"];
export const projectKey = (id: number) => ["project", id] as const;

/** The id of the project in the address, null outside of one. */
export function useProjectId(): number | null {
  const { projectId } = useParams();
  const id = Number(projectId);
  return Number.isInteger(id) && id > 0 ? id : null;
}

export function useProjectQuery(id: number | null) {
  return useQuery({
    queryKey: projectKey(id ?? 0),
    queryFn: () => api.get<Project>(`/projects/${id}`),
    enabled: id !== null,
  });
}

/** The project of the address. Only for pages below ProjectLayout, which loads it first. */
export function useProject(): Project {
  const { data } = useProjectQuery(useProjectId());
  if (!data) throw new Error("useProject outside of a project's pages");
  return data;
}

/** People of the project; empty for who may not see them. */
export function useMembers(project: number, enabled: boolean): Schemas["ProjectMemberOut"][] {
  const { data } = useQuery({
    queryKey: ["project", project, "members"],
    queryFn: () =>
      api.get<Listed<Schemas["ProjectMemberOut"]>>(`/projects/${project}/members`, { query: { limit: 500 } }),
    enabled,
    staleTime: 60_000,
  });
  return data?.results ?? [];
}

/** Batches of the project. */
export function useBatches(project: number): Schemas["BatchOut"][] {
  const { data } = useQuery({
    queryKey: ["project", project, "batches"],
    queryFn: () => api.get<Listed<Schemas["BatchOut"]>>(`/projects/${project}/batches`),
    staleTime: 60_000,
  });
  return data?.results ?? [];
}
