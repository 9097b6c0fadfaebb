import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";

export type SaveState =
  | { state: "saved" }
  | { state: "saving" }
  | { state: "offline"; waiting: number }
  | { state: "blocked"; waiting: number; onShow?: () => void }
  | { state: "refused"; count: number; onShow?: () => void };

/** Where the work is: at a fixed place in the top bar, never a toast. */
export function SavePill({ save }: { save: SaveState }) {
  const { t } = useTranslation("common");
  if (save.state === "refused")
    return (
      <button type="button" className="chip bad" onClick={save.onShow}>
        <Icon name="alert" size="s" />
        {t("save.refused", { count: save.count })}
      </button>
    );
  if (save.state === "blocked")
    return (
      <button type="button" className="chip bad" onClick={save.onShow}>
        <Icon name="alert" size="s" />
        {t("save.blocked", { count: save.waiting })}
      </button>
    );
  if (save.state === "offline")
    return (
      <span className="pill off" role="status">
        <Icon name="cloud-off" size="s" />
        {t("save.offline", { count: save.waiting })}
      </span>
    );
  return (
    <span className={`pill ${save.state === "saved" ? "okp sv" : ""}`} role="status">
      <Icon name={save.state === "saved" ? "cloud-check" : "sync"} size="s" />
      {save.state === "saved" ? t("save.saved") : t("save.saving")}
    </span>
  );
}
