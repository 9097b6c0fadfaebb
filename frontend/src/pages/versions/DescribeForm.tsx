import { TagsInput, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { Button, DialogButtons, ErrorState } from "@/ui";
import { type Version, versionsKey } from "./splits";

/** What people say of a version. What it holds never changes. */
export function DescribeForm({ version, onDone }: { version: Version; onDone: () => void }) {
  const { t } = useTranslation("versions");
  const queries = useQueryClient();
  const [said, setSaid] = useState({ name: version.name, notes: version.notes, tags: version.tags });
  const keep = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.patch<Version>(`/versions/${version.id}`, said),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: versionsKey(version.project) });
      onDone();
    },
  });
  return (
    <form
      className="col"
      style={{ gap: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        keep.mutate();
      }}
    >
      <TextInput
        label={t("name")}
        value={said.name}
        maxLength={200}
        data-autofocus
        onChange={(event) => setSaid({ ...said, name: event.currentTarget.value })}
      />
      <TagsInput
        label={t("tags")}
        value={said.tags}
        maxTags={20}
        onChange={(tags) => setSaid({ ...said, tags: tags.map((tag) => tag.slice(0, 40)) })}
      />
      <Textarea
        label={t("notes")}
        value={said.notes}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={20_000}
        onChange={(event) => setSaid({ ...said, notes: event.currentTarget.value })}
      />
      {keep.isError && <ErrorState inline error={keep.error} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onDone}>
          {t("common:cancel")}
        </Button>
        <Button kind="primary" type="submit" busy={keep.isPending}>
          {t("keepSaid")}
        </Button>
      </DialogButtons>
    </form>
  );
}
