import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { showToast } from "@/ui";

type BulkOut = Schemas["BulkTasksOut"];
export type Steps = BulkOut["undo"];

/** A job that changed many tasks, as it ended; null for any other. `undo` is empty where it cannot be taken back. */
export function bulkOutcome(job: Schemas["JobOut"]): { changed: number; skipped: number; undo: Steps } | null {
  if (job.kind !== "tasks.change_many" || job.state !== "succeeded") return null;
  const { changed, skipped, undo } = (job.outcome ?? {}) as { changed?: number; skipped?: number; undo?: Steps };
  return { changed: changed ?? 0, skipped: skipped ?? 0, undo: undo ?? [] };
}

/** Takes back what was done to many tasks, and says how many stand as before; large ones are a job again. */
export function useBulkUndo(project: number) {
  const { t } = useTranslation("data");
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (steps: Steps) => {
      const done: BulkOut[] = [];
      for (const step of steps) done.push(await api.post<BulkOut>(`/projects/${project}/tasks/bulk`, step));
      return done;
    },
    onSuccess: (done) => {
      const job = done.find((one) => one.job)?.job;
      const count = done.reduce((sum, one) => sum + (one.job ? one.matched : one.changed), 0);
      const skipped = done.reduce((sum, one) => sum + one.skipped, 0);
      showToast({
        tone: count > 0 ? "ok" : "warn",
        title: t(job ? "bulk.job" : "bulk.undone", { count }),
        detail: skipped > 0 ? t("bulk.skipped", { count: skipped }) : undefined,
      });
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["project", project] });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
}
