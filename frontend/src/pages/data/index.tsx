import {
  type DragEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { droppedFiles } from "@/app/pickedFiles";
import { useProject } from "@/app/project";
import { Button, EmptyState, ErrorState, Icon, Page, Seg, showError, useFormat, useKey } from "@/ui";
import { AddImages, useSendFiles } from "./AddImages";
import { Bulk } from "./Bulk";
import { FilterBar } from "./FilterBar";
import { activeMembers, EMPTY, searchFrom, type View, type ViewChange, viewFrom } from "./filters";
import { Gallery } from "./Gallery";
import { LabelThese } from "./LabelThese";
import type { ListProps } from "./list";
import { SavedViews } from "./SavedViews";
import { addRange, isSelected, NOTHING, type Selection, selectedCount, toggle } from "./selection";
import { TaskTable } from "./Table";
import { TaskDrawer } from "./TaskDrawer";
import { UploadPanel } from "./UploadPanel";
import {
  MOST_IDS,
  type TaskRow,
  useBatches,
  useClasses,
  useLiveTasks,
  useMembers,
  useRegions,
  useTasks,
} from "./useTasks";
import "./data.css";

/** The view in the address, and how to change it. */
function useView(): [View, (change: ViewChange) => void] {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const view = useMemo(() => viewFrom(new URLSearchParams(text)), [text]);
  // The address follows a moment later: a second change must build on the first, not on what is still shown.
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  function change(next: ViewChange) {
    const parts = typeof next === "function" ? next(latest.current) : next;
    latest.current = { ...latest.current, ...parts };
    setSearch(searchFrom(latest.current), { replace: true });
  }
  return [view, change];
}

export default function DataPage() {
  const { t } = useTranslation("data");
  const format = useFormat();
  const project = useProject();
  const may = (action: string) => project.actions.includes(action);
  const [view, setView] = useView();
  const [shown, setShown] = useState<[number, number]>([0, 0]);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [opened, setOpened] = useState<TaskRow | null>(null);
  const [adding, setAdding] = useState(false);
  const tasks = useTasks(project.id, view.filter, view.sort, shown);
  useLiveTasks(project.id);
  const classes = useClasses(project.id);
  const members = useMembers(project.id, may("members.view"));
  const batches = useBatches(project.id);
  const visible = Array.from({ length: shown[1] - shown[0] + 1 }, (_, at) => tasks.row(shown[0] + at)).filter(
    (row) => row !== undefined,
  );
  const regions = useRegions(project.id, visible, view.regions && view.layout === "gallery");
  const total = tasks.total ?? 0;
  const onShown = useCallback((first: number, last: number) => setShown([first, last]), []);
  const list = useSelecting({
    tasks,
    total,
    selection,
    setSelection,
    mayManage: may("tasks.manage"),
    onOpen: setOpened,
  });
  function change(next: ViewChange) {
    if (typeof next === "function" || next.filter || next.sort) setSelection(NOTHING);
    setView(next);
  }
  const props: ListProps = { ...list, count: total, row: tasks.row, classes, onShown };
  const filtered = activeMembers(view.filter).length > 0 || view.filter.search !== "";
  return (
    <DropAnywhere project={project.id} enabled={may("assets.add")}>
      <Page
        title={t("title")}
        within={project.name}
        beside={
          tasks.total !== null && (
            <span className="t3" aria-live="polite">
              {t(tasks.more ? "countMore" : "count", { count: total, total: format.number(total) })}
            </span>
          )
        }
        actions={
          <>
            <Seg
              label={t("layout")}
              value={view.layout}
              onChange={(layout) => change({ layout })}
              options={[
                { value: "table", label: <LayoutName icon="list" name={t("table")} /> },
                { value: "gallery", label: <LayoutName icon="grid" name={t("gallery")} /> },
              ]}
            />
            {may("assets.add") && (
              <Button icon="upload" onClick={() => setAdding(true)}>
                {t("addImages")}
              </Button>
            )}
            {may("annotate") && project.state === "active" && total > 0 && (
              <LabelThese
                project={project.id}
                filter={view.filter}
                filtered={filtered}
                selection={selection}
                total={total}
              />
            )}
          </>
        }
      >
        <FilterBar
          view={view}
          onChange={change}
          views={<SavedViews project={project.id} view={view} onView={change} mayShare={may("tasks.manage")} />}
          classes={classes}
          members={members}
          batches={batches}
        />
        <UploadPanel project={project.id} />
        {tasks.error ? <ErrorState error={tasks.error} onRetry={tasks.refetch} /> : null}
        {tasks.total === 0 && (
          <Nothing
            filtered={filtered}
            mayAdd={may("assets.add")}
            onAdd={() => setAdding(true)}
            onClear={() => change({ filter: EMPTY })}
          />
        )}
        {tasks.total !== null && total > 0 && view.layout === "gallery" && <Gallery {...props} regions={regions} />}
        {tasks.total !== null && total > 0 && view.layout === "table" && (
          <TaskTable {...props} columns={view.columns} sort={view.sort} onSort={(sort) => change({ sort })} />
        )}
        {may("tasks.manage") && (
          <Bulk
            project={project.id}
            filter={view.filter}
            selection={selection}
            count={selectedCount(selection, total)}
            total={total}
            more={tasks.more}
            members={members}
            onSelectAll={() => setSelection({ ...NOTHING, all: true })}
            onClear={() => setSelection(NOTHING)}
          />
        )}
        <TaskDrawer
          project={project.id}
          task={opened}
          classes={classes}
          mayEdit={may("assets.edit")}
          onClose={() => setOpened(null)}
        />
        <AddImages project={project.id} opened={adding} onClose={() => setAdding(false)} />
      </Page>
    </DropAnywhere>
  );
}

function LayoutName({ icon, name }: { icon: "list" | "grid"; name: string }) {
  return (
    <>
      <Icon name={icon} size="s" />
      {name}
    </>
  );
}

interface SelectingOptions {
  tasks: ReturnType<typeof useTasks>;
  total: number;
  selection: Selection;
  setSelection: (selection: Selection) => void;
  mayManage: boolean;
  onOpen: (task: TaskRow) => void;
}

/** A click opens, a click on the tick or with Ctrl chooses, with Shift a range; Ctrl A everything. */
function useSelecting({ tasks, total, selection, setSelection, mayManage, onOpen }: SelectingOptions) {
  const { t } = useTranslation("data");
  useKey("Ctrl A", () => setSelection({ ...NOTHING, all: true }), mayManage && total > 0);
  const onToggle = (task: TaskRow, index: number) => mayManage && setSelection(toggle(selection, task.id, index));
  async function onRange(index: number) {
    if (!mayManage) return;
    try {
      const ids = await tasks.idsBetween(selection.anchor ?? 0, index);
      setSelection({ ...addRange(selection, ids.slice(0, MOST_IDS)), anchor: selection.anchor ?? index });
    } catch (error) {
      showError(error, t("common:error.failed"));
    }
  }
  return {
    selectedCount: selectedCount(selection, total),
    isSelected: (task: TaskRow) => isSelected(selection, task.id),
    onOpen,
    onToggle,
    onRange: (index: number) => void onRange(index),
    onClick: (task: TaskRow, index: number, event: MouseEvent) => {
      if (event.shiftKey && mayManage) void onRange(index);
      else if (mayManage && (event.ctrlKey || event.metaKey || (event.target as HTMLElement).closest("[data-tick]")))
        onToggle(task, index);
      else onOpen(task);
    },
  };
}

interface NothingProps {
  filtered: boolean;
  mayAdd: boolean;
  onAdd: () => void;
  onClear: () => void;
}

function Nothing({ filtered, mayAdd, onAdd, onClear }: NothingProps) {
  const { t } = useTranslation("data");
  if (filtered)
    return (
      <EmptyState icon="filter" title={t("empty.filtered")} action={<Button onClick={onClear}>{t("clear")}</Button>}>
        {t("empty.filteredLead")}
      </EmptyState>
    );
  return (
    <EmptyState
      icon="image"
      title={t("empty.title")}
      action={
        mayAdd && (
          <Button kind="primary" icon="upload" onClick={onAdd}>
            {t("addImages")}
          </Button>
        )
      }
    >
      {t(mayAdd ? "empty.lead" : "empty.leadOthers")}
    </EmptyState>
  );
}

interface DropAnywhereProps {
  project: number;
  enabled: boolean;
  children: ReactNode;
}

/** Files and folders may be dropped anywhere on the page. */
function DropAnywhere({ project, enabled, children }: DropAnywhereProps) {
  const { t } = useTranslation("data");
  const send = useSendFiles(project);
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const carriesFiles = (event: DragEvent) => enabled && [...event.dataTransfer.types].includes("Files");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same can be done with the button "Add images"
    <div
      className="col"
      style={{ flex: 1, minHeight: 0 }}
      onDragEnter={(event) => {
        if (!carriesFiles(event)) return;
        depth.current += 1;
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!carriesFiles(event)) return;
        depth.current -= 1;
        if (depth.current <= 0) setOver(false);
      }}
      onDragOver={(event) => carriesFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        depth.current = 0;
        setOver(false);
        if (event.defaultPrevented || !carriesFiles(event)) return;
        event.preventDefault();
        void droppedFiles(event.dataTransfer).then((files) => send(files));
      }}
    >
      {children}
      {over && (
        <div className="drop-veil">
          <div>{t("add.dropHere")}</div>
        </div>
      )}
    </div>
  );
}
