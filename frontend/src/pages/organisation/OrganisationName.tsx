import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { ME } from "@/api/me";
import type { Schemas } from "@/api/types";
import { Button, Dialog, DialogButtons, IconButton } from "@/ui";

export function OrganisationName({ organisation }: { organisation: Schemas["MyOrganisation"] }) {
  const { t } = useTranslation("organisation");
  const queries = useQueryClient();
  const [editing, setEditing] = useState(false);
  const [name, setName] = useState(organisation.name);
  const rename = useMutation({
    mutationFn: () => api.patch(`/organisations/${organisation.id}`, { name: name.trim() }),
    onSuccess: () => {
      setEditing(false);
      void queries.invalidateQueries({ queryKey: ME });
    },
  });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    rename.mutate();
  }
  return (
    <>
      <span className="t3 el">{organisation.name}</span>
      {organisation.actions.includes("organisation.edit") && (
        <IconButton icon="edit" size="s" label={t("rename")} onClick={() => setEditing(true)} />
      )}
      <Dialog opened={editing} title={t("rename")} onClose={() => setEditing(false)}>
        <form onSubmit={onSubmit}>
          <TextInput
            label={t("name")}
            data-autofocus
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <DialogButtons>
            <Button keys="Esc" onClick={() => setEditing(false)}>
              {t("common:cancel")}
            </Button>
            <Button type="submit" kind="primary" busy={rename.isPending} disabled={!name.trim()}>
              {t("common:saveChanges")}
            </Button>
          </DialogButtons>
        </form>
      </Dialog>
    </>
  );
}
