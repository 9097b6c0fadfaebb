import type { ComponentType } from "react";
import type { IconName } from "@/ui/Icon";

export type PageModule = () => Promise<{ default: ComponentType }>;

export interface ProjectPage {
  /** Below /projects/:projectId. */
  path: string;
  /** Missing for a page with the whole window, which is only linked here. */
  load?: PageModule;
  /** Its place in the navigation. Without it the page is reached from another one. */
  nav?: {
    /** Neighbours of one group stand together; a space parts it from the next. */
    group: "progress" | "work" | "rules" | "data" | "setup";
    /** A key of `common:project`. */
    label: string;
    icon: IconName;
    /** Shown only to who may do this (project.actions). */
    action?: string;
    /** The tasks counted beside the name, by state; "*" for all. */
    count?: string;
  };
}

/** Pages of a project in the order of the navigation: one line each. */
export const PROJECT_PAGES: ProjectPage[] = [
  { path: "", load: () => import("@/pages/overview"), nav: { group: "progress", label: "overview", icon: "overview" } },
  {
    path: "statistics",
    load: () => import("@/pages/statistics"),
    nav: { group: "progress", label: "statistics", icon: "star" },
  },
  {
    path: "quality",
    load: () => import("@/pages/quality"),
    nav: { group: "progress", label: "quality", icon: "flag" },
  },
  { path: "quality/:tab", load: () => import("@/pages/quality") },
  { path: "data", load: () => import("@/pages/data"), nav: { group: "work", label: "data", icon: "data", count: "*" } },
  { path: "look-alikes", load: () => import("@/pages/alike") },
  { path: "regions", load: () => import("@/pages/regions"), nav: { group: "work", label: "regions", icon: "grid" } },
  {
    path: "batches",
    load: () => import("@/pages/batches"),
    nav: { group: "work", label: "batches", icon: "folder", action: "tasks.manage" },
  },
  { path: "review", nav: { group: "work", label: "review", icon: "review", action: "review", count: "in_review" } },
  {
    path: "adjudicate",
    nav: { group: "work", label: "adjudicate", icon: "copy", action: "review", count: "conflict" },
  },
  {
    path: "questions",
    load: () => import("@/pages/questions"),
    nav: { group: "work", label: "questions", icon: "question", action: "annotate", count: "parked" },
  },
  {
    path: "feedback",
    load: () => import("@/pages/feedback"),
    nav: { group: "work", label: "feedback", icon: "comment", action: "annotate" },
  },
  {
    path: "findings",
    load: () => import("@/pages/findings"),
    nav: { group: "work", label: "findings", icon: "alert", action: "review" },
  },
  {
    path: "top-ups",
    load: () => import("@/pages/topups"),
    nav: { group: "work", label: "topUps", icon: "plus", action: "annotate" },
  },
  { path: "top-ups/:topUpId", load: () => import("@/pages/topups/Answer") },
  { path: "exam", load: () => import("@/pages/exam") },
  { path: "schema", load: () => import("@/pages/schema"), nav: { group: "rules", label: "schema", icon: "schema" } },
  {
    path: "guidelines",
    load: () => import("@/pages/guidelines"),
    nav: { group: "rules", label: "guidelines", icon: "book" },
  },
  {
    path: "versions",
    load: () => import("@/pages/versions"),
    nav: { group: "data", label: "versions", icon: "layers", action: "datasets.view" },
  },
  { path: "versions/:version", load: () => import("@/pages/versions/Detail") },
  {
    path: "exchange",
    load: () => import("@/pages/exchange"),
    nav: { group: "data", label: "exchange", icon: "exchange", action: "datasets.view" },
  },
  {
    path: "storages",
    load: () => import("@/pages/storages"),
    nav: { group: "data", label: "storages", icon: "folder", action: "sources.view" },
  },
  {
    path: "models",
    load: () => import("@/pages/models"),
    nav: { group: "data", label: "models", icon: "spark", action: "models.view" },
  },
  {
    path: "members",
    load: () => import("@/pages/members"),
    nav: { group: "setup", label: "members", icon: "people", action: "members.view" },
  },
  { path: "settings/workflow", load: () => import("@/pages/workflow") },
  { path: "settings/webhooks", load: () => import("@/pages/webhooks") },
  {
    path: "settings",
    load: () => import("@/pages/settings"),
    nav: { group: "setup", label: "settings", icon: "settings", action: "project.edit" },
  },
];

/** Pages with the whole window for an image: one line each. */
export const FULL_SCREEN_PAGES: { path: string; load: PageModule }[] = [
  { path: "projects/:projectId/label", load: () => import("@/pages/label") },
  { path: "projects/:projectId/pages", load: () => import("@/pages/many") },
  { path: "assignments/:assignmentId", load: () => import("@/pages/label") },
  { path: "projects/:projectId/review", load: () => import("@/pages/review") },
  { path: "projects/:projectId/adjudicate", load: () => import("@/pages/adjudicate") },
  { path: "projects/:projectId/audit", load: () => import("@/pages/audit") },
  { path: "tasks/:taskId", load: () => import("@/pages/label/TaskPage") },
  { path: "tasks/:taskId/answers", load: () => import("@/pages/adjudicate/AnswersPage") },
];

/** Ordinary pages outside of a project. */
export const PAGES: { path: string; load: PageModule }[] = [
  { path: "projects", load: () => import("@/pages/projects") },
  { path: "projects/new", load: () => import("@/pages/new-project") },
  { path: "work", load: () => import("@/pages/work") },
  { path: "notifications", load: () => import("@/pages/notifications") },
  { path: "jobs", load: () => import("@/pages/jobs") },
  { path: "jobs/:jobId", load: () => import("@/pages/jobs") },
  { path: "organisation", load: () => import("@/pages/organisation") },
  { path: "organisation/storages", load: () => import("@/pages/storages/Organisation") },
  { path: "organisation/webhooks", load: () => import("@/pages/webhooks/Organisation") },
  { path: "account", load: () => import("@/pages/account") },
  { path: "account/keyboard", load: () => import("@/pages/keyboard") },
];
