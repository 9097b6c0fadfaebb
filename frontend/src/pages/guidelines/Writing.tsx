import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import { type Project, projectKey } from "@/app/project";
import { Button, Chip, ConfirmDialog, Icon, Loaded, Page, Seg, showToast, useFormat, useKey } from "@/ui";
import { type Draft, guidelineKey, type Links } from "./data";
import { MarkdownEditor } from "./Editor";
import { Html } from "./Html";
import { LinksEditor } from "./LinksEditor";
import { Publish } from "./Publish";

const QUIET = 350; // ms before the server renders what was typed
const KEPT = 1200; // ms before it keeps it

interface WritingProps {
  project: Project;
  begun: Draft;
  /** What to begin with instead of the draft: a starter, or an older version. */
  start: string;
  onDone: () => void;
}

/** Keeps the draft on the server while it is written, and says when somebody else wrote in it. */
function useKeeping(project: number, begun: Draft, start: string) {
  const queries = useQueryClient();
  const [text, setText] = useState(start || begun.markdown);
  const [links, setLinks] = useState<Links>(begun.links);
  const etag = useRef(begun.etag);
  const kept = useRef(JSON.stringify([begun.exists ? begun.markdown : null, begun.links]));
  const now = JSON.stringify([text, links]);
  const save = useMutation({
    mutationFn: async () => {
      const sending = now;
      const saved = await api.put<Draft>(
        `/projects/${project}/guidelines/draft`,
        { markdown: text, links },
        { headers: { "If-Match": etag.current } },
      );
      etag.current = saved.etag;
      kept.current = sending;
      queries.setQueryData([...guidelineKey(project), "draft"], saved);
      return saved;
    },
    meta: { ownError: true },
  });
  const stale = isApiError(save.error) && save.error.status === 412;
  const untouched = text === begun.markdown && !begun.exists && start === "" && links === begun.links;
  const waiting = now !== kept.current && !untouched;
  const { mutate, isPending } = save;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `now` is text and links
  useEffect(() => {
    if (!waiting || stale || isPending) return;
    const timer = setTimeout(() => mutate(), KEPT);
    return () => clearTimeout(timer);
  }, [now, waiting, stale, isPending]);
  return { text, setText, links, setLinks, save, stale, waiting, etag };
}

export function Writing({ project, begun, start, onDone }: WritingProps) {
  const { t } = useTranslation("guidelines");
  const format = useFormat();
  const queries = useQueryClient();
  const keeping = useKeeping(project.id, begun, start);
  const { text, setText, save, stale, waiting, etag } = keeping;
  const [side, setSide] = useState<"preview" | "links">("preview");
  const [publishing, setPublishing] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  const again = () => void queries.invalidateQueries({ queryKey: guidelineKey(project.id) });
  async function publish() {
    if (waiting && !stale) await save.mutateAsync().catch(() => {});
    setPublishing(true);
  }
  const drop = useMutation({
    mutationFn: () => api.delete(`/projects/${project.id}/guidelines/draft`),
    onSuccess: () => {
      again();
      onDone();
    },
  });
  useKey("Ctrl S", () => void publish(), text.trim() !== "");
  const error = isApiError(save.error) ? save.error : null;
  return (
    <Page
      title={t("title")}
      within={project.name}
      beside={
        <>
          <Chip tone="warn">{t("draftOf", { number: begun.number })}</Chip>
          <span className="t3 sm el" role="status">
            {t(save.isPending || waiting ? "keeping" : "kept")}
            {begun.exists && begun.updated_by && begun.updated_at
              ? `, ${t("draftBy", { name: begun.updated_by.name, at: format.dateTime(begun.updated_at) })}`
              : ""}
          </span>
        </>
      }
      actions={
        <>
          <Button kind="quiet" onClick={() => setDiscarding(true)}>
            {t("discard")}
          </Button>
          <Button
            onClick={async () => {
              if (waiting && !stale) await save.mutateAsync().catch(() => {});
              again();
              onDone();
            }}
          >
            {t("leave")}
          </Button>
          <Button kind="primary" keys="Ctrl S" disabled={text.trim() === "" || stale} onClick={() => void publish()}>
            {t("publishAsk")}
          </Button>
        </>
      }
    >
      {error && (
        <p role="alert" className="row sm bad" style={{ padding: "8px 20px" }}>
          <Icon name="alert" size="s" />
          {stale ? t("stale") : error.sentence}
        </p>
      )}
      <div className="guide-grid">
        <MarkdownEditor project={project.id} text={text} onChange={setText} />
        <section aria-label={t(side === "preview" ? "preview" : "links.title")}>
          <div className="guide-tools">
            <Seg
              label={t("side")}
              value={side}
              onChange={setSide}
              options={[
                { value: "preview", label: t("preview") },
                { value: "links", label: t("links.title") },
              ]}
            />
            <span className="t3 sm el">{t(side === "preview" ? "previewLead" : "links.lead")}</span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard */}
          <section className="scroll" tabIndex={0} aria-label={t(side === "preview" ? "preview" : "links.title")}>
            {side === "preview" ? (
              <LivePreview project={project.id} text={text} />
            ) : (
              <LinksEditor project={project} text={text} links={keeping.links} onChange={keeping.setLinks} />
            )}
          </section>
        </section>
      </div>
      {publishing && (
        <Publish
          project={project}
          number={begun.number}
          etag={etag.current}
          onClose={() => setPublishing(false)}
          onPublished={(saved) => {
            queries.setQueryData([...guidelineKey(project.id), null], saved);
            again();
            void queries.invalidateQueries({ queryKey: projectKey(project.id) });
            showToast({ tone: "ok", title: t("saved", { number: saved.number }) });
            onDone();
          }}
        />
      )}
      <ConfirmDialog
        opened={discarding}
        title={t("discardAsk")}
        confirm={t("discard")}
        keep={t("keepDraft")}
        busy={drop.isPending}
        onConfirm={() => drop.mutate()}
        onClose={() => setDiscarding(false)}
      >
        {t("discardDetail")}
      </ConfirmDialog>
    </Page>
  );
}

/** Rendered by the server, so that it looks exactly as people will see it. */
function LivePreview({ project, text }: { project: number; text: string }) {
  const { t } = useTranslation("guidelines");
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), QUIET);
    return () => clearTimeout(timer);
  }, [text]);
  const shown = useQuery({
    queryKey: [...guidelineKey(project), "preview", asked],
    queryFn: () => api.post<Schemas["MarkdownHtml"]>(`/projects/${project}/guidelines/preview`, { markdown: asked }),
    placeholderData: (before) => before,
    gcTime: 30_000,
  });
  return <Loaded query={shown}>{({ html }) => <Html html={html} label={t("preview")} />}</Loaded>;
}
