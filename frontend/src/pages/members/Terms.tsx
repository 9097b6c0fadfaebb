import { NumberInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { type Project, projectKey } from "@/app/project";
import { Button, Dialog, DialogButtons, showToast } from "@/ui";

type Member = Schemas["ProjectMemberOut"];
const MOST = 1_000_000;

/** The caps of one person, and whether they are handed work at all. */
export function Terms({ project, member, onClose }: { project: Project; member: Member; onClose: () => void }) {
  const { t } = useTranslation("members");
  const queries = useQueryClient();
  const [fields, setFields] = useState({
    cap_open: member.cap_open ?? null,
    cap_day: member.cap_day ?? null,
    paused: member.paused ?? "",
  });
  const save = useMutation({
    mutationFn: () => api.patch(`/projects/${project.id}/members/${member.id}/terms`, fields),
    onSuccess: () => {
      showToast({ tone: "ok", title: t("terms.saved", { name: member.name || member.email }) });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [...projectKey(project.id), "members"] }),
  });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }
  return (
    <Dialog opened title={t("terms.title", { name: member.name || member.email })} onClose={onClose}>
      <form onSubmit={onSubmit} className="col" style={{ gap: 12 }}>
        <div className="row g12" style={{ alignItems: "flex-start" }}>
          {(["cap_open", "cap_day"] as const).map((name) => (
            <NumberInput
              key={name}
              style={{ flex: 1 }}
              label={t(`terms.${name}`)}
              description={t("terms.capHelp")}
              min={1}
              max={MOST}
              allowDecimal={false}
              value={fields[name] ?? ""}
              onChange={(value) => setFields({ ...fields, [name]: value === "" ? null : Number(value) })}
            />
          ))}
        </div>
        <TextInput
          label={t("terms.paused")}
          description={t("terms.pausedHelp")}
          maxLength={500}
          value={fields.paused}
          onChange={(event) => setFields({ ...fields, paused: event.currentTarget.value })}
        />
        <DialogButtons>
          <Button onClick={onClose} keys="Esc">
            {t("common:cancel")}
          </Button>
          <Button kind="primary" type="submit" busy={save.isPending}>
            {t("common:saveChanges")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
