import { FileInput, Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { upload } from "@/api/upload";
import type { Project } from "@/app/project";
import { Button, ErrorState, ProgressBar, Seg, useFormat } from "@/ui";

type Mode = "accepted" | "draft";

/** Sends a file of annotations; a job reads it. */
export function ImportForm({ project, formats }: { project: Project; formats: Schemas["FormatOut"][] }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("auto");
  const [mode, setMode] = useState<Mode>("accepted");
  const [sent, setSent] = useState<number | null>(null);
  const send = useMutation({
    meta: { ownError: true },
    mutationFn: (chosen: File) => {
      const form = new FormData();
      form.append("file", chosen);
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
        if (file) send.mutate(file);
      }}
    >
      <h2>{t("newImport")}</h2>
      <FileInput
        label={t("file")}
        description={t("fileHelp")}
        placeholder={t("chooseFile")}
        accept=".zip,.json"
        value={file}
        onChange={setFile}
        clearable
      />
      <Select
        label={t("format")}
        value={name}
        allowDeselect={false}
        data={[{ value: "auto", label: t("auto") }, ...formats.map((one) => ({ value: one.name, label: one.title }))]}
        onChange={(value) => value && setName(value)}
      />
      <div>
        <div className="sm m" style={{ marginBottom: 4 }}>
          {t("mode")}
        </div>
        <Seg
          label={t("mode")}
          value={mode}
          onChange={setMode}
          options={[
            { value: "accepted", label: t("modes.accepted") },
            { value: "draft", label: t("modes.draft") },
          ]}
        />
        <p className="xs t3" style={{ marginTop: 4 }}>
          {t(`modes.${mode}Help`)}
        </p>
      </div>
      {sent !== null && <ProgressBar value={sent} label={t("sending", { share: format.percent(sent) })} />}
      <div>
        <Button kind="primary" type="submit" icon="download" disabled={!file} busy={send.isPending}>
          {t("doImport")}
        </Button>
      </div>
      {send.isError && <ErrorState inline error={send.error} />}
    </form>
  );
}
