import { Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { type Notice, NoticeRow } from "@/app/shell/NoticeRow";
import { Button, EmptyState, Loaded, LoadMore, Page, Seg } from "@/ui";
import "@/app/shell/notices.css";

type NoticePage = Schemas["NotificationPage"];
type Kind = "all" | "unread";
const ABOUTS = ["review", "comment", "issue", "question", "guideline", "dispute", "job", "task", "webhook"] as const;

/** All that the person was told, narrowed by what it is about and where. */
export default function NotificationsPage() {
  const { t } = useTranslation("notices");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [address, setAddress] = useSearchParams();
  const kind: Kind = address.get("unread") === "true" ? "unread" : "all";
  const about = ABOUTS.find((one) => one === address.get("about")) ?? null;
  const project = Number(address.get("project")) || null;
  const change = (name: string, value: string | null) =>
    setAddress((before) => {
      value ? before.set(name, value) : before.delete(name);
      return before;
    });
  const again = () => void queries.invalidateQueries({ queryKey: ["notifications"] });
  useEvent("notification.changed", again);
  useEvent("reconnected", again);
  const { pages, rows } = usePages({
    queryKey: ["notifications", "page", kind, about, project],
    ask: (cursor) =>
      api.get<NoticePage>("/notifications", {
        query: { limit: 50, unread: kind === "unread", about, project, cursor },
      }),
  });
  const projects = useQuery({
    queryKey: ["projects", "names"],
    queryFn: () => api.get<Listed<Schemas["ProjectCard"]>>("/projects", { query: { limit: 200 } }),
    staleTime: 60_000,
  });
  const read = useMutation({
    mutationFn: (ids: number[] | null) => api.post("/notifications/read", ids ? { ids } : {}),
    onSuccess: again,
  });
  function open(notice: Notice) {
    if (!notice.read) read.mutate([notice.id]);
    void navigate(notice.web_url);
  }
  const unread = pages.data?.pages[0]?.unread ?? 0;
  const narrowed = kind === "unread" || about !== null || project !== null;
  return (
    <Page
      title={t("title")}
      actions={
        <>
          <Seg<Kind>
            label={t("filter")}
            value={kind}
            onChange={(next) => change("unread", next === "unread" ? "true" : null)}
            options={(["all", "unread"] as const).map((value) => ({ value, label: t(`kind.${value}`) }))}
          />
          <Button disabled={unread === 0} busy={read.isPending} onClick={() => read.mutate(null)}>
            {t("readAll")}
          </Button>
        </>
      }
    >
      <div className="gut col" style={{ gap: 12, maxWidth: 760 }}>
        <div className="row g6" style={{ flexWrap: "wrap" }}>
          <Select
            aria-label={t("about")}
            placeholder={t("any")}
            clearable
            w={200}
            data={ABOUTS.map((value) => ({ value, label: t(`abouts.${value}`) }))}
            value={about}
            onChange={(value) => change("about", value)}
          />
          <Select
            aria-label={t("project")}
            placeholder={t("anyProject")}
            clearable
            searchable
            w={240}
            data={(projects.data?.results ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
            value={project === null ? null : String(project)}
            onChange={(value) => change("project", value)}
          />
        </div>
        <Loaded query={pages}>
          {() =>
            rows.length === 0 ? (
              <EmptyState inline icon="bell" title={t(narrowed ? "noneFit" : "none")}>
                {!narrowed && t("noneHint")}
              </EmptyState>
            ) : (
              <ul>
                {rows.map((notice) => (
                  <li key={notice.id}>
                    <NoticeRow notice={notice} onOpen={() => open(notice)} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        <LoadMore pages={pages} />
      </div>
    </Page>
  );
}
