import { Checkbox, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useProject } from "@/app/project";
import { Button, showToast } from "@/ui";
import { type Dispute, feedbackKey } from ".";

/** The decision of a dispute, for somebody who had no part in it. */
export function Decide({ dispute }: { dispute: Dispute }) {
  const { t } = useTranslation("feedback");
  const project = useProject();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [restore, setRestore] = useState(false);
  const decide = useMutation({
    mutationFn: (decision: "upheld" | "overturned") =>
      api.post<Dispute>(`/disputes/${dispute.id}/decide`, {
        decision,
        text: text.trim(),
        restore: decision === "overturned" && restore,
      }),
    onSuccess: () => {
      showToast({ tone: "ok", title: t("decide.done") });
      return queries.invalidateQueries({ queryKey: feedbackKey(project.id) });
    },
  });
  const ready = text.trim() !== "" && !decide.isPending;
  return (
    <section className="qu-guideline" aria-label={t("decide.title")}>
      <h2>{t("decide.title")}</h2>
      <Textarea
        label={t("decide.text")}
        autosize
        minRows={2}
        maxLength={5000}
        required
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {dispute.may_restore && (
        <Checkbox
          size="xs"
          label={t("decide.restore")}
          description={t("decide.restoreHelp")}
          checked={restore}
          onChange={(event) => setRestore(event.currentTarget.checked)}
        />
      )}
      <div className="row g6" style={{ justifyContent: "flex-end" }}>
        <Button disabled={!ready} onClick={() => decide.mutate("upheld")}>
          {t("decide.uphold")}
        </Button>
        <Button kind="primary" disabled={!ready} onClick={() => decide.mutate("overturned")}>
          {t("decide.overturn")}
        </Button>
      </div>
    </section>
  );
}
