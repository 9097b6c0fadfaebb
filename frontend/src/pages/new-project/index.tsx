import { Checkbox, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import { FileField } from "@/app/FileField";
import { sendImport } from "@/app/imports";
import { useMay, useOrganisation } from "@/app/organisation";
import { commonFolder, droppedFiles, inputFiles, type PickedFile } from "@/app/pickedFiles";
import type { Project } from "@/app/project";
import { startUpload } from "@/app/uploads";
import { Button, DropZone, EmptyState, Icon, LinkButton, Page, Seg, Swatch, showError, useFormat } from "@/ui";
import { type AskKind, classNames, schemaOf } from "./schemaOf";
import "../projects/projects.css";

const STARTS = ["images", "file"] as const;
type Start = (typeof STARTS)[number];
const ASKS: AskKind[] = ["regions", "one", "many"];

export default function NewProjectPage() {
  const { t } = useTranslation("newproject");
  const mayCreate = useMay("project.create");
  return (
    <Page title={t("title")}>
      {mayCreate ? (
        <NewProjectForm />
      ) : (
        <EmptyState icon="lock" title={t("notAllowed")} action={<LinkButton to="/projects">{t("back")}</LinkButton>} />
      )}
    </Page>
  );
}

/** Makes the project; then images are sent, or a file of annotations, whose classes are looked at before they are its schema. */
function useCreate(files: PickedFile[], annotations: File | null) {
  const { t } = useTranslation("newproject");
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: Partial<Schemas["ProjectIn"]>) => {
      const project = await api.post<Project>("/projects", body);
      if (annotations)
        await sendImport(project.id, annotations, { preview: "true" }).catch((error) => showError(error, t("notSent")));
      return project;
    },
    meta: { ownError: true },
    onSuccess: (project) => {
      void queries.invalidateQueries({ queryKey: ["projects"] });
      if (files.length > 0)
        startUpload({
          project: project.id,
          files,
          onStored: () => void queries.invalidateQueries({ queryKey: ["project", project.id] }),
        });
      void navigate(`/projects/${project.id}/${annotations ? "exchange?side=in" : "data"}`);
    },
  });
}

function NewProjectForm() {
  const { t } = useTranslation("newproject");
  const organisation = useOrganisation();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [ask, setAsk] = useState<AskKind>("regions");
  const [list, setList] = useState("");
  const [restricted, setRestricted] = useState(false);
  const [files, setFiles] = useState<PickedFile[]>([]);
  const [start, setStart] = useState<Start>("images");
  const [annotations, setAnnotations] = useState<File | null>(null);
  const fromFile = start === "file";
  const create = useCreate(fromFile ? [] : files, fromFile ? annotations : null);
  const error = isApiError(create.error) ? create.error : null;
  const classes = classNames(list);
  function take(picked: PickedFile[]) {
    setFiles(picked);
    if (!name) setName(commonFolder(picked) ?? "");
  }
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    const schema = fromFile ? null : schemaOf(ask, classes, t("question"));
    create.mutate({
      name: name.trim(),
      organisation: organisation?.id ?? null,
      description,
      restricted,
      ...(schema ? { schema } : { starter_schema: !fromFile }),
    });
  }
  return (
    <form onSubmit={onSubmit} className="gut col" style={{ gap: 18, maxWidth: 680 }}>
      <TextInput
        label={t("name")}
        required
        withAsterisk={false}
        maxLength={200}
        autoFocus
        value={name}
        error={error?.field("name")}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label={t("description")}
        description={t("descriptionHint")}
        autosize
        minRows={2}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Choice label={t("start.label")} value={start} onChange={setStart} options={STARTS} words="start" />
      {fromFile ? (
        <div className="col" style={{ gap: 6 }}>
          <FileField
            file={annotations}
            onTake={(file) => {
              setAnnotations(file);
              if (file && !name) setName(file.name.replace(/\.[^.]+$/, ""));
            }}
          />
          <div className="sm t3">{t("fromFile")}</div>
        </div>
      ) : (
        <>
          <ImagesField files={files} onTake={take} />
          <Choice label={t("ask.label")} value={ask} onChange={setAsk} options={ASKS} words="ask" />
          <Textarea
            label={t("classes")}
            description={t("classesHint")}
            autosize
            minRows={3}
            maxRows={12}
            value={list}
            onChange={(event) => setList(event.currentTarget.value)}
          />
          <ClassPreview names={classes} ask={ask} />
        </>
      )}
      <Checkbox
        label={t("restricted")}
        description={t("restrictedHint")}
        checked={restricted}
        onChange={(event) => setRestricted(event.currentTarget.checked)}
      />
      {create.isError && (
        <div className="row g6 bad sm" role="alert">
          <Icon name="alert" size="s" />
          {error ? error.sentence : t("common:error.failed")}
        </div>
      )}
      <div className="row g6">
        <Button
          type="submit"
          kind="primary"
          size="l"
          busy={create.isPending}
          disabled={!name.trim() || (fromFile && !annotations)}
        >
          {t("submit")}
        </Button>
        <LinkButton kind="quiet" size="l" to="/projects">
          {t("common:cancel")}
        </LinkButton>
      </div>
    </form>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly T[];
  words: string;
}

function Choice<T extends string>({ label, value, onChange, options, words }: ChoiceProps<T>) {
  const { t } = useTranslation("newproject");
  return (
    <div className="col" style={{ gap: 6, alignItems: "flex-start" }}>
      <span className="sm m">{label}</span>
      <Seg
        label={label}
        value={value}
        onChange={onChange}
        options={options.map((one) => ({ value: one, label: t(`${words}.${one}`) }))}
      />
    </div>
  );
}

function ImagesField({ files, onTake }: { files: PickedFile[]; onTake: (files: PickedFile[]) => void }) {
  const { t } = useTranslation("newproject");
  const format = useFormat();
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <div className="col" style={{ gap: 4 }}>
      <span className="sm m">{t("images")}</span>
      <div style={{ height: 92 }}>
        <DropZone
          label={t("drop")}
          folder
          onDrop={(transfer) => void droppedFiles(transfer).then(onTake)}
          onPick={(picked) => onTake(inputFiles(picked))}
        >
          <Icon name="upload" size="l" />
          <span className="t2 sm">
            {files.length > 0 ? t("picked", { count: files.length, size: format.bytes(bytes) }) : t("drop")}
          </span>
        </DropZone>
      </div>
    </div>
  );
}

function ClassPreview({ names, ask }: { names: string[]; ask: AskKind }) {
  const { t } = useTranslation("newproject");
  if (names.length === 0) return <div className="sm t3">{ask === "regions" ? t("starter") : t("needsOptions")}</div>;
  return (
    <div className="row g6" style={{ flexWrap: "wrap" }}>
      {names.map((name, index) => (
        <span key={name} className="chip line">
          {ask === "regions" && <Swatch color={`var(--lw-class-${(index % 20) + 1})`} />}
          {name}
        </span>
      ))}
    </div>
  );
}
