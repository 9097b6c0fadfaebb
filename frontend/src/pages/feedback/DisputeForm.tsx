import { MultiSelect, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useProject } from "@/app/project";
import { useClasses } from "@/app/schema";
import { Button, showToast } from "@/ui";
import { type Dispute, type Feedback, feedbackKey } from ".";
import { kindOf } from "./Detail";

/** Said once against a verdict, to somebody who was not involved. */
export function DisputeForm({ feedback }: { feedback: Feedback }) {
  const { t } = useTranslation("feedback");
  const project = useProject();
  const classes = useClasses(project.id);
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [elements, setElements] = useState<string[]>([]);
  const send = useMutation({
    mutationFn: () => api.post<Dispute>(`/reviews/${feedback.row.review.id}/dispute`, { text: text.trim(), elements }),
    onSuccess: () => {
      showToast({ tone: "ok", title: t("dispute.sent") });
      return queries.invalidateQueries({ queryKey: feedbackKey(project.id) });
    },
  });
  const data = feedback.changes.flatMap((change, index) => {
    const body = (change.after ?? change.before) as { class?: number } | null;
    if (!body) return [];
    const found = classes.get(Number(body.class ?? -1));
    const label = `${index + 1}. ${found?.title || found?.name || change.element} (${t(`change.${kindOf(change)}`)})`;
    return [{ value: change.element, label }];
  });
  const named = [...new Map(data.map((one) => [one.value, one])).values()];
  return (
    <form
      className="qu-guideline"
      aria-label={t("dispute.title")}
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <h2>{t("dispute.title")}</h2>
      <p className="sm t2">{t("dispute.lead")}</p>
      <Textarea
        label={t("dispute.text")}
        autosize
        minRows={2}
        maxLength={5000}
        required
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {named.length > 1 && (
        <MultiSelect
          label={t("dispute.about")}
          placeholder={elements.length === 0 ? t("dispute.whole") : undefined}
          clearable
          data={named}
          value={elements}
          onChange={setElements}
        />
      )}
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button type="submit" busy={send.isPending} disabled={text.trim() === ""}>
          {t("dispute.send")}
        </Button>
      </div>
    </form>
  );
}
