import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";

export type Guideline = Schemas["GuidelineOut"];
export type Draft = Schemas["GuidelineDraftOut"];
export type Links = Record<string, string>;

export const guidelineKey = (project: number) => ["project", project, "guideline"];

export function useDraftOf(project: number, enabled: boolean) {
  return useQuery({
    queryKey: [...guidelineKey(project), "draft"],
    queryFn: () => api.get<Draft>(`/projects/${project}/guidelines/draft`),
    enabled,
  });
}
