import { ErrorState } from "@/ui";
import { isFiltered } from "./DataActions";
import { EMPTY, type View, type ViewChange } from "./filters";
import { Gallery } from "./Gallery";
import type { ListProps } from "./list";
import { Nothing } from "./Nothing";
import { TaskTable } from "./Table";
import type { useRegions, useTasks } from "./useTasks";

interface TaskListProps {
  tasks: ReturnType<typeof useTasks>;
  list: ListProps;
  view: View;
  regions: ReturnType<typeof useRegions>;
  mayAdd: boolean;
  onAdd: () => void;
  onView: (change: ViewChange) => void;
}

/** The tasks that fit the view, in its layout; else what is wrong or what belongs here. */
export function TaskList(props: TaskListProps) {
  const { tasks } = props;
  return (
    <>
      {tasks.error ? <ErrorState error={tasks.error} onRetry={tasks.refetch} /> : null}
      {tasks.total !== null && <Tasks {...props} />}
    </>
  );
}

function Tasks({ tasks, list, view, regions, mayAdd, onAdd, onView }: TaskListProps) {
  if (tasks.total === 0)
    return (
      <Nothing filtered={isFiltered(view)} mayAdd={mayAdd} onAdd={onAdd} onClear={() => onView({ filter: EMPTY })} />
    );
  if (view.layout === "gallery") return <Gallery {...list} regions={regions} />;
  return <TaskTable {...list} columns={view.columns} sort={view.sort} onSort={(sort) => onView({ sort })} />;
}
