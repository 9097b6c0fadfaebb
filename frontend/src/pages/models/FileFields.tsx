import { FileInput, Select, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Seg, useFormat } from "@/ui";

export interface Files {
  shape: "one" | "two" | "three";
  file: File | string | null;
  encoder: File | string | null;
  decoder: File | string | null;
  language: File | string | null;
  vocabulary: File | string | null;
  labels: string;
}
export const NO_FILES: Files = {
  shape: "one",
  file: null,
  encoder: null,
  decoder: null,
  language: null,
  vocabulary: null,
  labels: "",
};
const ROLES = {
  one: ["file"],
  two: ["encoder", "decoder"],
  three: ["encoder", "decoder", "language", "vocabulary"],
} as const;
const PLACED = {
  file: "placed",
  encoder: "placed_encoder",
  decoder: "placed_decoder",
  language: "placed_language",
  vocabulary: "placed_vocabulary",
} as const;
const VOCABULARY = ".txt.gz";

const isTooLarge = (chosen: File | string | null, most: number) => chosen instanceof File && chosen.size > most;

/** All files are there, and none is larger than the server takes. */
export const isComplete = (files: Files, { largest_file }: Schemas["ModelList"]) =>
  ROLES[files.shape].every(
    (role) => (role === "vocabulary" || files[role] !== null) && !isTooLarge(files[role], largest_file),
  );

/** The form that makes a version: files from here, or names of those that the operator placed. */
export function formOf(files: Files): FormData {
  const form = new FormData();
  for (const role of ROLES[files.shape]) {
    const chosen = files[role];
    if (typeof chosen === "string") form.append(PLACED[role], chosen);
    else if (chosen) form.append(role, chosen);
  }
  const labels = files.labels
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  form.append("given", JSON.stringify(labels.length > 0 ? { labels } : {}));
  return form;
}

interface FileFieldsProps {
  files: Files;
  /** What the operator placed, and how large a file may be. */
  offer: Schemas["ModelList"];
  onChange: (files: Files) => void;
}

export function FileFields({ files, offer, onChange }: FileFieldsProps) {
  const { t } = useTranslation("models");
  const format = useFormat();
  return (
    <>
      <Seg
        label={t("shape")}
        value={files.shape}
        onChange={(shape) => onChange({ ...files, shape })}
        options={[
          { value: "one", label: t("oneFile") },
          { value: "two", label: t("twoFiles") },
          { value: "three", label: t("threeFiles") },
        ]}
      />
      {ROLES[files.shape].map((role) => {
        const chosen = files[role];
        const suffix = role === "vocabulary" ? VOCABULARY : ".onnx";
        const folder = offer.folder.filter((one) => one.name.endsWith(suffix));
        return (
          <div key={role} className="row g12" style={{ alignItems: "flex-start" }}>
            <FileInput
              style={{ flex: 1, minWidth: 0 }}
              label={t(`role.${role}`)}
              description={
                role === "vocabulary" ? t("vocabularyHelp") : t("fileHelp", { size: format.bytes(offer.largest_file) })
              }
              error={
                isTooLarge(chosen, offer.largest_file)
                  ? t("tooLarge", { size: format.bytes((chosen as File).size), most: format.bytes(offer.largest_file) })
                  : undefined
              }
              placeholder={t("chooseFile")}
              accept={role === "vocabulary" ? ".gz" : suffix}
              clearable
              value={chosen instanceof File ? chosen : null}
              onChange={(value) => onChange({ ...files, [role]: value })}
            />
            {folder.length > 0 && (
              <Select
                style={{ flex: 1, minWidth: 0 }}
                label={t("placed")}
                description={t("placedHelp")}
                placeholder={t("choosePlaced")}
                clearable
                value={typeof chosen === "string" ? chosen : null}
                data={folder.map((one) => ({ value: one.name, label: `${one.name}, ${format.bytes(one.size)}` }))}
                onChange={(value) => onChange({ ...files, [role]: value })}
              />
            )}
          </div>
        );
      })}
      {files.shape === "one" && (
        <Textarea
          label={t("labels")}
          description={t("labelsHelp")}
          autosize
          minRows={1}
          maxRows={6}
          value={files.labels}
          onChange={(event) => onChange({ ...files, labels: event.currentTarget.value })}
        />
      )}
    </>
  );
}
