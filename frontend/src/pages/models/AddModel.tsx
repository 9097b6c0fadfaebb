import { NumberInput, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { upload } from "@/api/upload";
import type { Project } from "@/app/project";
import { Button, Dialog, DialogButtons, ErrorState, ProgressBar, Seg, useFormat } from "@/ui";
import { FileFields, type Files, formOf, isComplete, NO_FILES } from "./FileFields";
import { type Model, modelsKey } from "./shared";

const EXAMPLE = "http://models.example.org:9090"; // an address of a server

type Backend = Model["backend"];
const BACKENDS: Backend[] = ["onnx", "label_studio", "http", "builtin"];

interface AddModelProps {
  project: Project;
  offer: Schemas["ModelList"];
  onClose: () => void;
  onMade: (model: number) => void;
}

/** Registers a model with its first version. */
export function AddModel({ project, offer, onClose, onMade }: AddModelProps) {
  const { t } = useTranslation(["models", "common"]);
  const format = useFormat();
  const queries = useQueryClient();
  const [backend, setBackend] = useState<Backend>("onnx");
  const [fields, setFields] = useState(NO_FIELDS);
  const [files, setFiles] = useState<Files>(NO_FILES);
  const [sent, setSent] = useState<number | null>(null);
  const [made, setMade] = useState<Model | null>(null); // where its version failed: the next try adds only that
  const set = (change: Partial<typeof fields>) => setFields({ ...fields, ...change });
  const server = backend === "http" || backend === "label_studio";
  const add = useMutation({
    meta: { ownError: true },
    mutationFn: async () => {
      const model =
        made ??
        (await api.post<Model>(`/projects/${project.id}/models`, {
          name: fields.name,
          backend,
          description: fields.description,
          licence: fields.licence,
          credit: fields.credit,
          ...(server ? { url: fields.url.trim(), timeout_seconds: fields.timeout } : {}),
        }));
      setMade(model);
      const form = backend === "onnx" ? formOf(files) : formOf(NO_FILES);
      await upload(`/models/${model.id}/versions`, form, ({ loaded, total }) => setSent(loaded / total));
      return model;
    },
    onSuccess: (model) => {
      onMade(model.id);
      onClose();
    },
    onSettled: () => {
      setSent(null);
      return queries.invalidateQueries({ queryKey: modelsKey(project.id) });
    },
  });
  const complete =
    fields.name.trim() && (!server || fields.url.trim()) && (backend !== "onnx" || isComplete(files, offer));
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    add.mutate();
  }
  return (
    <Dialog opened title={t("add")} onClose={onClose}>
      <form onSubmit={onSubmit} className="col" style={{ gap: 12 }}>
        <Seg
          label={t("backendOf")}
          value={backend}
          onChange={(value) => made === null && setBackend(value)}
          options={BACKENDS.map((one) => ({ value: one, label: t(`backendShort.${one}`) }))}
        />
        <p className="xs t3" style={{ margin: 0 }}>
          {t(`backendLead.${backend}`)}
        </p>
        <TextInput
          label={t("name")}
          required
          maxLength={80}
          data-autofocus
          disabled={made !== null}
          value={fields.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        {server && <ServerFields fields={fields} fixed={made !== null} onChange={set} />}
        {backend === "onnx" && <FileFields files={files} offer={offer} onChange={setFiles} />}
        <Said fields={fields} fixed={made !== null} onChange={set} />
        {sent !== null && <ProgressBar value={sent} label={t("sending", { share: format.percent(sent) })} />}
        {add.isError && <ErrorState inline error={add.error} />}
        <DialogButtons>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button kind="primary" type="submit" disabled={!complete} busy={add.isPending}>
            {t("add")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

const NO_FIELDS = { name: "", description: "", licence: "", credit: "", url: "", timeout: 60 };
interface FieldsProps {
  fields: typeof NO_FIELDS;
  /** It is registered already, and only its version failed. */
  fixed: boolean;
  onChange: (change: Partial<typeof NO_FIELDS>) => void;
}

function ServerFields({ fields, fixed, onChange }: FieldsProps) {
  const { t } = useTranslation("models");
  return (
    <div className="row g12" style={{ alignItems: "flex-start" }}>
      <TextInput
        style={{ flex: 1 }}
        label={t("url")}
        description={t("urlHelp")}
        required
        placeholder={EXAMPLE}
        disabled={fixed}
        value={fields.url}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      <NumberInput
        w={140}
        label={t("timeout")}
        description={t("timeoutHelp")}
        min={1}
        max={600}
        disabled={fixed}
        value={fields.timeout}
        onChange={(value) => onChange({ timeout: Number(value) || 60 })}
      />
    </div>
  );
}

/** What people say of a model. */
function Said({ fields, fixed, onChange }: FieldsProps) {
  const { t } = useTranslation("models");
  return (
    <>
      <Textarea
        label={t("description")}
        autosize
        maxRows={4}
        disabled={fixed}
        value={fields.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <div className="row g12" style={{ alignItems: "flex-start" }}>
        <TextInput
          style={{ flex: 1 }}
          label={t("licence")}
          maxLength={300}
          disabled={fixed}
          value={fields.licence}
          onChange={(event) => onChange({ licence: event.currentTarget.value })}
        />
        <TextInput
          style={{ flex: 1 }}
          label={t("credit")}
          maxLength={500}
          disabled={fixed}
          value={fields.credit}
          onChange={(event) => onChange({ credit: event.currentTarget.value })}
        />
      </div>
    </>
  );
}
