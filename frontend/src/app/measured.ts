import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";

/** The models of a project of which is known how often they are right, and the one that is chosen: the first until one is. */
export function useMeasuredModels(project: number) {
  const [picked, pick] = useState<string | null>(null);
  const models = useQuery({
    queryKey: ["project", project, "automatic", "models"],
    queryFn: () => api.get<Schemas["MeasuredModels"]>(`/projects/${project}/automatic/models`),
  });
  const names = models.data?.models ?? [];
  return { models, names, model: picked ?? names[0] ?? null, pick };
}
