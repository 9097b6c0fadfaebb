import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Project, projectKey, useProject } from "@/app/project";
import { Button, Icon, Loaded, Page, Seg, SkeletonRows } from "@/ui";
import { DraftJson } from "./DraftJson";
import { sameBody, stageOf, type Workflow } from "./draft";
import { Moves } from "./Moves";
import { Picture } from "./Picture";
import { Publish } from "./Publish";
import { Stages } from "./Stages";
import { usePreview, useWorkflow, type WorkflowOut, workflowKey } from "./useWorkflow";
import "./workflow.css";

/** How a task goes from waiting to done: a form, a picture, the JSON, and what a change moves. */
export default function WorkflowPage() {
  const project = useProject();
  const workflow = useWorkflow(project.id);
  return (
    <Loaded query={workflow} skeleton={<SkeletonRows rows={10} />}>
      {(current) => <Editor key={current.number} project={project} current={current} />}
    </Loaded>
  );
}

type View = "form" | "json";

function Editor({ project, current }: { project: Project; current: WorkflowOut }) {
  const { t } = useTranslation("workflow");
  const queries = useQueryClient();
  const [body, setBody] = useState<Workflow>(current.body);
  const [view, setView] = useState<View>("form");
  const [open, setOpen] = useState(0);
  const [publishing, setPublishing] = useState(false);
  const readOnly = !project.actions.includes("project.edit");
  const changed = !sameBody(body, current.body);
  const found = usePreview(project.id, current.number, body, changed && !readOnly);
  const problems = found.preview?.problems ?? [];
  const faulty = new Set(problems.map((one) => stageOf(one.pointer)));
  const ready = changed && !found.stale && found.preview !== undefined && problems.length === 0;
  return (
    <Page
      title={t("title")}
      within={project.name}
      beside={<span className="chip">{t("version", { number: current.number })}</span>}
      actions={
        <>
          <Seg
            label={t("view")}
            value={view}
            onChange={setView}
            options={[
              { value: "form", label: t("form") },
              { value: "json", label: t("json.title") },
            ]}
          />
          {changed && <Button onClick={() => setBody(current.body)}>{t("discard")}</Button>}
          {!readOnly && (
            <Button kind="primary" disabled={!ready} onClick={() => setPublishing(true)}>
              {t("publish.button")}
            </Button>
          )}
        </>
      }
    >
      <div className="gut wf">
        <p className="sm">
          <Link to={`/projects/${project.id}/settings`} className="row g4">
            <Icon name="chevron-left" size="s" />
            {t("back")}
          </Link>
        </p>
        {readOnly && <p className="sm t2">{t("readOnly")}</p>}
        <Picture body={body} chosen={view === "form" ? open : null} faulty={faulty} onChoose={setOpen} />
        {current.solo && (
          <p className="sm warn row g6">
            <Icon name="info" size="s" />
            {t("solo")}
          </p>
        )}
        <div className="wf-columns">
          {view === "form" ? (
            <Stages
              project={project}
              body={body}
              open={open}
              onOpen={setOpen}
              readOnly={readOnly}
              problems={problems}
              onEdit={setBody}
            />
          ) : (
            <DraftJson body={body} readOnly={readOnly} onEdit={setBody} />
          )}
          <Moves changed={changed} {...found} />
        </div>
      </div>
      {publishing && found.preview && (
        <Publish
          project={project}
          current={current}
          body={body}
          preview={found.preview}
          onClose={() => setPublishing(false)}
          onSaved={() => {
            void queries.invalidateQueries({ queryKey: workflowKey(project.id) });
            void queries.invalidateQueries({ queryKey: projectKey(project.id) });
          }}
        />
      )}
    </Page>
  );
}
