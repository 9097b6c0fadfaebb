import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "@/app/project";
import { Button, Dialog, DialogButtons, showError, showToast } from "@/ui";
import { useBulk } from "../data/Bulk";
import { SendBackFields } from "../data/SendBackFields";

interface SecondLookProps {
  project: Project;
  task: number;
  /** What the button says where the work is right. */
  right: string;
  /** What the annotators read, to begin with. */
  reason: string;
  /** Say that the work is right, or take that back. */
  say: (right: boolean) => Promise<unknown>;
}

/** What becomes of finished work that a model contradicts: it goes back with a reason, or it is right. Both can be undone. */
export function SecondLook({ project, task, right, reason, say }: SecondLookProps) {
  const { t } = useTranslation(["models", "common", "data"]);
  const queries = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const close = () => setText(null);
  const bulk = useBulk(project.id, close);
  const keep = useMutation({
    mutationFn: say,
    onSuccess: (_, said) => {
      if (!said) return;
      const undo = () => keep.mutate(false);
      showToast({ tone: "ok", title: t("second.kept"), action: { label: t("common:undo"), run: undo, undo: true } });
    },
    onError: (error) => showError(error, t("second.failed")),
    onSettled: () => queries.invalidateQueries({ queryKey: ["project", project.id] }),
  });
  const which = { ids: [task] };
  const written = text?.trim() ?? "";
  return (
    <span className="row g6">
      <Button size="s" icon="undo" onClick={() => setText(reason)}>
        {t("data:bulk.send_back")}
      </Button>
      <Button size="s" kind="quiet" busy={keep.isPending} onClick={() => keep.mutate(true)}>
        {right}
      </Button>
      {text !== null && (
        <Dialog opened title={t("data:bulk.ask.send_back", { count: 1 })} onClose={close}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (written) bulk.mutate({ action: "send_back", reason: written, ...which });
            }}
          >
            <SendBackFields project={project.id} which={which} reason={text} onReason={setText} />
            <DialogButtons>
              <Button keys="Esc" onClick={close}>
                {t("common:cancel")}
              </Button>
              <Button kind="primary" type="submit" busy={bulk.isPending} disabled={!written}>
                {t("data:bulk.send_back")}
              </Button>
            </DialogButtons>
          </form>
        </Dialog>
      )}
    </span>
  );
}
