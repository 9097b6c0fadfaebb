import type { Schemas } from "@/api/types";

/** Waits or runs: it will still change. */
export function isOpen(job: { state: Schemas["JobOut"]["state"] } | null | undefined): boolean {
  return job?.state === "queued" || job?.state === "running";
}
