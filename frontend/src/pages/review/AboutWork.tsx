import { useTranslation } from "react-i18next";
import { formatDuration, useFormat } from "@/ui/format";
import type { ClaimDocument } from "../label/work/desk";

export function AboutWork({ doc }: { doc: ClaimDocument }) {
  const { t } = useTranslation("review");
  const { ago, number } = useFormat();
  const { revision, previous } = doc;
  if (!revision) return null;
  const rows: [string, string][] = [
    ["by", revision.author?.name ?? t("verdict.annotator")],
    ["submitted", ago(revision.created_at)],
    ["time", revision.active_ms > 0 ? formatDuration(revision.active_ms / 1000) : "–"],
    ["regions", number(revision.region_count)],
    ["outcome", t(`outcome.${revision.outcome}`) + (revision.outcome_reason ? `: ${revision.outcome_reason}` : "")],
    ...(revision.passed_reason ? [["passed", revision.passed_reason] as [string, string]] : []),
    ...(previous ? [["before", t("work.revision", { number: previous.revision.number })] as [string, string]] : []),
    ...(doc.last_review?.reason ? [["rejected", doc.last_review.reason] as [string, string]] : []),
    ["image", `${doc.asset.name}, ${doc.asset.width} × ${doc.asset.height}`],
  ];
  return (
    <section className="lw-part">
      <div className="sec line">
        <h2>{t("work.title")}</h2>
      </div>
      <dl className="dl">
        {rows.map(([key, value]) => (
          <div key={key} style={{ display: "contents" }}>
            <dt>{t(`work.${key}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
