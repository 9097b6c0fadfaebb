import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Button, Icon, LinkButton, Loaded, useKey } from "@/ui";
import { Changes } from "./Changes";
import "./guidelines.css";

/** Before the next task: what the guideline says otherwise, once, and one button to go on. */
export function GuidelineChanged({ projectId, onRead }: { projectId: number; onRead: () => void }) {
  const { t } = useTranslation("guidelines");
  const unread = useQuery({
    queryKey: ["guideline", projectId, "unread"],
    queryFn: () => api.get<Schemas["GuidelineUnreadOut"]>(`/projects/${projectId}/guidelines/unread`),
    staleTime: 0,
    gcTime: 0,
  });
  const number = unread.data?.changes?.number;
  const read = useMutation({
    mutationFn: async () => {
      if (number) await api.post(`/projects/${projectId}/guidelines/read`, { number });
    },
    onSuccess: onRead,
  });
  const { data } = unread;
  useKey("Ctrl Enter", () => read.mutate(), data !== undefined && !read.isPending);
  return (
    <section className="lw-cover guide-changed" aria-label={t("unread.title")}>
      <div className="guide-changed-in">
        <h1 className="row g6">
          <Icon name="book" />
          {t("unread.title")}
        </h1>
        <p className="t2">{t("unread.lead")}</p>
        <Loaded query={unread}>
          {({ changes }) => (
            <>
              {changes?.note && <p className="m">{t("unread.note", { note: changes.note })}</p>}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard */}
              <section className="guide-changed-list" tabIndex={0} aria-label={t("changes.show")}>
                <Changes changes={changes?.changes ?? []} />
              </section>
            </>
          )}
        </Loaded>
        <div className="row g6" style={{ justifyContent: "flex-end" }}>
          <LinkButton kind="quiet" icon="book" to={`/projects/${projectId}/guidelines`}>
            {t("unread.whole")}
          </LinkButton>
          <Button
            kind="primary"
            size="l"
            keys="Ctrl Enter"
            disabled={data === undefined}
            busy={read.isPending}
            onClick={() => read.mutate()}
          >
            {t("unread.done")}
          </Button>
        </div>
      </div>
    </section>
  );
}
