import { type MouseEvent, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { useMembers, useProject } from "@/app/project";
import { useClasses } from "@/app/schema";
import { Button, EmptyState, ErrorState, Page, useFormat, useKey } from "@/ui";
import { Bulk } from "./Bulk";
import { FilterBar } from "./FilterBar";
import { activeMembers, bodyOf, EMPTY, searchFrom, type View, viewFrom } from "./filters";
import { Grid } from "./Grid";
import { addRange, isSelected, NOTHING, type Selection, toggle } from "./selection";
import { type RegionRow, useFreshRegions, useRegions } from "./useRegions";
import "./regions.css";

/** The view in the address. */
function useView(): [View, string, (change: Partial<View>) => void] {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const view = useMemo(() => viewFrom(new URLSearchParams(text)), [text]);
  return [view, text, (change) => setSearch(searchFrom({ ...view, ...change }), { replace: true })];
}

/** A click opens, a click on the tick or with Ctrl chooses, with Shift a range; Ctrl A everything. */
function useChoosing(rows: RegionRow[], mayManage: boolean, onOpen: (row: RegionRow) => void) {
  const [selection, setSelection] = useState<Selection>(NOTHING);
  useKey("Ctrl A", () => setSelection({ ...NOTHING, all: true }), mayManage && rows.length > 0);
  const onToggle = (row: RegionRow, index: number) => mayManage && setSelection(toggle(selection, row, index));
  function onRange(index: number) {
    if (!mayManage) return;
    const from = selection.anchor ?? index;
    const between = rows.slice(Math.min(from, index), Math.max(from, index) + 1);
    setSelection({ ...addRange(selection, between), anchor: from });
  }
  function onClick(row: RegionRow, index: number, event: MouseEvent) {
    if (event.shiftKey && mayManage) onRange(index);
    else if (mayManage && (event.ctrlKey || event.metaKey || (event.target as HTMLElement).closest("[data-tick]")))
      onToggle(row, index);
    else onOpen(row);
  }
  return { selection, setSelection, onToggle, onRange, onClick };
}

/** Crops of everything that is drawn in the project: filtered, chosen, changed at once. */
export default function RegionsPage() {
  const { t } = useTranslation("regions");
  const format = useFormat();
  const project = useProject();
  const navigate = useNavigate();
  const may = (action: string) => project.actions.includes(action);
  const [view, address, setView] = useView();
  const classes = useClasses(project.id);
  const members = useMembers(project.id, may("members.view"));
  const { rows, pages, count } = useRegions(project.id, view.filter, view.sort);
  useFreshRegions(project.id);
  const onOpen = (row: RegionRow) => void navigate(row.web_url);
  const { selection, setSelection, ...choosing } = useChoosing(rows, may("tasks.manage"), onOpen);
  const { fetchNextPage } = pages;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const chosen = selection.all ? (count?.count ?? rows.length) : selection.keys.size;
  const named = selection.all ? { filter: bodyOf(view.filter) } : { regions: [...selection.keys.values()] };
  function change(next: Partial<View>) {
    setSelection(NOTHING);
    setView(next);
  }
  const beside = count && (
    <span className="t3" aria-live="polite">
      {t(count.more ? "countMore" : "count", { count: count.count, total: format.number(count.count) })}
    </span>
  );
  return (
    <Page title={t("title")} within={project.name} beside={beside}>
      <FilterBar
        view={view}
        onChange={change}
        project={project.id}
        classes={classes}
        members={members}
        mayReview={may("review")}
      />
      {pages.isError && rows.length === 0 ? (
        <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
      ) : rows.length === 0 && !pages.isPending ? (
        <Nothing filtered={activeMembers(view.filter).length > 0} onClear={() => change({ filter: EMPTY })} />
      ) : (
        <Grid
          key={address}
          address={`${project.id}?${address}`}
          rows={rows}
          more={pages.isPending || pages.hasNextPage}
          loading={pages.isFetching}
          onMore={onMore}
          classes={classes}
          some={chosen > 0}
          isSelected={(row) => isSelected(selection, row)}
          onOpen={onOpen}
          {...choosing}
        />
      )}
      {may("tasks.manage") && (
        <Bulk
          project={project.id}
          classes={classes}
          named={named as never}
          count={chosen}
          all={selection.all}
          total={count}
          onSelectAll={() => setSelection({ ...NOTHING, all: true })}
          onClear={() => setSelection(NOTHING)}
        />
      )}
    </Page>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation("regions");
  return (
    <EmptyState
      icon={filtered ? "filter" : "box"}
      title={t(filtered ? "nothingFound" : "nothing")}
      action={filtered && <Button onClick={onClear}>{t("clear")}</Button>}
    >
      {t(filtered ? "nothingFoundDetail" : "nothingDetail")}
    </EmptyState>
  );
}
