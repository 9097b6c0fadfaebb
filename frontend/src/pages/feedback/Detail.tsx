import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { useClasses } from "@/app/schema";
import { Chip, Icon, type IconName, LinkButton, Seg, Swatch, useFormat } from "@/ui";
import { DISPUTE_TONES, type Feedback } from ".";
import { Decide } from "./Decide";
import { DisputeForm } from "./DisputeForm";
import { Picture, type Side } from "./Picture";

export type Change = Schemas["FeedbackChange"];

export function kindOf(change: Change): "added" | "removed" | "changed" | "marked" | "point" {
  if (!change.before && !change.after) return "point";
  if (!change.before) return "added";
  if (!change.after) return change.marks.some(({ derived }) => !derived) ? "marked" : "removed";
  return JSON.stringify(change.before) === JSON.stringify(change.after) ? "marked" : "changed";
}

const ICONS: Record<ReturnType<typeof kindOf>, IconName> = {
  added: "plus",
  removed: "minus",
  changed: "edit",
  marked: "flag",
  point: "pin",
};

/** One verdict, region by region, and what can be said against it. */
export function Detail({ feedback }: { feedback: Feedback }) {
  const { t } = useTranslation("feedback");
  const format = useFormat();
  const [side, setSide] = useState<Side>("both");
  const [place, setPlace] = useState<number | null>(null);
  const { row, changes } = feedback;
  const { review, dispute } = row;
  return (
    <div className="qu-columns fb">
      <div className="qu-main">
        <div className="row g6 sm">
          <LinkButton size="s" icon="image" to={`/tasks/${review.task}`}>
            {t("task", { number: row.task_number })}
          </LinkButton>
          <span className="t3 el">{row.task_name}</span>
          <span className="sp" />
          {feedback.settled && (
            <Seg<Side>
              label={t("shown")}
              value={side}
              onChange={setSide}
              options={(["before", "both", "after"] as const).map((value) => ({ value, label: t(value) }))}
            />
          )}
        </div>
        <Picture feedback={feedback} side={feedback.settled ? side : "before"} focus={place} />
        <div className="qu-said">
          <div className="xs t3 row g6">
            <Chip small tone={review.verdict === "fix" ? "warn" : "bad"}>
              {t(`verdict.${review.verdict}`)}
            </Chip>
            {t("by", { name: review.reviewer?.name ?? t("someone"), when: format.dateTime(review.created_at) })}
          </div>
          {review.reason && <div style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{review.reason}</div>}
        </div>
        {dispute && (
          <>
            <div className="qu-said">
              <div className="xs t3 row g6">
                <Chip small tone={DISPUTE_TONES[dispute.state]}>
                  {t(`dispute.${dispute.state}`)}
                </Chip>
                {t("dispute.said", { name: dispute.author?.name ?? t("someone") })}
              </div>
              <div style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{dispute.text}</div>
            </div>
            {dispute.state === "open" ? (
              dispute.may_decide ? (
                <Decide dispute={dispute} />
              ) : (
                <p className="sm t2">{t("dispute.waits")}</p>
              )
            ) : (
              <div className="qu-said answer">
                <div className="xs t3">
                  {t("dispute.decided", {
                    name: dispute.decided_by?.name ?? t("someone"),
                    state: t(`dispute.${dispute.state}`),
                  })}
                </div>
                <div style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{dispute.decision}</div>
                {dispute.restored && <div className="sm t2">{t("dispute.restored")}</div>}
              </div>
            )}
          </>
        )}
        {feedback.may_dispute && <DisputeForm feedback={feedback} />}
      </div>
      <aside className="qu-similar" aria-label={t("changes")}>
        <h2>{t("changes")}</h2>
        {!feedback.settled && <p className="xs t3">{t("notYet")}</p>}
        {changes.length === 0 && <p className="sm t2">{t("noChanges")}</p>}
        {changes.map((change, index) => (
          <ChangeRow
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is never reordered
            key={index}
            change={change}
            on={place === index}
            onShow={() => setPlace(place === index ? null : index)}
          />
        ))}
        {feedback.more > 0 && <p className="xs t3">{t("more", { count: feedback.more })}</p>}
      </aside>
    </div>
  );
}

function ChangeRow({ change, on, onShow }: { change: Change; on: boolean; onShow: () => void }) {
  const { t } = useTranslation(["feedback", "label"]);
  const classes = useClasses(useProject().id);
  const kind = kindOf(change);
  const name = (body: Change["before"]) => {
    const found = classes.get(Number((body as { class?: number } | null)?.class ?? -1));
    return found ? { title: found.title || found.name, color: found.color } : null;
  };
  const [was, is] = [name(change.before), name(change.after)];
  const shown = is ?? was;
  return (
    <button type="button" className={`li fb-change ${on ? "on" : ""}`} aria-pressed={on} onClick={onShow}>
      <span className={`row ${kind === "added" ? "ok" : kind === "removed" ? "bad" : "warn"}`}>
        <Icon name={ICONS[kind]} size="s" />
      </span>
      <span style={{ minWidth: 0, flex: 1 }}>
        <span className="row g4">
          {shown && <Swatch color={shown.color} />}
          <span className="m el">
            {was && is && was.title !== is.title
              ? `${was.title} → ${is.title}`
              : (shown?.title ?? (change.kind === "answer" ? change.element : t("feedback:change.point")))}
          </span>
        </span>
        <span className="xs t2">{t(`feedback:change.${kind}`)}</span>
        {change.marks.map((mark) => (
          <span key={mark.id} className="xs t2" style={{ display: "block", overflowWrap: "anywhere" }}>
            {t(`label:mark.${mark.kind}`)}
            {mark.note && `: ${mark.note}`}
          </span>
        ))}
      </span>
    </button>
  );
}
