import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";

const SETTLES = 400; // ms after the last key
const ENOUGH = 8; // letters

/** While a question is written: answers to ones like it, so that the task need not wait. */
export function AnsweredBefore({ project, text }: { project: number; text: string }) {
  const { t } = useTranslation("label");
  const [asked] = useDebouncedValue(text.trim(), SETTLES);
  const similar = useQuery({
    queryKey: ["project", project, "questions", "like", asked],
    queryFn: () =>
      api.get<Listed<Schemas["SimilarQuestion"]>>(`/projects/${project}/questions/similar`, { query: { text: asked } }),
    enabled: asked.length >= ENOUGH,
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
  const rows = asked.length >= ENOUGH ? (similar.data?.results ?? []) : [];
  if (rows.length === 0) return null;
  return (
    <section aria-label={t("park.similar")} className="lw-before" aria-live="polite">
      <h3 className="sm m">{t("park.similar")}</h3>
      {rows.slice(0, 3).map(({ question }) => (
        <div key={question.id} className="sm">
          <div className="t2">{question.text}</div>
          <div>{question.answer}</div>
        </div>
      ))}
      <p className="xs t3">{t("park.useAnswer")}</p>
    </section>
  );
}
