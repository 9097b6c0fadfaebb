import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useFormat } from "@/ui";

type Place = Schemas["QueuePlace"];

/** Why a task stands where an order of the queue put it, in a sentence; `nameOf`: a class by its id. */
export function useWhyWords(): (place: Place, nameOf: (classId: number) => string) => string {
  const { t } = useTranslation("order");
  const { number } = useFormat();
  return ({ why, value, class_id }, nameOf) =>
    t(`why.${why}`, {
      value: number(value ?? 0, why === "uncertain" ? 2 : 0),
      name: class_id === null ? "" : nameOf(class_id),
    });
}
