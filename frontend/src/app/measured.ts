import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";

type Named = Schemas["MeasuredModels"] & Partial<Schemas["OrderModels"]>;

/** The models of a project that automatic labelling (of which is known how often they are right) or an order of the queue
 * (that have predicted something) may go by, and the one that is chosen: the first until one is. */
export function useMeasuredModels(project: number, from: "automatic" | "queue-order" = "automatic") {
  const [picked, pick] = useState<string | null>(null);
  const models = useQuery({
    queryKey: ["project", project, from, "models"],
    queryFn: () => api.get<Named>(`/projects/${project}/${from}/models`),
  });
  const names = models.data?.models ?? [];
  return { models, names, model: picked ?? names[0] ?? null, pick };
}
