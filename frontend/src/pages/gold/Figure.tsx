import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { IntervalDot, useFormat } from "@/ui";

interface FigureProps {
  figure: Schemas["Figure"];
  target?: number | null;
}

/** A share with its interval, and how many tests it rests on; a dash where there is none. */
export function Figure({ figure, target }: FigureProps) {
  const { t } = useTranslation("gold");
  const format = useFormat();
  if (figure.value === null || figure.low === null || figure.high === null) return <span className="t3">–</span>;
  const label = t("interval", {
    value: format.percent(figure.value),
    low: format.percent(figure.low),
    high: format.percent(figure.high),
    count: figure.n,
  });
  return (
    <span className="row g6 nw" title={label}>
      <span className="m">{format.percent(figure.value)}</span>
      <IntervalDot value={figure.value} low={figure.low} high={figure.high} target={target} label={label} />
    </span>
  );
}
