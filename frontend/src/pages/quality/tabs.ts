import { type ComponentType, lazy } from "react";

export interface QualityTab {
  /** In the address below /projects/:projectId/quality. The first tab has none. */
  path: string;
  /** A key of `quality:tabs`. */
  label: string;
  /** Shown only to who may do this (project.actions). */
  action: string;
  Content: ComponentType;
}

/** What is known of a project's quality: one line each, in the order of the tabs. */
export const QUALITY_TABS: QualityTab[] = [
  { path: "", label: "agreement", action: "stats.view", Content: lazy(() => import("./agreement")) },
  { path: "gold", label: "gold", action: "gold.view", Content: lazy(() => import("../gold/Content")) },
  {
    path: "automatic",
    label: "automatic",
    action: "models.view",
    Content: lazy(() => import("../automatic/Content")),
  },
  { path: "order", label: "order", action: "tasks.manage", Content: lazy(() => import("../order/Content")) },
  { path: "audits", label: "audits", action: "audits.view", Content: lazy(() => import("../audits/Content")) },
];
