import { Drawer, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Listed, Schemas } from "@/api/types";
import { type Project, projectKey, useProject } from "@/app/project";
import { Button, Chip, EmptyState, Icon, Loaded, Page, showToast, useFormat, useKey } from "@/ui";
import { MarkdownEditor } from "./Editor";
import { Html } from "./Html";
import "./guidelines.css";

type Guideline = Schemas["GuidelineOut"];
const QUIET = 350; // ms before the server renders what was typed

const guidelineKey = (project: number) => ["project", project, "guideline"];

export default function GuidelinesPage() {
  const { t } = useTranslation("guidelines");
  const project = useProject();
  const [number, setNumber] = useState<number | null>(null);
  const [editing, setEditing] = useState<{ text: string } | null>(null);
  const [versions, setVersions] = useState(false);
  const guideline = useQuery({
    queryKey: [...guidelineKey(project.id), number],
    queryFn: () => api.get<Guideline>(`/projects/${project.id}/guidelines`, { query: { number } }),
  });
  const mayEdit = project.actions.includes("guideline.edit");
  if (editing && guideline.data)
    return (
      <Writing
        project={project}
        current={guideline.data}
        start={editing.text}
        onDone={() => {
          setEditing(null);
          setNumber(null);
        }}
      />
    );
  return (
    <Page
      title={t("title")}
      within={project.name}
      beside={
        guideline.data &&
        guideline.data.number > 0 && (
          <>
            <Chip tone={guideline.data.current ? "neutral" : "warn"}>
              {t(guideline.data.current ? "version" : "versionOld", { number: guideline.data.number })}
            </Chip>
            <Written guideline={guideline.data} />
          </>
        )
      }
      actions={
        <>
          {number !== null && <Button onClick={() => setNumber(null)}>{t("toCurrent")}</Button>}
          <Button onClick={() => setVersions(true)}>{t("versions")}</Button>
          {mayEdit && (
            <Button
              kind="primary"
              icon="edit"
              disabled={!guideline.data}
              onClick={() => setEditing({ text: guideline.data?.markdown ?? "" })}
            >
              {t(number === null ? "edit" : "editThis")}
            </Button>
          )}
        </>
      }
    >
      <Loaded query={guideline}>
        {(value) =>
          value.number === 0 ? (
            <EmptyState
              icon="book"
              title={t("empty")}
              action={
                mayEdit && (
                  <Button kind="primary" icon="edit" onClick={() => setEditing({ text: t("starter") })}>
                    {t("write")}
                  </Button>
                )
              }
            >
              {t("emptyLead")}
            </EmptyState>
          ) : (
            <Html html={value.html} label={t("title")} />
          )
        }
      </Loaded>
      <Versions
        project={project.id}
        opened={versions}
        onClose={() => setVersions(false)}
        onShow={(row) => {
          setNumber(row.current ? null : row.number);
          setVersions(false);
        }}
      />
    </Page>
  );
}

function Written({ guideline }: { guideline: Guideline }) {
  const format = useFormat();
  if (!guideline.created_by || !guideline.created_at) return null;
  return (
    <span className="t3 sm el">
      {guideline.created_by.name}, {format.dateTime(guideline.created_at)}
    </span>
  );
}

interface WritingProps {
  project: Project;
  current: Guideline;
  start: string;
  onDone: () => void;
}

function draftKey(project: number): string {
  return `labelwright-guideline-draft-${project}`;
}

function Writing({ project, current, start, onDone }: WritingProps) {
  const { t } = useTranslation("guidelines");
  const queries = useQueryClient();
  const [text, setText] = useState(() => localStorage.getItem(draftKey(project.id)) ?? start);
  const [note, setNote] = useState("");
  useEffect(() => {
    if (text !== start) localStorage.setItem(draftKey(project.id), text);
  }, [text, start, project.id]);
  const close = () => {
    localStorage.removeItem(draftKey(project.id));
    onDone();
  };
  const save = useMutation({
    mutationFn: () =>
      api.put<Guideline>(
        `/projects/${project.id}/guidelines`,
        { markdown: text, note },
        current.current && current.number > 0 ? { headers: { "If-Match": current.etag } } : undefined,
      ),
    meta: { ownError: true },
    onSuccess: (saved) => {
      queries.setQueryData([...guidelineKey(project.id), null], saved);
      void queries.invalidateQueries({ queryKey: guidelineKey(project.id) });
      void queries.invalidateQueries({ queryKey: projectKey(project.id) });
      showToast({ tone: "ok", title: t("saved", { number: saved.number }) });
      close();
    },
  });
  const error = isApiError(save.error) ? save.error : null;
  useKey("Ctrl S", () => save.mutate(), text.trim() !== "");
  return (
    <Page
      title={t("title")}
      within={project.name}
      beside={<Chip tone="warn">{t("draft")}</Chip>}
      actions={
        <>
          <TextInput
            aria-label={t("note")}
            placeholder={t("note")}
            maxLength={500}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Button onClick={close}>{t("discard")}</Button>
          <Button
            kind="primary"
            keys="Ctrl S"
            busy={save.isPending}
            disabled={text.trim() === "" || text === current.markdown}
            onClick={() => save.mutate()}
          >
            {t("publish")}
          </Button>
        </>
      }
    >
      {error && (
        <p role="alert" className="row sm bad" style={{ padding: "8px 20px" }}>
          <Icon name="alert" size="s" />
          {error.status === 412 ? t("stale") : error.detail}
        </p>
      )}
      <div className="guide-grid">
        <MarkdownEditor project={project.id} text={text} onChange={setText} />
        <LivePreview project={project.id} text={text} />
      </div>
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
  return (
    <section aria-label={t("preview")}>
      <div className="guide-tools">
        <h2>{t("preview")}</h2>
        <span className="t3 sm el">{t("previewLead")}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard */}
      <section className="scroll" tabIndex={0} aria-label={t("preview")}>
        <Loaded query={shown}>{({ html }) => <Html html={html} label={t("preview")} />}</Loaded>
      </section>
    </section>
  );
}

interface VersionsProps {
  project: number;
  opened: boolean;
  onClose: () => void;
  onShow: (row: Schemas["GuidelineVersionRow"]) => void;
}

function Versions({ project, opened, onClose, onShow }: VersionsProps) {
  const { t } = useTranslation("guidelines");
  const format = useFormat();
  const versions = useQuery({
    queryKey: [...guidelineKey(project), "versions"],
    queryFn: () =>
      api.get<Listed<Schemas["GuidelineVersionRow"]>>(`/projects/${project}/guidelines/versions`, {
        query: { limit: 200 },
      }),
    enabled: opened,
  });
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={400}
      title={t("versions")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <Loaded query={versions}>
        {({ results }) =>
          results.length === 0 ? (
            <p className="sm t2">{t("empty")}</p>
          ) : (
            <ul>
              {results.map((row) => (
                <li key={row.number} style={{ padding: "8px 0", borderBottom: "1px solid var(--lw-line)" }}>
                  <div className="row">
                    <span className="m">{t("version", { number: row.number })}</span>
                    {row.current && (
                      <Chip tone="ok" small>
                        {t("current")}
                      </Chip>
                    )}
                    <span className="sp" />
                    <Button size="s" onClick={() => onShow(row)}>
                      {t("show")}
                    </Button>
                  </div>
                  <div className="sm t2">
                    {row.created_by.name}, {format.dateTime(row.created_at)}
                  </div>
                  {row.note && <div className="sm">{row.note}</div>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Drawer>
  );
}
