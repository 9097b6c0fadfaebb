import type { Schemas } from "@/api/types";
import { useWhyWords } from "@/app/whyWords";
import type { TaskRow } from "./useTasks";

/** Why an order of the queue put the task where it stands; empty where none did, or where it is not told. */
export function useBecause(task: TaskRow, classes: Map<number, Schemas["Class"]>): string {
  const words = useWhyWords();
  const nameOf = (id: number) => classes.get(id)?.title || classes.get(id)?.name || String(id);
  return task.queue_place ? words(task.queue_place, nameOf) : "";
}
