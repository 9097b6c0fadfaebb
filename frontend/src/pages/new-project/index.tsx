import { Checkbox, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import { useMay, useOrganisation } from "@/app/organisation";
import { commonFolder, droppedFiles, inputFiles, type PickedFile } from "@/app/pickedFiles";
import type { Project } from "@/app/project";
import { startUpload } from "@/app/uploads";
import { Button, DropZone, EmptyState, Icon, LinkButton, Page, Seg, Swatch, useFormat } from "@/ui";
import { type AskKind, classNames, schemaOf } from "./schemaOf";
import "../projects/projects.css";

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

function useCreate(files: PickedFile[]) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Schemas["ProjectIn"]>) => api.post<Project>("/projects", body),
    meta: { ownError: true },
    onSuccess: (project) => {
      void queries.invalidateQueries({ queryKey: ["projects"] });
      if (files.length > 0)
        startUpload({
          project: project.id,
          files,
          onStored: () => void queries.invalidateQueries({ queryKey: ["project", project.id] }),
        });
      void navigate(`/projects/${project.id}/data`);
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
  const create = useCreate(files);
  const error = isApiError(create.error) ? create.error : null;
  const classes = classNames(list);
  function take(picked: PickedFile[]) {
    setFiles(picked);
    if (!name) setName(commonFolder(picked) ?? "");
  }
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    const schema = schemaOf(ask, classes, t("question"));
    create.mutate({
      name: name.trim(),
      organisation: organisation?.id ?? null,
      description,
      restricted,
      ...(schema ? { schema } : { starter_schema: true }),
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
      <ImagesField files={files} onTake={take} />
      <div className="col" style={{ gap: 6, alignItems: "flex-start" }}>
        <span className="sm m">{t("ask.label")}</span>
        <Seg
          label={t("ask.label")}
          value={ask}
          onChange={setAsk}
          options={(["regions", "one", "many"] as const).map((value) => ({ value, label: t(`ask.${value}`) }))}
        />
      </div>
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
        <Button type="submit" kind="primary" size="l" busy={create.isPending} disabled={!name.trim()}>
          {t("submit")}
        </Button>
        <LinkButton kind="quiet" size="l" to="/projects">
          {t("common:cancel")}
        </LinkButton>
      </div>
    </form>
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
