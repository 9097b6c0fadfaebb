import { useTranslation } from "react-i18next";
import { useFormat } from "@/ui";
import type { Statistics } from ".";
import { Seconds } from "./parts";

const HOUR = 3_600_000; // ms

/** What it took altogether. */
export function Sums({ found }: { found: Statistics }) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  const { costs, spread } = found;
  const hours = (ms: number) => t("hours", { hours: format.number(ms / HOUR, ms < 10 * HOUR ? 1 : 0) });
  const money = (value: number | null) => (value === null ? t("none") : `${format.number(value, 2)} ${costs.currency}`);
  const known = costs.annotate !== null || costs.review !== null;
  return (
    <dl className="stat-sums">
      <div>
        <dt>{t("sums.submitted")}</dt>
        <dd>{format.number(found.submitted)}</dd>
      </div>
      <div>
        <dt>{t("sums.annotate")}</dt>
        <dd>{hours(found.annotate_ms)}</dd>
        <dd className="sm t2">
          <Seconds ms={found.submitted > 0 ? found.annotate_ms / found.submitted : null} /> {t("sums.perTask")}
        </dd>
      </div>
      <div>
        <dt>{t("sums.review")}</dt>
        <dd>{hours(found.review_ms)}</dd>
      </div>
      <div>
        <dt>{t("sums.empty")}</dt>
        <dd>{spread.images > 0 ? format.percent(spread.empty / spread.images) : t("none")}</dd>
        <dd className="sm t2">{t("sums.ofNewest", { count: spread.images })}</dd>
      </div>
      <div>
        <dt>{t("sums.cost")}</dt>
        <dd>{known ? money((costs.annotate ?? 0) + (costs.review ?? 0)) : t("none")}</dd>
        <dd className="sm t2">
          {known ? t("sums.costPerTask", { cost: money(costs.per_task) }) : t("sums.costUnknown")}
        </dd>
      </div>
    </dl>
  );
}
