import { Popover } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import { usePages } from "@/api/pages";
import type { Schemas } from "@/api/types";
import { Button, EmptyState, ErrorState, IconButton, LinkButton, LoadMore } from "@/ui";
import { type Notice, NoticeRow } from "./NoticeRow";
import "./notices.css";

type NoticePage = Schemas["NotificationPage"];
const KEY = ["notifications"];
const MOST = 99; // more is shown as "99+"

function useNotices() {
  const queries = useQueryClient();
  const again = () => void queries.invalidateQueries({ queryKey: KEY });
  useEvent("notification.changed", again);
  useEvent("reconnected", again);
  const { pages, rows } = usePages({
    queryKey: KEY,
    ask: (cursor) => api.get<NoticePage>("/notifications", { query: { limit: 20, cursor } }),
  });
  const read = useMutation({
    mutationFn: (ids: number[] | null) => api.post("/notifications/read", ids ? { ids } : {}),
    onSuccess: again,
  });
  return { pages, rows, read, unread: pages.data?.pages[0]?.unread ?? 0 };
}

/** The bell: what the person should know of, live, each leading to its place. */
export function Notices() {
  const { t } = useTranslation("notices");
  const [opened, setOpened] = useState(false);
  const { pages, rows, read, unread } = useNotices();
  const navigate = useNavigate();
  function open(notice: Notice) {
    if (!notice.read) read.mutate([notice.id]);
    setOpened(false);
    void navigate(notice.web_url);
  }
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus returnFocus withRoles={false}>
      <Popover.Target>
        <span className="lw-bell">
          <IconButton
            icon="bell"
            size="s"
            label={unread > 0 ? t("bellUnread", { count: unread }) : t("title")}
            aria-haspopup="dialog"
            aria-expanded={opened}
            onClick={() => setOpened(!opened)}
          />
          {unread > 0 && (
            <span className="lw-count" aria-hidden>
              {unread > MOST ? `${MOST}+` : unread}
            </span>
          )}
        </span>
      </Popover.Target>
      <Popover.Dropdown p={0} role="dialog" aria-label={t("title")}>
        <div className="lw-notices">
          <div className="row g6" style={{ padding: "8px 8px 4px 12px" }}>
            <h2 className="b">{t("title")}</h2>
            <span className="sp" />
            <LinkButton size="s" kind="quiet" to="/notifications" onClick={() => setOpened(false)}>
              {t("all")}
            </LinkButton>
            <Button size="s" kind="quiet" disabled={unread === 0 || read.isPending} onClick={() => read.mutate(null)}>
              {t("readAll")}
            </Button>
          </div>
          {pages.isError && <ErrorState inline error={pages.error} onRetry={() => void pages.refetch()} />}
          {pages.isSuccess && rows.length === 0 && (
            <EmptyState inline icon="bell" title={t("none")}>
              {t("noneHint")}
            </EmptyState>
          )}
          <ul>
            {rows.map((notice) => (
              <li key={notice.id}>
                <NoticeRow notice={notice} onOpen={() => open(notice)} />
              </li>
            ))}
            <LoadMore pages={pages} as="li" size="s" className="row" style={{ justifyContent: "center", padding: 6 }} />
          </ul>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
