import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";
import { useKey } from "./keys";

/** Floats at the bottom once something is selected; pushes nothing. */
export function BulkBar({ count, onClear, children }: { count: number; onClear: () => void; children: ReactNode }) {
  const { t } = useTranslation("common");
  useKey("Escape", onClear, count > 0);
  if (count === 0) return null;
  return (
    <div className="bulk" role="toolbar" aria-label={t("bulk.label")}>
      <span className="m nw" aria-live="polite">
        {t("bulk.selected", { count })}
      </span>
      <span className="sep" />
      {children}
      <IconButton icon="close" label={t("bulk.clear")} keys="Esc" onClick={onClear} />
    </div>
  );
}
