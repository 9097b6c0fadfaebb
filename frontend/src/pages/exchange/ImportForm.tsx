import { FileInput, Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { upload } from "@/api/upload";
import type { Project } from "@/app/project";
import { Button, ErrorState, ProgressBar, Seg, useFormat } from "@/ui";
import { type Chosen, OptionFields } from "./OptionFields";

export type Mode = "accepted" | "draft";
const FILES = ".zip,.json,.jsonl,.geojson,.xml,.csv,.tsv,.txt,.yaml,.yml";

/** What the annotations of a file become. */
export function ModeChoice({ mode, onChange }: { mode: Mode; onChange: (mode: Mode) => void }) {
  const { t } = useTranslation("exchange");
  return (
    <div>
      <div className="sm m" style={{ marginBottom: 4 }}>
        {t("mode")}
      </div>
      <Seg
        label={t("mode")}
        value={mode}
        onChange={onChange}
        options={[
          { value: "accepted", label: t("modes.accepted") },
          { value: "draft", label: t("modes.draft") },
        ]}
      />
      <p className="xs t3" style={{ marginTop: 4 }}>
        {t(`modes.${mode}Help`)}
      </p>
    </div>
  );
}

/** Sends a file of annotations; a job reads it. */
export function ImportForm({ project, formats }: { project: Project; formats: Schemas["FormatOut"][] }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("auto");
  const [mode, setMode] = useState<Mode>("accepted");
  const [options, setOptions] = useState<Chosen>({});
  const offered = formats.find((one) => one.name === name)?.read_options ?? [];
  const [sent, setSent] = useState<number | null>(null);
  const send = useMutation({
    meta: { ownError: true },
    mutationFn: ({ chosen, preview }: { chosen: File; preview: boolean }) => {
      const form = new FormData();
      form.append("file", chosen);
      form.append("preview", String(preview));
      if (offered.length > 0) form.append("options", JSON.stringify({ read: options }));
      form.append("format", name);
      form.append("mode", mode);
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
      <ModeChoice mode={mode} onChange={setMode} />
      {sent !== null && <ProgressBar value={sent} label={t("sending", { share: format.percent(sent) })} />}
      <div className="row" style={{ gap: 8 }}>
        <Button kind="primary" type="submit" icon="search" disabled={!file} busy={send.isPending}>
          {t("lookInto")}
        </Button>
        <Button
          icon="download"
          disabled={!file || send.isPending}
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
