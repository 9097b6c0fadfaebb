import { useTranslation } from "react-i18next";
import { Icon, useFormat } from "@/ui";
import type { Preview } from "./useDraft";

const SHOWN = 8; // changes named one by one

/** What publishing would do to the work that is there, as the server says it. */
export function Verdict({ preview, number }: { preview: Preview; number: number }) {
  const { t } = useTranslation("schema");
  const format = useFormat();
  const touching = preview.changes.filter(
    (change) => change.touches_work && (change.regions ?? 0) + (change.tasks ?? 0) > 0,
  );
  const tone = preview.problems.length > 0 ? "bad" : touching.length > 0 ? "warn" : "";
  const title =
    preview.problems.length > 0
      ? t("verdict.refused", { number })
      : touching.length > 0
        ? t("verdict.touches", { number })
        : t("verdict.fits", { number });
  return (
    <div className={`verdict ${tone}`} role="status">
      <span className={`row ${tone || "ok"}`} style={{ alignSelf: "start", paddingTop: 1 }}>
        <Icon name={tone ? "alert" : "check"} size="s" />
      </span>
      <div style={{ minWidth: 0 }}>
        <div className="m">{title}</div>
        <ul className="sm t2">
          {preview.problems.slice(0, SHOWN).map((problem) => (
            <li key={problem.pointer + problem.code}>
              {problem.detail} <span className="t3">{problem.pointer}</span>
            </li>
          ))}
          {preview.problems.length === 0 &&
            preview.changes.slice(0, SHOWN).map((change, index) => (
              <li key={index}>
                {t(`change.${change.kind}`, { defaultValue: change.kind })}: {change.detail}
                {change.touches_work &&
                  change.regions !== null &&
                  `, ${t("regionCount", { count: change.regions, number: format.number(change.regions) })}`}
              </li>
            ))}
          {preview.changes.length > SHOWN && <li>{t("verdict.more", { count: preview.changes.length - SHOWN })}</li>}
        </ul>
      </div>
    </div>
  );
}
