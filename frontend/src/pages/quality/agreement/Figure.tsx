import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { IntervalDot, useFormat } from "@/ui";

export type FigureOf = Schemas["AgreementFigure"];

/** A value with two decimals; a dash where there is none. */
export function useFigure() {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const decimals = (value: number) => format.number(value, 2);
  return {
    value: (figure: FigureOf) => (figure.value === null ? "–" : decimals(figure.value)),
    why: (figure: FigureOf) =>
      figure.value !== null
        ? figure.ci95
          ? t("interval", { low: decimals(figure.ci95[0]), high: decimals(figure.ci95[1]) })
          : t("noInterval")
        : t(`reason.${figure.reason}`, { defaultValue: t("reason.unknown") }),
    of: (figure: FigureOf) => t("ofTasks", { count: figure.n_items, shown: format.number(figure.n_items) }),
  };
}

interface MeasureProps {
  figure: FigureOf;
  name: React.ReactNode;
  label: string;
  onOpen?: () => void;
}

/** One line: name, value, interval, how many; it opens the differences behind it. */
export function Measure({ figure, name, label, onOpen }: MeasureProps) {
  const told = useFigure();
  const [low, high] = figure.ci95 ?? [figure.value ?? 0, figure.value ?? 0];
  const content = (
    <>
      <span className="row g6" style={{ minWidth: 0 }}>
        {name}
      </span>
      <span className="value">{told.value(figure)}</span>
      {figure.value === null ? (
        <span className="xs t3">{told.why(figure)}</span>
      ) : (
        <IntervalDot value={figure.value} low={low} high={high} label={`${label}: ${told.why(figure)}`} />
      )}
      <span className="xs t3 nw">{told.of(figure)}</span>
    </>
  );
  if (!onOpen) return <div className="measure">{content}</div>;
  return (
    <button type="button" className="measure" onClick={onOpen}>
      {content}
    </button>
  );
}
