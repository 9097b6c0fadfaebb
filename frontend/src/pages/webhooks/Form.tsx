import { Checkbox, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import { Button, DialogButtons } from "@/ui";

interface FormProps {
  place: string;
  kinds: string[];
  /** The one that is changed; without it a new one is made. */
  hook?: Schemas["WebhookOut"];
  onClose: () => void;
  onMade: (secret: string) => void;
}

/** Address, name and kinds of events. */
export function Form({ place, kinds, hook, onClose, onMade }: FormProps) {
  const { t } = useTranslation("webhooks");
  const queries = useQueryClient();
  const [url, setUrl] = useState(hook?.url ?? "");
  const [name, setName] = useState(hook?.name ?? "");
  const [chosen, setChosen] = useState<string[]>(hook?.kinds ?? []);
  const save = useMutation({
    mutationFn: async () => {
      const sent = { url: url.trim(), name: name.trim(), kinds: chosen };
      if (hook) await api.patch(`/webhooks/${hook.id}`, sent);
      else return (await api.post<Schemas["WebhookMade"]>(`${place}/webhooks`, sent)).secret;
    },
    onSuccess: (secret) => {
      void queries.invalidateQueries({ queryKey: ["webhooks", place] });
      secret ? onMade(secret) : onClose();
    },
  });
  const error = isApiError(save.error) ? save.error : null;
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }
  return (
    <form onSubmit={onSubmit} className="col wh-form">
      <TextInput
        label={t("url")}
        description={t("urlHint")}
        type="url"
        data-autofocus
        required
        withAsterisk={false}
        maxLength={2000}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        error={error?.sentence}
      />
      <TextInput
        label={t("name")}
        description={t("nameHint")}
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox.Group label={t("kinds")} value={chosen} onChange={setChosen}>
        <div className="wh-kinds">
          {grouped(kinds).map(([group, of]) => (
            <fieldset key={group} className="wh-group">
              <legend className="sm m">{t(`group.${group}`)}</legend>
              {of.map((kind) => (
                <Checkbox key={kind} size="xs" value={kind} label={t(`kind.${kind.replace(".", "_")}`)} />
              ))}
            </fieldset>
          ))}
        </div>
      </Checkbox.Group>
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button kind="primary" type="submit" busy={save.isPending} disabled={!url.trim() || chosen.length === 0}>
          {t(hook ? "common:saveChanges" : "make")}
        </Button>
      </DialogButtons>
    </form>
  );
}

const GROUPS: Record<string, string> = {
  task: "work",
  consensus: "work",
  review: "work",
  regions: "work",
  issue: "talk",
  question: "talk",
  assets: "data",
  import: "data",
  version: "data",
  training: "data",
  job: "data",
  audit: "quality",
  findings: "quality",
  member: "people",
};

/** Kinds by what they are about, in the order that the groups first appear below. */
function grouped(kinds: string[]): [string, string[]][] {
  const order = ["work", "data", "quality", "talk", "project", "people"];
  const groupOf = (kind: string) => GROUPS[kind.split(".")[0]!] ?? "project";
  return order
    .map((group): [string, string[]] => [group, kinds.filter((kind) => groupOf(kind) === group)])
    .filter(([, of]) => of.length > 0);
}
