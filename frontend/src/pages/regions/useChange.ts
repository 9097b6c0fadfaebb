import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { saidOf } from "@/api/errors";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { isOpen } from "@/app/jobs";
import { showToast } from "@/ui";
import { useFreshRegions } from "./useRegions";

export type RegionChange = Schemas["RegionChange"];
/** What a change does, without what it is about. */
export type Change = Pick<RegionChange, "action" | "class_id" | "attribute" | "value" | "flag">;
export type Named = Pick<RegionChange, "regions" | "filter">;
type Started = Schemas["BulkChangeStarted"];
type Job = Schemas["JobOut"];

interface Outcome {
  tasks?: number;
  regions?: number;
  skipped?: Record<string, number>;
}

/** Asks for a change of many regions, and says how it went with the way back when its job is done. */
export function useChange(project: number, onDone: () => void) {
  const { t } = useTranslation("regions");
  const queries = useQueryClient();
  const fresh = useFreshRegions(project);
  const running = useRef(new Map<number, number | null>()); // the bulk change of a job, null for an undo
  const undo = useMutation({
    mutationFn: (change: number) => api.post<Started>(`/projects/${project}/bulk-changes/${change}/undo`),
    onSuccess: ({ job }) => {
      running.current.set(job.id, null);
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
  function ended(job: Job, change: number | null) {
    const { tasks = 0, regions = 0, skipped = {} } = (job.outcome ?? {}) as Outcome;
    const left = Object.values(skipped).reduce((sum, count) => sum + count, 0);
    if (change === null) return showToast({ tone: "ok", title: t("bulk.undone", { count: tasks }) });
    showToast({
      tone: regions > 0 ? "ok" : "warn",
      title: t("bulk.changed", { count: regions }),
      detail: left > 0 ? t("bulk.left", { count: left }) : undefined,
      action: regions > 0 ? { label: t("common:undo"), run: () => undo.mutate(change), undo: true } : undefined,
    });
  }
  useEvent("job.changed", (data) => {
    const { job } = data as { job: Job };
    if (!running.current.has(job.id) || isOpen(job)) return;
    const change = running.current.get(job.id) ?? null;
    running.current.delete(job.id);
    if (job.state === "succeeded") ended(job, change);
    else showToast({ tone: "bad", title: t("bulk.failed"), detail: job.error ? saidOf(job.error) : undefined });
    fresh();
  });
  return useMutation({
    mutationFn: (change: RegionChange) => api.post<Started>(`/projects/${project}/regions/bulk`, change),
    onSuccess: ({ bulk_change, job }) => {
      running.current.set(job.id, bulk_change.id);
      onDone();
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      showToast({ tone: "ok", title: t("bulk.started") });
    },
  });
}
