import { useTranslation } from "react-i18next";
import { LinkButton, useFormat } from "@/ui";
import { type Filter, labelAddress } from "./filters";
import { type Selection, selectedCount } from "./selection";

const MOST_NAMED = 500; // tasks that an address can name

interface LabelTheseProps {
  project: number;
  filter: Filter;
  filtered: boolean;
  selection: Selection;
  total: number;
}

/** Label the next task; of the chosen ones, or of those that the filter finds, where there is a choice. */
export function LabelThese({ project, filter, filtered, selection, total }: LabelTheseProps) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const chosen = !selection.all && selection.ids.size > 0 && selection.ids.size <= MOST_NAMED;
  const narrowed = !filter.trashed && (chosen || filtered);
  const count = chosen ? selectedCount(selection, total) : total;
  const to = narrowed
    ? labelAddress(project, filter, chosen ? selection.ids : new Set<number>())
    : `/projects/${project}/label`;
  return (
    <LinkButton kind="primary" icon="play" to={to}>
      {narrowed ? t("labelThese", { count, total: format.number(count) }) : t("labelNext")}
    </LinkButton>
  );
}
