import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { upload } from "@/api/upload";
import type { Project } from "@/app/project";
import { Button, Dialog, DialogButtons, ErrorState, ProgressBar, useFormat } from "@/ui";
import { FileFields, type Files, formOf, isComplete, NO_FILES } from "./FileFields";
import { type Model, modelsKey } from "./shared";

interface AddVersionProps {
  project: Project;
  model: Model;
  offer: Schemas["ModelList"];
  onClose: () => void;
}

/** The next version of a model; what its labels mean is taken over from the last one. */
export function AddVersion({ project, model, offer, onClose }: AddVersionProps) {
  const { t } = useTranslation(["models", "common"]);
  const format = useFormat();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [files, setFiles] = useState<Files>(NO_FILES);
  const [sent, setSent] = useState<number | null>(null);
  const needsFile = model.backend === "onnx";
  const add = useMutation({
    meta: { ownError: true },
    mutationFn: () => {
      const form = formOf(needsFile ? files : NO_FILES);
      if (name.trim()) form.append("name", name.trim());
      return upload(`/models/${model.id}/versions`, form, ({ loaded, total }) => setSent(loaded / total));
    },
    onSuccess: onClose,
    onSettled: () => {
      setSent(null);
      return queries.invalidateQueries({ queryKey: modelsKey(project.id) });
    },
  });
  return (
    <Dialog opened title={t("newVersionOf", { name: model.name })} onClose={onClose}>
      <form
        className="col"
        style={{ gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <TextInput
          label={t("versionLabel")}
          description={t("versionLabelHelp", { next: (model.versions[0]?.number ?? 0) + 1 })}
          maxLength={60}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {needsFile && <FileFields files={files} offer={offer} onChange={setFiles} />}
        {sent !== null && <ProgressBar value={sent} label={t("sending", { share: format.percent(sent) })} />}
        {add.isError && <ErrorState inline error={add.error} />}
        <DialogButtons>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button kind="primary" type="submit" disabled={needsFile && !isComplete(files, offer)} busy={add.isPending}>
            {t("newVersion")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
