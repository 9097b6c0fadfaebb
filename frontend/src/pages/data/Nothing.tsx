import { useTranslation } from "react-i18next";
import { Button, EmptyState } from "@/ui";

interface NothingProps {
  filtered: boolean;
  mayAdd: boolean;
  onAdd: () => void;
  onClear: () => void;
}

/** No task at all, or none that fits the filter. */
export function Nothing({ filtered, mayAdd, onAdd, onClear }: NothingProps) {
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
