import type { Schemas } from "@/api/types";
import type { TaskState } from "@/app/taskStates";

export type TaskFilter = Schemas["TaskFilter"];

/** What the data page shows. It stands in the address, so that a view can be sent to somebody. */
export interface View {
  filter: Filter;
  sort: Sort;
  layout: "gallery" | "table";
  regions: boolean;
  /** Columns of the table, in their order; empty: the usual ones. */
  columns: Column[];
}

/** Some parts of a view, or how they follow from those before. */
export type ViewChange = Partial<View> | ((before: View) => Partial<View>);

export interface Filter {
  search: string;
  state: TaskState[];
  class_id: number[];
  annotator: number | null;
  batch: number | null;
  /** Accepted work made under an older version of the guideline than this. */
  guideline_before: number | null;
  /** Its present result was made by this bulk change. */
  bulk_change: number | null;
  outcome: string;
  group: string;
  origin: string;
  external_id: string;
  /** Days as "2026-01-31", both included. */
  created_after: string;
  created_before: string;
  updated_after: string;
  updated_before: string;
  metadata: Record<string, string>;
  trashed: boolean;
}

export const SORTS = [
  "number",
  "-number",
  "name",
  "-name",
  "updated",
  "-updated",
  "state",
  "regions",
  "-regions",
  "priority",
] as const;
export type Sort = (typeof SORTS)[number];

export const COLUMNS = [
  "number",
  "name",
  "state",
  "regions",
  "classes",
  "annotator",
  "group",
  "priority",
  "changed",
  "why",
] as const;
export type Column = (typeof COLUMNS)[number];
/** Those that nobody has to choose: why a task comes is empty without an order of the queue. */
export const USUAL_COLUMNS: readonly Column[] = COLUMNS.filter((name) => name !== "why");
const isColumn = (name: string): name is Column => (COLUMNS as readonly string[]).includes(name);

export const EMPTY: Filter = {
  search: "",
  state: [],
  class_id: [],
  annotator: null,
  batch: null,
  guideline_before: null,
  bulk_change: null,
  outcome: "",
  group: "",
  origin: "",
  external_id: "",
  created_after: "",
  created_before: "",
  updated_after: "",
  updated_before: "",
  metadata: {},
  trashed: false,
};

const TEXTS = [
  "search",
  "outcome",
  "group",
  "origin",
  "external_id",
  "created_after",
  "created_before",
  "updated_after",
  "updated_before",
] as const;
const NUMBERS = ["annotator", "batch", "guideline_before", "bulk_change"] as const;
const META = "metadata.";

export function viewFrom(search: URLSearchParams): View {
  const filter: Filter = { ...EMPTY, metadata: {} };
  for (const name of TEXTS) filter[name] = search.get(name) ?? "";
  filter.state = (search.get("state") ?? "").split(",").filter(Boolean) as TaskState[];
  filter.class_id = (search.get("class") ?? "").split(",").filter(Boolean).map(Number).filter(Number.isInteger);
  for (const name of NUMBERS) {
    const id = Number(search.get(name));
    filter[name] = Number.isInteger(id) && id > 0 ? id : null;
  }
  for (const [name, value] of search) if (name.startsWith(META)) filter.metadata[name.slice(META.length)] = value;
  filter.trashed = search.get("trashed") === "1";
  const sort = search.get("sort");
  return {
    filter,
    sort: SORTS.find((one) => one === sort) ?? "number",
    layout: search.get("view") === "table" ? "table" : "gallery",
    regions: search.get("regions") !== "off",
    columns: (search.get("columns") ?? "").split(",").filter(isColumn),
  };
}

export function searchFrom({ filter, sort, layout, regions, columns }: View): URLSearchParams {
  const search = new URLSearchParams();
  for (const name of TEXTS) if (filter[name]) search.set(name, filter[name]);
  if (filter.state.length > 0) search.set("state", filter.state.join(","));
  if (filter.class_id.length > 0) search.set("class", filter.class_id.join(","));
  for (const name of NUMBERS) if (filter[name] !== null) search.set(name, String(filter[name]));
  for (const [key, value] of Object.entries(filter.metadata)) search.set(META + key, value);
  if (filter.trashed) search.set("trashed", "1");
  if (sort !== "number") search.set("sort", sort);
  if (layout === "table") search.set("view", "table");
  if (!regions) search.set("regions", "off");
  if (columns.length > 0) search.set("columns", columns.join(","));
  return search;
}

const DAY = 86_400_000; // ms

/** The first moment of a day in the reader's time zone; with `after` of the day that follows. */
function moment(day: string, after = false): string | null {
  const at = new Date(`${day}T00:00:00`);
  if (Number.isNaN(at.getTime())) return null;
  return new Date(at.getTime() + (after ? DAY : 0)).toISOString();
}

/** The filter as the interface takes it, in a body or as query parameters. Only what is set. */
export function taskFilter(filter: Filter): TaskFilter {
  const made: Record<string, unknown> = {};
  for (const name of ["search", "outcome", "group", "origin", "external_id"] as const)
    if (filter[name].trim()) made[name] = filter[name].trim();
  for (const name of ["created", "updated"] as const) {
    if (filter[`${name}_after`]) made[`${name}_after`] = moment(filter[`${name}_after`]);
    if (filter[`${name}_before`]) made[`${name}_before`] = moment(filter[`${name}_before`], true);
  }
  if (filter.state.length > 0) made.state = filter.state;
  if (filter.class_id.length > 0) made.class_id = filter.class_id;
  for (const name of NUMBERS) if (filter[name] !== null) made[name] = filter[name];
  if (Object.keys(filter.metadata).length > 0) made.metadata = filter.metadata;
  if (filter.trashed) made.trashed = true;
  return made as TaskFilter;
}

export function queryOf(filter: Filter): Record<string, string | number | (string | number)[]> {
  const { metadata, trashed, ...rest } = taskFilter(filter);
  const query: Record<string, string | number | (string | number)[]> = { ...(rest as Record<string, string>) };
  for (const [key, value] of Object.entries(metadata ?? {})) query[META + key] = String(value);
  if (trashed) query.trashed = "true";
  return query;
}

/** Members of the filter that are set, in the order their chips are shown. The search has its own field. */
export function activeMembers(filter: Filter): (keyof Filter)[] {
  return (Object.keys(EMPTY) as (keyof Filter)[]).filter((name) => {
    const value = filter[name];
    if (name === "search") return false;
    if (Array.isArray(value)) return value.length > 0;
    if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
    return Boolean(value);
  });
}

/** The day of a moment in the reader's time zone; with `before` the day that ends there. */
function dayOf(moment: string, before = false): string {
  const at = new Date(new Date(moment).getTime() - (before ? 1 : 0));
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The page's filter out of the interface's: the way back of `taskFilter`. */
export function filterOf(kept: TaskFilter): Filter {
  const { created_after, created_before, updated_after, updated_before, metadata, ...rest } = kept;
  const given = Object.fromEntries(Object.entries(rest).filter(([name, value]) => name in EMPTY && value != null));
  return {
    ...EMPTY,
    ...given,
    created_after: created_after ? dayOf(created_after) : "",
    created_before: created_before ? dayOf(created_before, true) : "",
    updated_after: updated_after ? dayOf(updated_after) : "",
    updated_before: updated_before ? dayOf(updated_before, true) : "",
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, String(value)])),
  };
}

/** The address that labels only what a filter finds, or only named tasks. */
export function labelAddress(project: number, filter: Filter, ids: ReadonlySet<number>): string {
  if (ids.size > 0) return `/projects/${project}/label?tasks=${[...ids].join(",")}`;
  const search = searchFrom({ filter, sort: "number", layout: "gallery", regions: true, columns: [] }).toString();
  return `/projects/${project}/label?only=filter${search ? `&${search}` : ""}`;
}

/** What a claim is narrowed to by such an address; null where it is not. */
export function narrowedBy(search: URLSearchParams): { filter: TaskFilter } | { ids: number[] } | null {
  const ids = (search.get("tasks") ?? "").split(",").filter(Boolean).map(Number).filter(Number.isInteger);
  if (ids.length > 0) return { ids };
  return search.get("only") === "filter" ? { filter: taskFilter(viewFrom(search).filter) } : null;
}
