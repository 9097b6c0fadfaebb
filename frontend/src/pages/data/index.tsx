import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { useBatches, useMembers, useProject } from "@/app/project";
import { useClasses } from "@/app/schema";
import { Page, useFormat } from "@/ui";
import { AddImages } from "./AddImages";
import { Bulk } from "./Bulk";
import { DataActions } from "./DataActions";
import { DropAnywhere } from "./DropAnywhere";
import { FilterBar } from "./FilterBar";
import type { View, ViewChange } from "./filters";
import type { ListProps } from "./list";
import { SavedViews } from "./SavedViews";
import { NOTHING, selectedCount } from "./selection";
import { TaskDrawer } from "./TaskDrawer";
import { TaskList } from "./TaskList";
import { UploadPanel } from "./UploadPanel";
import { useSelecting } from "./useSelecting";
import { type TaskRow, useLiveTasks, useRegions, useTasks } from "./useTasks";
import { useView } from "./useView";
import "./data.css";

/** The tasks of a view, those of them on the screen with their regions, and what is chosen of them. */
function useData(project: number, view: View, mayManage: boolean, mayNames: boolean) {
  const [shown, setShown] = useState<[number, number]>([0, 0]);
  const [opened, setOpened] = useState<TaskRow | null>(null);
  const tasks = useTasks(project, view.filter, view.sort, shown);
  useLiveTasks(project);
  const classes = useClasses(project);
  const members = useMembers(project, mayNames);
  const batches = useBatches(project);
  const visible = Array.from({ length: shown[1] - shown[0] + 1 }, (_, at) => tasks.row(shown[0] + at));
  const seen = visible.filter((row) => row !== undefined);
  const regions = useRegions(project, seen, view.regions && view.layout === "gallery");
  const total = tasks.total ?? 0;
  const onShown = useCallback((first: number, last: number) => setShown([first, last]), []);
  const chosen = useSelecting({ tasks, total, mayManage, onOpen: setOpened });
  const list: ListProps = { ...chosen.list, count: total, row: tasks.row, classes, onShown };
  return { ...chosen, tasks, total, list, regions, sources: { classes, members, batches }, opened, setOpened };
}

export default function DataPage() {
  const { t } = useTranslation("data");
  const format = useFormat();
  const project = useProject();
  const may = (action: string) => project.actions.includes(action);
  const [view, setView] = useView();
  const [adding, setAdding] = useState(false);
  const data = useData(project.id, view, may("tasks.manage"), may("members.view"));
  const { tasks, total, selection, setSelection, sources } = data;
  const onAdd = () => setAdding(true);
  function change(next: ViewChange) {
    if (typeof next === "function" || next.filter || next.sort) setSelection(NOTHING);
    setView(next);
  }
  const count = tasks.total !== null && (
    <span className="t3" aria-live="polite">
      {t(tasks.more ? "countMore" : "count", { count: total, total: format.number(total) })}
    </span>
  );
  const actions = (
    <DataActions
      project={project}
      view={view}
      selection={selection}
      total={total}
      onLayout={(layout) => change({ layout })}
      onAdd={onAdd}
    />
  );
  const views = <SavedViews project={project.id} view={view} onView={change} mayShare={may("tasks.manage")} />;
  return (
    <DropAnywhere project={project.id} enabled={may("assets.add")}>
      <Page title={t("title")} within={project.name} beside={count} actions={actions}>
        <FilterBar view={view} onChange={change} views={views} {...sources} />
        <UploadPanel project={project.id} />
        <TaskList {...data} view={view} mayAdd={may("assets.add")} onAdd={onAdd} onView={change} />
        {may("tasks.manage") && (
          <Bulk
            project={project.id}
            filter={view.filter}
            selection={selection}
            count={selectedCount(selection, total)}
            total={total}
            more={tasks.more}
            members={sources.members}
            onSelectAll={() => setSelection({ ...NOTHING, all: true })}
            onClear={() => setSelection(NOTHING)}
          />
        )}
        <TaskDrawer
          project={project.id}
          task={data.opened}
          classes={sources.classes}
          mayEdit={may("assets.edit")}
          onClose={() => data.setOpened(null)}
        />
        <AddImages project={project.id} opened={adding} onClose={() => setAdding(false)} />
      </Page>
    </DropAnywhere>
  );
}
