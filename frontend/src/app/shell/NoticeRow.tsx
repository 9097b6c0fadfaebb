import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { jobTitle } from "@/app/i18n";
import { useFormat } from "@/ui";

export type Notice = Schemas["NotificationOut"];

/** One thing that the person was told; it leads to its place. */
export function NoticeRow({ notice, onOpen }: { notice: Notice; onOpen: () => void }) {
  const { t } = useTranslation("notices");
  const { ago } = useFormat();
  const { event } = notice;
  const details = event.details as { name?: string; title?: string; class?: string };
  const values = {
    person: event.actor?.name ?? t("someone"),
    name: details.name ?? (details.title ? jobTitle(details.title) : t("something")),
    class: details.class ?? "",
    defaultValue: t("other"),
  };
  return (
    <button type="button" className={`lw-notice ${notice.read ? "" : "new"}`} onClick={onOpen}>
      <span className="dot" aria-hidden />
      <span className="sp" style={{ minWidth: 0 }}>
        {!notice.read && <span className="vh">{t("unread")}</span>}
        <span style={{ overflowWrap: "anywhere" }}>{t(`verb.${event.verb.replace(".", "_")}`, values)}</span>
        <span className="xs t3" style={{ display: "block", fontWeight: 400 }}>
          {ago(event.created_at)}
        </span>
      </span>
    </button>
  );
}
