import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useMe } from "@/api/me";
import type { Listed, Schemas } from "@/api/types";
import { Button, Chip, type Tone, useFormat } from "@/ui";
import type { ClaimDocument, Desk } from "../label/work/desk";

type Review = Schemas["ReviewOut"];
const TONES: Record<Review["verdict"], Tone> = { accept: "ok", fix: "warn", reject: "bad", reopen: "warn" };

interface JudgedProps {
  desk: Desk;
  doc: ClaimDocument;
}

/** In the place of the verdict, on work that one has judged before or that is no longer in one's hands. */
export function Judged({ desk, doc }: JudgedProps) {
  const { t } = useTranslation("review");
  const { ago } = useFormat();
  const me = useMe();
  const revision = doc.revision?.id ?? null;
  const { data, isPending } = useQuery({
    queryKey: ["revision-reviews", revision],
    enabled: revision !== null,
    queryFn: () => api.get<Listed<Review>>(`/revisions/${revision}/reviews`),
  });
  const mine = data?.results.findLast((review) => review.reviewer?.id === me.id);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a bar of buttons, not a form
    <div className="vd" role="group" aria-label={t("verdict.title")} data-landmark aria-busy={isPending}>
      <div className="row g6 lw-judged">
        {mine && <Chip tone={TONES[mine.verdict]}>{t(`judged.${mine.verdict}`)}</Chip>}
        <span className="t2 el" title={mine?.reason}>
          {mine ? [ago(mine.created_at), mine.reason].filter(Boolean).join(" · ") : !isPending && t("judged.gone")}
        </span>
        <span className="sp" />
        <Button kind="primary" size="l" onClick={() => void desk.next()}>
          {t("judged.next")}
        </Button>
      </div>
    </div>
  );
}
