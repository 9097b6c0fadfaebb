import { Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Button, DialogButtons, ErrorState } from "@/ui";
import { Rules, type RulesValue } from "./Rules";
import { sourcesKey } from "./sources";

interface FormProps {
  project: number;
  storages: Schemas["UsableStorage"][];
  onClose: () => void;
}

/** Which part of which storage, and when it is looked at. */
export function SourceForm({ project, storages, onClose }: FormProps) {
  const { t } = useTranslation("storages");
  const queries = useQueryClient();
  const [storage, setStorage] = useState(String(storages[0]?.id ?? ""));
  const [prefix, setPrefix] = useState("");
  const [pattern, setPattern] = useState("");
  const [rules, setRules] = useState<RulesValue>({ every_minutes: null, vanished: "keep" });
  const chosen = storages.find((one) => String(one.id) === storage);
  const connect = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.post(`/projects/${project}/sources`, { storage: Number(storage), prefix, pattern, ...rules }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: sourcesKey(project) });
      onClose();
    },
  });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    connect.mutate();
  }
  return (
    <form onSubmit={onSubmit} className="col st-form">
      <Select
        label={t("source.storage")}
        value={storage}
        allowDeselect={false}
        data={storages.map((one) => ({ value: String(one.id), label: `${one.name} (${t(`kinds.${one.kind}`)})` }))}
        onChange={(value) => value && setStorage(value)}
        error={chosen?.failing ? t("source.failing") : undefined}
      />
      {chosen?.kind !== "http" && (
        <TextInput
          label={t("source.prefix")}
          description={chosen?.prefix ? t("source.prefixBelow", { prefix: chosen.prefix }) : t("source.prefixHint")}
          placeholder="2026/june/"
          maxLength={500}
          value={prefix}
          onChange={(event) => setPrefix(event.currentTarget.value)}
        />
      )}
      <TextInput
        label={t("source.pattern")}
        description={t("source.patternHint")}
        placeholder="**/*.jpg"
        maxLength={300}
        value={pattern}
        onChange={(event) => setPattern(event.currentTarget.value)}
      />
      <Rules value={rules} onChange={setRules} />
      {connect.isError && <ErrorState inline error={connect.error} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button kind="primary" type="submit" busy={connect.isPending} disabled={!storage}>
          {t("source.connect")}
        </Button>
      </DialogButtons>
    </form>
  );
}
