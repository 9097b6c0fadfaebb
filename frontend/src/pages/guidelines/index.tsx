import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import { useProject } from "@/app/project";
import { Button, Chip, EmptyState, Loaded, Page, useFormat } from "@/ui";
import { type Guideline, guidelineKey, useDraftOf } from "./data";
import { Html } from "./Html";
import { OlderWork } from "./OlderWork";
import { Readers } from "./Readers";
import { Sections } from "./Sections";
import { Versions } from "./Versions";
import { Writing } from "./Writing";
import "./guidelines.css";

export default function GuidelinesPage() {
  const { t } = useTranslation("guidelines");
  const project = useProject();
  const queries = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const [number, setNumber] = useState<number | null>(null);
  const [editing, setEditing] = useState<{ text: string } | null>(search.has("draft") ? { text: "" } : null);
  const [versions, setVersions] = useState(false);
  const [anchor, setAnchor] = useState<string | null>(search.get("section"));
  const mayEdit = project.actions.includes("guideline.edit");
  const guideline = useQuery({
    queryKey: [...guidelineKey(project.id), number],
    queryFn: () => api.get<Guideline>(`/projects/${project.id}/guidelines`, { query: { number } }),
  });
  const draft = useDraftOf(project.id, mayEdit);
  const again = () => void queries.invalidateQueries({ queryKey: guidelineKey(project.id) });
  useEvent("guideline.changed", again);
  useEvent("guideline.read", again);
  useEvent("guideline.drafted", again);
  function done() {
    setEditing(null);
    setNumber(null);
    setSearch({}, { replace: true });
  }
  if (editing && mayEdit && guideline.data && draft.data)
    return <Writing project={project} begun={draft.data} start={editing.text} onDone={done} />;
  const value = guideline.data;
  return (
    <Page
      title={t("title")}
      within={project.name}
      beside={
        value &&
        value.number > 0 && (
          <>
            <Chip tone={value.current ? "neutral" : "warn"}>
              {t(value.current ? "version" : "versionOld", { number: value.number })}
            </Chip>
            <Written guideline={value} />
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
              disabled={!value || !draft.data}
              onClick={() => setEditing({ text: number === null ? "" : (value?.markdown ?? "") })}
            >
              {t(number !== null ? "editThis" : draft.data?.exists ? "goOnWithDraft" : "edit")}
            </Button>
          )}
        </>
      }
    >
      <Loaded query={guideline}>
        {(shown) =>
          shown.number === 0 ? (
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
            <div className="guide-read">
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard */}
              <section className="scroll" tabIndex={0} aria-label={t("title")}>
                <Html html={shown.html} label={t("title")} anchor={anchor} />
              </section>
              <aside className="guide-side" aria-label={t("about")}>
                {mayEdit && shown.current && <Readers project={project.id} />}
                {project.actions.includes("tasks.manage") && shown.current && <OlderWork project={project} />}
                <Sections project={project.id} sections={shown.sections} onShow={setAnchor} />
              </aside>
            </div>
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
