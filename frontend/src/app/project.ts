import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";

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
