import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useFormat } from "@/ui";

interface Happening {
  key: string;
  at: string;
  who: string;
  what: string;
  note: string;
}

type Translate = (key: string, values?: Record<string, unknown>) => string;

/** Everything that happened to a task, the latest first. */
export function happenings(task: Schemas["TaskOut"], t: Translate): Happening[] {
  const found: Happening[] = [{ key: "added", at: task.task.created_at, who: "", what: t("story.added"), note: "" }];
  for (const one of task.assignments) {
    const stage = t(`stageOf.${one.stage}`);
    found.push({
      key: `claim-${one.id}`,
      at: one.claimed_at,
      who: one.user?.name ?? "",
      what: t("story.claimed", { stage }),
      note: "",
    });
    if (one.submitted_at)
      found.push({
        key: `submit-${one.id}`,
        at: one.submitted_at,
        who: one.user?.name ?? "",
        what: t(`story.${one.state === "skipped" ? "skipped" : "submitted"}`, { stage }),
        note: one.reason,
      });
  }
  for (const review of task.reviews)
    found.push({
      key: `review-${review.id}`,
      at: review.created_at,
      who: review.reviewer?.name ?? "",
      what: t(`story.verdict.${review.verdict}`),
      note: review.reason,
    });
  if (task.task.finished_at)
    found.push({ key: "done", at: task.task.finished_at, who: "", what: t("story.done"), note: "" });
  return found.sort((a, b) => b.at.localeCompare(a.at));
}

export function Story({ task }: { task: Schemas["TaskOut"] }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  return (
    <section>
      <h2>{t("drawer.history")}</h2>
      <ul className="story">
        {happenings(task, t as Translate).map((one) => (
          <li key={one.key}>
            <span className="t3 nw" title={format.dateTime(one.at)} style={{ width: 96 }}>
              {format.ago(one.at)}
            </span>
            <span>
              {one.who && <span className="m">{one.who} </span>}
              {one.what}
              {one.note && <span className="t2">: {one.note}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
