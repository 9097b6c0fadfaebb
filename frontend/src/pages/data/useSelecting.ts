import { type MouseEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { showError, useKey } from "@/ui";
import { addRange, isSelected, NOTHING, type Selection, selectedCount, toggle } from "./selection";
import { MOST_IDS, type TaskRow, type useTasks } from "./useTasks";

interface SelectingOptions {
  tasks: ReturnType<typeof useTasks>;
  total: number;
  mayManage: boolean;
  onOpen: (task: TaskRow) => void;
}

/** A click opens, a click on the tick or with Ctrl chooses, with Shift a range; Ctrl A everything. */
export function useSelecting({ tasks, total, mayManage, onOpen }: SelectingOptions) {
  const { t } = useTranslation("data");
  const [selection, setSelection] = useState<Selection>(NOTHING);
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
  const list = {
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
  return { selection, setSelection, list };
}
