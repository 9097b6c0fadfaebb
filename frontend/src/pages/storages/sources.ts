import type { Schemas } from "@/api/types";
import { isOpen } from "@/app/jobs";

export type Source = Schemas["SourceOut"];
export const sourcesKey = (project: number) => ["project", project, "sources"];
export const isLooking = (source: Source) => isOpen(source.job);

/** How often a source can be looked at, in minutes; "" only when somebody asks. */
export const SCHEDULES = ["", "15", "60", "360", "1440", "10080"] as const;
export const VANISHED = ["keep", "trash"] as const;
/** Counts of a sync in the order in which they are told. */
export const COUNTS = ["new", "changed", "gone", "back", "refused", "failed", "same", "ignored"] as const;
