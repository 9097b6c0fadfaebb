import { NumberInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, Dialog, DialogButtons, showToast } from "@/ui";
import { type Batch, batchesKey } from "./index";

const ORDERS = ["number", "shuffled", "fair"] as const;
const EVERYBODY = "everybody";

interface BatchDialogProps {
  project: Project;
  batch: Batch | null;
  groups: Schemas["GroupOut"][];
  onClose: () => void;
}

/** Makes a batch, or changes how its tasks come. */
export function BatchDialog({ project, batch, groups, onClose }: BatchDialogProps) {
  const { t } = useTranslation("batches");
  const queries = useQueryClient();
  const [fields, setFields] = useState({
    name: batch?.name ?? "",
    priority: batch?.priority ?? 0,
    due_on: batch?.due_on ?? "",
    order: batch?.order ?? ("number" as Batch["order"]),
    skill: batch?.skill ?? null,
  });
  const set = (change: Partial<typeof fields>) => setFields({ ...fields, ...change });
  const save = useMutation({
    mutationFn: () => {
      const values = { ...fields, name: fields.name.trim(), due_on: fields.due_on || null };
      return batch
        ? api.patch<Batch>(`/batches/${batch.id}`, values)
        : api.post<Batch>(`/projects/${project.id}/batches`, values);
    },
    meta: { ownError: true },
    onSuccess: (saved) => {
      showToast({ tone: "ok", title: t(batch ? "saved" : "made", { name: saved.name }) });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: batchesKey(project.id) }),
  });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }
  return (
    <Dialog opened title={batch ? t("editOne", { name: batch.name }) : t("new")} onClose={onClose}>
      <form onSubmit={onSubmit} className="col" style={{ gap: 12 }}>
        <TextInput
          label={t("name")}
          required
          maxLength={200}
          data-autofocus
          value={fields.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <div className="row g12" style={{ alignItems: "flex-start" }}>
          <NumberInput
            style={{ flex: 1 }}
            label={t("priority")}
            description={t("priorityHelp")}
            min={-1000}
            max={1000}
            allowDecimal={false}
            value={fields.priority}
            onChange={(value) => set({ priority: Number(value) || 0 })}
          />
          <TextInput
            style={{ flex: 1 }}
            type="date"
            label={t("due")}
            description={t("dueHelp")}
            value={fields.due_on}
            onChange={(event) => set({ due_on: event.currentTarget.value })}
          />
        </div>
        <Select
          label={t("order")}
          description={t(`ordersHelp.${fields.order}`)}
          allowDeselect={false}
          value={fields.order}
          data={ORDERS.map((value) => ({ value, label: t(`orders.${value}`) }))}
          onChange={(order) => set({ order: order as Batch["order"] })}
        />
        <Select
          label={t("for")}
          description={groups.length === 0 ? t("noGroups") : t("forHelp")}
          disabled={groups.length === 0}
          allowDeselect={false}
          value={fields.skill === null ? EVERYBODY : String(fields.skill)}
          data={[
            { value: EVERYBODY, label: t("everybody") },
            ...groups.map((one) => ({ value: String(one.id), label: one.name })),
          ]}
          onChange={(value) => set({ skill: value === EVERYBODY || value === null ? null : Number(value) })}
        />
        {isApiError(save.error) && (
          <p role="alert" className="sm bad">
            {save.error.sentence}
          </p>
        )}
        <DialogButtons>
          <Button onClick={onClose} keys="Esc">
            {t("common:cancel")}
          </Button>
          <Button kind="primary" type="submit" busy={save.isPending} disabled={fields.name.trim() === ""}>
            {batch ? t("common:saveChanges") : t("make")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
