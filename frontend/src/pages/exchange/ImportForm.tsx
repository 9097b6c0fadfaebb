import { Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { FileField } from "@/app/FileField";
import { sendImport } from "@/app/imports";
import type { Project } from "@/app/project";
import { Button, ErrorState, ProgressBar, useFormat } from "@/ui";
import { type How, HowChoice, USUAL } from "./HowChoice";
import { type Chosen, OptionFields } from "./OptionFields";

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
      const fields = {
        preview: String(preview),
        options: JSON.stringify({ source: how.source, ...(offered.length > 0 ? { read: options } : {}) }),
        format: name,
        mode: how.mode,
        enter: how.enter,
      };
      return sendImport(project.id, chosen, fields, setSent);
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
      <FileField file={file} onTake={setFile} />
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
      <div className="do">
        {sent !== null && <ProgressBar value={sent} label={t("sending", { share: format.percent(sent) })} />}
        {send.isError && <ErrorState inline error={send.error} />}
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
      </div>
    </form>
  );
}
