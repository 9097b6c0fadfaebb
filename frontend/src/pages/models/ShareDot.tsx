import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { IntervalDot, useFormat } from "@/ui";

/** A share with its interval; a dash where it is one of nothing. */
export function ShareDot({ share, name }: { share: Schemas["ShareOf"]; name: string }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const { value, low, high, n } = share;
  if (value === null || low === null || high === null) return <span className="t3">–</span>;
  const label = t("use.share", { low: format.percent(low), high: format.percent(high), count: n });
  return (
    <span className="row g6" title={label}>
      <IntervalDot value={value} low={low} high={high} width={90} label={`${name}, ${label}`} />
      <span className="num">{format.percent(value)}</span>
    </span>
  );
}
