import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { type Project, useProject } from "@/app/project";
import { useSchema } from "@/app/schema";
import { Button, Chip, EmptyState, Loaded, Page, SavePill, Seg, SkeletonRows, showToast, useKey } from "@/ui";
import { AttributesEditor } from "./AttributesEditor";
import { ClassEditor } from "./ClassEditor";
import { ClassTree } from "./ClassTree";
import { addClass, removeClass, type SchemaClass, tree } from "./draft";
import { JsonView } from "./JsonView";
import { MergeDialog } from "./MergeDialog";
import { askable, OfferTopUps } from "./OfferTopUps";
import { SchemaPreview } from "./Preview";
import { Publish } from "./Publish";
import { type Draft, type SchemaOut, useDraft } from "./useDraft";
import { Verdict } from "./Verdict";
import { Versions } from "./Versions";
import "./schema.css";

type Shown = "form" | "json" | "preview";
const NARROW = "(max-width: 1180px)"; // where the preview has no column of its own; schema.css has the same

export default function SchemaPage() {
  const { t } = useTranslation("schema");
  const project = useProject();
  const schema = useSchema(project.id);
  if (schema.data) return <SchemaEditor project={project} current={schema.data} />;
  return (
    <Page title={t("title")} within={project.name}>
      <div className="gut">
        <Loaded query={schema} skeleton={<SkeletonRows rows={12} />}>
          {() => null}
        </Loaded>
      </div>
    </Page>
  );
}

function SchemaEditor({ project, current }: { project: Project; current: SchemaOut }) {
  const { t } = useTranslation("schema");
  const mayEdit = project.actions.includes("schema.edit");
  const draft = useDraft(project.id, current, mayEdit);
  const narrow = useMediaQuery(NARROW);
  const [wanted, setShown] = useState<Shown>("form");
  const shown = wanted === "preview" && !narrow ? "form" : wanted;
  const [publishing, setPublishing] = useState(false);
  const [versions, setVersions] = useState(false);
  const [published, setPublished] = useState<Schemas["SchemaChange"][]>([]);
  useKey("Ctrl Z", draft.undo, draft.canUndo && !publishing);
  return (
    <Page
      title={t("title")}
      within={project.name}
      beside={<DraftState draft={draft} current={current} />}
      actions={
        <>
          {mayEdit && draft.changed && (
            <span className="schema-wide">
              <SavePill save={{ state: "saved" }} />
            </span>
          )}
          {mayEdit && (
            <Button kind="quiet" icon="undo" disabled={!draft.canUndo} onClick={draft.undo}>
              {t("common:undo")}
            </Button>
          )}
          {mayEdit && draft.changed && (
            <Button kind="quiet" onClick={draft.discard}>
              {t("discard")}
            </Button>
          )}
          <Seg
            label={t("shown")}
            value={shown}
            onChange={setShown}
            options={[
              { value: "form", label: t("form") },
              { value: "json", label: "JSON" },
              ...(narrow ? [{ value: "preview" as const, label: t("preview.title") }] : []),
            ]}
          />
          <Button onClick={() => setVersions(true)}>{t("versions.title")}</Button>
          {mayEdit && (
            <Button kind="primary" disabled={!draft.changed} onClick={() => setPublishing(true)}>
              {t("publishNumber", { number: current.number + 1 })}
            </Button>
          )}
        </>
      }
    >
      {shown === "preview" && (
        <div className="schema-alone">
          <SchemaPreview project={project.id} body={draft.body} selected={null} />
        </div>
      )}
      {shown === "form" && <Form project={project} current={current} draft={draft} mayEdit={mayEdit} />}
      {shown === "json" && (
        <>
          <JsonView body={draft.body} readOnly={!mayEdit} onEdit={draft.edit} />
          {draft.preview && <Verdict preview={draft.preview} number={current.number + 1} />}
        </>
      )}
      {publishing && (
        <Publish
          project={project.id}
          current={current}
          draft={draft}
          onClose={() => setPublishing(false)}
          onPublished={(changes) => setPublished(askable(changes))}
        />
      )}
      {published.length > 0 && project.actions.includes("tasks.manage") && (
        <OfferTopUps project={project.id} changes={published} body={draft.body} onClose={() => setPublished([])} />
      )}
      <Versions
        project={project.id}
        opened={versions}
        mayEdit={mayEdit}
        onClose={() => setVersions(false)}
        onTake={(body, number) => {
          draft.edit(body);
          setVersions(false);
          showToast({ tone: "ok", title: t("versions.taken", { number }) });
        }}
      />
    </Page>
  );
}

function DraftState({ draft, current }: { draft: Draft; current: SchemaOut }) {
  const { t } = useTranslation("schema");
  if (!draft.changed) return <Chip>{t("versionIs", { number: current.number })}</Chip>;
  return (
    <>
      <Chip tone="warn">{t("versionDraft", { number: current.number + 1 })}</Chip>
      {draft.preview && (
        <span className="t3 sm nw schema-wide">
          {t("changesSince", { count: draft.preview.changes.length, number: current.number })}
        </span>
      )}
    </>
  );
}

interface FormProps {
  project: Project;
  current: SchemaOut;
  draft: Draft;
  mayEdit: boolean;
}

function useCounts(project: Project): Map<number, number> {
  const { data } = useQuery({
    queryKey: ["project", project.id, "schema", "counts"],
    queryFn: () => api.get<Schemas["SchemaCounts"]>(`/projects/${project.id}/schema/counts`),
    enabled: project.actions.includes("stats.view"),
  });
  return useMemo(() => new Map((data?.classes ?? []).map((one) => [one.class_id, one.regions])), [data]);
}

function Form({ project, current, draft, mayEdit }: FormProps) {
  const { t } = useTranslation("schema");
  const { body, base, edit } = draft;
  const navigate = useNavigate();
  const counts = useCounts(project);
  const published = useMemo(() => new Map(base.classes.map((one) => [one.id, one])), [base]);
  const [chosen, setChosen] = useState<number | "item" | null>(() => tree(body.classes)[0]?.found.id ?? null);
  const [merging, setMerging] = useState<SchemaClass | null>(null);
  const [fresh, setFresh] = useState<number | null>(null);
  const found = body.classes.find((one) => one.id === chosen);
  useEffect(() => {
    if (fresh === null) return;
    const field = document.querySelector<HTMLInputElement>("[data-class-name]");
    field?.focus();
    field?.select();
    setFresh(null);
  }, [fresh]);
  function add(from?: SchemaClass) {
    const [next, id] = addClass(body, from ? from.name : t("newClass"), from);
    edit(next);
    setChosen(id);
    setFresh(id);
  }
  function remove(one: SchemaClass) {
    edit(removeClass(body, one.id, published.has(one.id)));
    if (!published.has(one.id)) setChosen(tree(body.classes).find((row) => row.found.id !== one.id)?.found.id ?? null);
  }
  return (
    <div className="schema-grid">
      <section aria-label={t("classes")}>
        <ClassTree
          body={body}
          published={new Set(published.keys())}
          counts={counts}
          selected={typeof chosen === "number" ? chosen : null}
          readOnly={!mayEdit}
          onSelect={setChosen}
          onEdit={edit}
          onAdd={() => add()}
        />
        <ItemSummary body={body} chosen={chosen === "item"} onChoose={() => setChosen("item")} />
      </section>
      <section className="schema-mid" aria-label={t("form")}>
        <div className="schema-scroll">
          {found && (
            <ClassEditor
              key={found.id}
              body={body}
              found={found}
              before={published.get(found.id)}
              count={counts.get(found.id)}
              readOnly={!mayEdit}
              onEdit={edit}
              onCopy={() => add(found)}
              onRemove={() => remove(found)}
              onMerge={() => setMerging(found)}
              onSplit={
                project.actions.includes("tasks.manage")
                  ? () => void navigate(`/projects/${project.id}/top-ups?class=${found.id}&split`)
                  : undefined
              }
            />
          )}
          {chosen === "item" && (
            <AttributesEditor
              title={t("itemAttributes")}
              attributes={body.item_attributes}
              before={base.item_attributes}
              scope="item"
              readOnly={!mayEdit}
              onChange={(item_attributes) => edit({ ...body, item_attributes })}
            />
          )}
          {!found && chosen !== "item" && (
            <EmptyState
              icon="schema"
              title={t("empty")}
              action={
                mayEdit && (
                  <Button kind="primary" icon="plus" onClick={() => add()}>
                    {t("addClass")}
                  </Button>
                )
              }
            >
              {t("emptyLead")}
            </EmptyState>
          )}
        </div>
        {draft.preview && <Verdict preview={draft.preview} number={current.number + 1} />}
      </section>
      <SchemaPreview project={project.id} body={body} selected={found && !found.archived ? found.id : null} />
      {merging && <MergeDialog project={project.id} body={base} from={merging} onClose={() => setMerging(null)} />}
    </div>
  );
}

interface ItemSummaryProps {
  body: Draft["body"];
  chosen: boolean;
  onChoose: () => void;
}

function ItemSummary({ body, chosen, onChoose }: ItemSummaryProps) {
  const { t } = useTranslation("schema");
  const live = body.item_attributes.filter((one) => !one.archived);
  return (
    <div style={{ borderTop: "1px solid var(--lw-line)", padding: "10px 12px", flex: "none" }}>
      <div className="row">
        <h2>{t("itemAttributes")}</h2>
        <span className="t3 sm">{live.length}</span>
        <span className="sp" />
        <Button kind="quiet" size="s" on={chosen} icon="edit" onClick={onChoose}>
          {t("edit")}
        </Button>
      </div>
      {live.slice(0, 5).map((one) => (
        <div key={one.name} className="row sm t2" style={{ height: 26 }}>
          <span className="m nw">{one.title || one.name}</span>
          <span className="t3 el">
            {t(`kind.${one.kind}`)}
            {one.options && one.options.length > 0 && `: ${one.options.join(", ")}`}
          </span>
        </div>
      ))}
    </div>
  );
}
