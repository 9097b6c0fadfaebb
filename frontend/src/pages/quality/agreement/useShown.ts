import { useSearchParams } from "react-router";

/** Which differences are asked for: the address keeps it, so that they can be linked to and gone back from. */
export const FILTERS = ["subject", "question", "kind", "left", "right", "people", "batch", "task"] as const;
export type Filters = Partial<Record<(typeof FILTERS)[number], string>>;

export function useShown() {
  const [search, setSearch] = useSearchParams();
  const shown = search.get("show") === "differences";
  const filters: Filters = {};
  for (const name of FILTERS) {
    const value = search.get(name);
    if (value !== null) filters[name] = value;
  }
  const show = (asked: Filters) => setSearch({ show: "differences", ...asked });
  const close = () => setSearch({});
  return { shown, filters, show, close };
}

/** The address of a table as CSV; an empty value says "nothing there" and stays. */
export function tableUrl(projectId: number, table: string, filters: Filters = {}): string {
  const query = new URLSearchParams({ table, ...filters });
  return `/api/v1/projects/${projectId}/quality/agreement/table?${query}`;
}
