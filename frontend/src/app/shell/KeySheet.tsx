import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, Kbd, useKey } from "@/ui";

let open = false;
const listeners = new Set<() => void>();
function set(value: boolean) {
  open = value;
  for (const listener of listeners) listener();
}
export const openKeySheet = () => set(true);

const KEYS = [
  ["Ctrl K", "palette"],
  ["/", "search"],
  ["N", "next"],
  ["F6", "landmark"],
  ["Ctrl Z", "undo"],
  ["Esc", "clear"],
  ["?", "help"],
] as const;

export function KeySheet() {
  const { t } = useTranslation("common");
  const [subscribe] = useState(() => (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  });
  const shown = useSyncExternalStore(subscribe, () => open);
  useKey("?", openKeySheet);
  return (
    <Dialog opened={shown} title={t("keys.title")} onClose={() => set(false)}>
      <table style={{ marginTop: 8 }}>
        <tbody>
          {KEYS.map(([chord, label]) => (
            <tr key={chord}>
              <td>{t(`keys.${label}`)}</td>
              <td className="r">
                <Kbd>{chord}</Kbd>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="t3 sm" style={{ marginTop: 10 }}>
        {t("keys.canvas")}
      </p>
    </Dialog>
  );
}
