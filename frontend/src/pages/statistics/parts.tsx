import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { apiUrl } from "@/api/client";
import type { Schemas } from "@/api/types";
import { CsvLink, type CsvRows, IntervalDot, useFormat } from "@/ui";

type Share = Schemas["ShareStat"];

interface PartProps {
  title: string;
  beside?: ReactNode;
  /** The same as CSV: its address, or the rows where the page holds them. */
  csv?: string | CsvRows | null;
  children: ReactNode;
}

export function Part({ title, beside, csv, children }: PartProps) {
  const { t } = useTranslation("statistics");
  return (
    <section className="stat-part">
      <div className="row g6" style={{ marginBottom: 6 }}>
        <h2>{title}</h2>
        {beside && <span className="xs t3">{beside}</span>}
        <span className="sp" />
        {csv && <CsvLink of={csv} name={title} label={t("csvOf", { title })} />}
      </div>
      {children}
    </section>
  );
}

export function tableAddress(project: number, table: string, days: number | null): string {
  return apiUrl(`/projects/${project}/statistics/table`, { table, days });
}

interface ShareProps {
  share: Share;
  target?: number;
  label: string;
  width?: number;
}

/** A share with its interval; where there is none, why. */
export function ShareCell({ share, target, label, width = 110 }: ShareProps) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  if (share.value === null || share.low === null || share.high === null)
    return (
      <span className="t3" title={t(`reason.${share.reason}`, { defaultValue: share.reason ?? "" })}>
        {t("none")}
      </span>
    );
  const range = t("range", { low: format.percent(share.low), high: format.percent(share.high), count: share.n });
  return (
    <span className="row g6" title={range}>
      <IntervalDot
        value={share.value}
        low={share.low}
        high={share.high}
        target={target}
        width={width}
        label={`${label}: ${format.percent(share.value)}, ${range}`}
      />
      <span className="m">{format.percent(share.value)}</span>
      <span className="xs t3">{format.number(share.n)}</span>
    </span>
  );
}

/** None where no time was measured. */
export function Seconds({ ms }: { ms: number | null }) {
  const format = useFormat();
  if (!ms) return <>–</>;
  return <>{ms < 60_000 ? `${format.number(ms / 1000, ms < 10_000 ? 1 : 0)} s` : format.duration(ms / 1000)}</>;
}
