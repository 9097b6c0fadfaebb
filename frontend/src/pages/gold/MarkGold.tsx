import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Button, showToast } from "@/ui";

interface MarkGoldProps {
  project: number;
  /** The accepted revision. */
  revision: number;
}

/** Makes an accepted answer the reference of its picture. */
export function MarkGold({ project, revision }: MarkGoldProps) {
  const { t } = useTranslation("gold");
  const { actions } = useProject();
  const queries = useQueryClient();
  const mark = useMutation({
    mutationFn: () => api.post<Schemas["GoldOut"]>(`/projects/${project}/quality/gold`, { revision }),
    onSuccess: (gold) => {
      showToast({ tone: "ok", title: t("marked", { number: gold.task_number }) });
      return queries.invalidateQueries({ queryKey: ["project", project, "gold"] });
    },
  });
  if (!actions.includes("gold.edit")) return null;
  return (
    <Button icon="check" busy={mark.isPending} disabled={mark.isSuccess} onClick={() => mark.mutate()}>
      {t("mark")}
    </Button>
  );
}
