import { Checkbox, PasswordInput, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { Button, DialogButtons, ErrorState, Seg } from "@/ui";
import { CREDENTIALS, credentialsOf, KINDS, type Kind, optionsOf, PLACE, type Storage, valuesOf } from "./fields";

interface FormProps {
  organisation: number;
  folders: string[];
  /** The one that is changed; without it a new one is connected. */
  storage?: Storage;
  onClose: () => void;
}

/** Where a storage is, what opens it, and what for. Credentials go in and never come back. */
export function StorageForm({ organisation, folders, storage, onClose }: FormProps) {
  const { t } = useTranslation("storages");
  const [kind, setKind] = useState<Kind>(storage?.kind ?? "s3");
  const [name, setName] = useState(storage?.name ?? "");
  const [place, setPlace] = useState(storage ? valuesOf(storage) : {});
  const [secret, setSecret] = useState<Record<string, string>>({});
  const [forget, setForget] = useState(false);
  const [sources, setSources] = useState(storage?.for_sources ?? true);
  const [exports, setExports] = useState(storage?.for_exports ?? false);
  const [delivery, setDelivery] = useState<Storage["delivery"]>(storage?.delivery ?? "app");
  const save = useSave({ organisation, storage, onClose });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    const typed = credentialsOf(kind, secret);
    save.mutate({
      name: name.trim(),
      options: optionsOf(kind, place, storage),
      ...(typed ? { credentials: typed } : forget ? { credentials: null } : {}),
      for_sources: sources,
      for_exports: exports && kind !== "http",
      delivery,
    });
  }
  return (
    <form onSubmit={onSubmit} className="col st-form" autoComplete="off">
      {storage ? null : (
        <Seg
          label={t("kind")}
          value={kind}
          onChange={setKind}
          options={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
        />
      )}
      {kind === "folder" && folders.length === 0 && <p className="sm warn">{t("noFolders")}</p>}
      <TextInput
        label={t("name")}
        data-autofocus
        required
        withAsterisk={false}
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className="st-pairs">
        {PLACE[kind].map((field) => (
          <TextInput
            key={field.name}
            label={t(`field.${field.name}`)}
            description={
              field.name === "path" ? folders.join(", ") : t(`hint.${kind}.${field.name}`, { defaultValue: "" })
            }
            inputWrapperOrder={["label", "input", "description", "error"]}
            required={field.required}
            withAsterisk={false}
            value={place[field.name] ?? ""}
            onChange={(event) => setPlace({ ...place, [field.name]: event.currentTarget.value })}
          />
        ))}
      </div>
      {CREDENTIALS[kind].length > 0 && (
        <SecretFields
          kind={kind}
          kept={storage?.credentials === "set"}
          values={secret}
          onChange={setSecret}
          forget={forget}
          onForget={setForget}
        />
      )}
      <Checkbox
        label={t("forSources")}
        checked={sources}
        onChange={(event) => setSources(event.currentTarget.checked)}
      />
      {kind !== "http" && (
        <Checkbox
          label={t("forExports")}
          checked={exports}
          onChange={(event) => setExports(event.currentTarget.checked)}
        />
      )}
      {kind !== "folder" && (
        <Select
          label={t("delivery")}
          description={t(`deliveryHint.${delivery}`)}
          value={delivery}
          allowDeselect={false}
          data={(["app", "direct"] as const).map((value) => ({ value, label: t(`deliveries.${value}`) }))}
          onChange={(value) => setDelivery(value ?? "app")}
        />
      )}
      {save.isError && <ErrorState inline error={save.error} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button kind="primary" type="submit" busy={save.isPending} disabled={!name.trim() || (!sources && !exports)}>
          {t(storage ? "common:saveChanges" : "connect")}
        </Button>
      </DialogButtons>
    </form>
  );
}

function useSave({ organisation, storage, onClose }: Pick<FormProps, "organisation" | "storage" | "onClose">) {
  const queries = useQueryClient();
  return useMutation({
    meta: { ownError: true },
    mutationFn: (sent: object) =>
      storage ? api.patch(`/storages/${storage.id}`, sent) : api.post(`/organisations/${organisation}/storages`, sent),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["storages", organisation] });
      onClose();
    },
  });
}

interface SecretProps {
  kind: Kind;
  kept: boolean;
  values: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
  forget: boolean;
  onForget: (forget: boolean) => void;
}

function SecretFields({ kind, kept, values, onChange, forget, onForget }: SecretProps) {
  const { t } = useTranslation("storages");
  const [entering, setEntering] = useState(!kept);
  if (!entering)
    return (
      <div className="row g6">
        <span className="sm">{t("credentialsSet")}</span>
        <span className="sp" />
        <Button size="s" onClick={() => setEntering(true)}>
          {t("replaceCredentials")}
        </Button>
        <Checkbox
          size="xs"
          label={t("removeCredentials")}
          checked={forget}
          onChange={(event) => onForget(event.currentTarget.checked)}
        />
      </div>
    );
  return (
    <div className="st-pairs">
      {CREDENTIALS[kind].map(({ name, long }) => {
        const shared = {
          label: t(`field.${name}`),
          description: t(`hint.${kind}.${name}`, { defaultValue: "" }),
          value: values[name] ?? "",
          autoComplete: "off",
          inputWrapperOrder: ["label", "input", "description", "error"] as (
            | "label"
            | "input"
            | "description"
            | "error"
          )[],
          onChange: (event: { currentTarget: { value: string } }) =>
            onChange({ ...values, [name]: event.currentTarget.value }),
        };
        return long ? (
          <Textarea key={name} {...shared} className="st-whole" minRows={3} maxRows={6} autosize spellCheck={false} />
        ) : (
          <PasswordInput key={name} {...shared} visibilityToggleButtonProps={{ "aria-label": t("showTyped") }} />
        );
      })}
      <p className="xs t3 st-whole">{t("credentialsNote")}</p>
    </div>
  );
}
