import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useFormat } from "@/ui";

type Place = Pick<Schemas["QueuePlace"], "why" | "value" | "class_id" | "seconds">;
const BY_COUNT = ["diverse", "rare"]; // whose value is no fraction

/** Why a task stands where an order of the queue put it, in a sentence; `nameOf`: a class by its id. */
export function useWhyWords(): (place: Place, nameOf: (classId: number) => string) => string {
  const { t } = useTranslation("order");
  const { number, duration } = useFormat();
  return ({ why, value, class_id, seconds }, nameOf) => {
    const begins = why === "core_set" && value === null;
    const told = t(begins ? "why.core_set_first" : `why.${why}`, {
      value: number(value ?? 0, BY_COUNT.includes(why) ? 0 : 2),
      name: class_id === null ? "" : nameOf(class_id),
    });
    return seconds === null ? told : t("whyAndTime", { why: told, time: duration(seconds) });
  };
}
