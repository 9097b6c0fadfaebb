import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useProject } from "@/app/project";
import { Button, Dialog, DialogButtons, showToast } from "@/ui";
import { goldKey } from "./Content";

interface ReasonDialogProps {
  /** Where it is done, with the reason. */
  path: string;
  title: string;
  lead: string;
  confirm: string;
  /** Said once it is done. */
  done: string;
  onClose: () => void;
}

/** Asks for the reason of a decision about somebody, and takes it. */
export function ReasonDialog({ path, title, lead, confirm, done, onClose }: ReasonDialogProps) {
  const { t } = useTranslation("gold");
  const project = useProject();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const decide = useMutation({
    mutationFn: () => api.post(path, { reason: reason.trim() }),
    onSuccess: () => {
      showToast({ tone: "ok", title: done });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: goldKey(project.id) }),
  });
  return (
    <Dialog opened title={title} onClose={onClose}>
      <form
        className="col"
        style={{ gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          decide.mutate();
        }}
      >
        <p className="sm t2">{lead}</p>
        <TextInput
          label={t("consequence.reason")}
          value={reason}
          maxLength={500}
          data-autofocus
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button kind="primary" type="submit" busy={decide.isPending}>
            {confirm}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
