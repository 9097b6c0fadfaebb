import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Chip, type Tone } from "@/ui";
import { Html } from "./Html";

type Change = Schemas["GuidelineChange"];
const TONES: Record<Change["kind"], Tone> = { added: "ok", changed: "warn", removed: "bad" };

/** What a version says otherwise, under the headings where it stands. */
export function Changes({ changes }: { changes: readonly Change[] }) {
  const { t } = useTranslation("guidelines");
  if (changes.length === 0) return <p className="sm t2">{t("changes.none")}</p>;
  return (
    <div className="guide-changes">
      {changes.map((change, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is never reordered
        <section key={place} className={`guide-change ${change.kind}`}>
          <div className="row g6">
            <Chip small tone={TONES[change.kind]}>
              {t(`changes.kind.${change.kind}`)}
            </Chip>
            {change.section && change.section !== changes[place - 1]?.section && (
              <span className="sm m el">{change.section}</span>
            )}
          </div>
          {change.kind !== "added" && <Html small html={change.before_html} label={t("changes.before")} />}
          {change.kind !== "removed" && <Html small html={change.html} label={t("changes.after")} />}
        </section>
      ))}
    </div>
  );
}
