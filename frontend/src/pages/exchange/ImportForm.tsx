import { FileInput, Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { upload } from "@/api/upload";
import type { Project } from "@/app/project";
import { Button, ErrorState, ProgressBar, useFormat } from "@/ui";
import { type How, HowChoice, USUAL } from "./HowChoice";
import { type Chosen, OptionFields } from "./OptionFields";

const FILES = ".zip,.tar,.gz,.tgz,.json,.jsonl,.geojson,.xml,.csv,.tsv,.txt,.yaml,.yml,.tfrecord,.record,.parquet";

/** Sends a file of annotations; a job reads it. */
export function ImportForm({ project, formats }: { project: Project; formats: Schemas["FormatOut"][] }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("auto");
  const [how, setHow] = useState<How>(USUAL);
  const [options, setOptions] = useState<Chosen>({});
  const offered = formats.find((one) => one.name === name)?.read_options ?? [];
  const [sent, setSent] = useState<number | null>(null);
  const send = useMutation({
    meta: { ownError: true },
    mutationFn: ({ chosen, preview }: { chosen: File; preview: boolean }) => {
      const form = new FormData();
      form.append("file", chosen);
      form.append("preview", String(preview));
      form.append("options", JSON.stringify({ source: how.source, ...(offered.length > 0 ? { read: options } : {}) }));
      form.append("format", name);
      form.append("mode", how.mode);
      form.append("enter", how.enter);
      return upload<Schemas["ImportStarted"]>(`/projects/${project.id}/imports`, form, ({ loaded, total }) =>
        setSent(loaded / total),
      );
    },
    onSuccess: () => {
      setFile(null);
      return queries.invalidateQueries({ queryKey: ["project", project.id, "imports"] });
    },
    onSettled: () => setSent(null),
  });
  if (!project.actions.includes("datasets.import")) return <p className="t2">{t("mayNotImport")}</p>;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (file) send.mutate({ chosen: file, preview: true });
      }}
    >
      <h2>{t("newImport")}</h2>
      <FileInput
        label={t("file")}
        description={t("fileHelp")}
        placeholder={t("chooseFile")}
        accept={FILES}
        value={file}
        onChange={setFile}
        clearable
      />
      <Select
        label={t("format")}
        value={name}
        allowDeselect={false}
        data={[{ value: "auto", label: t("auto") }, ...formats.map((one) => ({ value: one.name, label: one.title }))]}
        onChange={(value) => {
          setName(value ?? "auto");
          setOptions({});
        }}
      />
      <OptionFields options={offered} value={options} onChange={setOptions} />
      <HowChoice value={how} onChange={setHow} mayGold={project.actions.includes("gold.edit")} />
      {sent !== null && <ProgressBar value={sent} label={t("sending", { share: format.percent(sent) })} />}
      <div className="row" style={{ gap: 8 }}>
        <Button kind="primary" type="submit" icon="search" disabled={!file} busy={send.isPending}>
          {t("lookInto")}
        </Button>
        <Button
          icon="download"
          disabled={!file || send.isPending || how.mode === "replace"}
          onClick={() => file && send.mutate({ chosen: file, preview: false })}
        >
          {t("doImport")}
        </Button>
      </div>
      <p className="xs t3">{t("lookIntoHelp")}</p>
      {send.isError && <ErrorState inline error={send.error} />}
    </form>
  );
}
