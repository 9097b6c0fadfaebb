import { useElementSize } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/ui";
import type { Training } from "./Trainings";

const HEIGHT = 200; // px
const LEFT = 44;
const BELOW = 26;

/** One dot a training, by the number of its version; the line joins the best of each version. */
export function MetricChart({ runs, metric }: { runs: Training[]; metric: string }) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const { ref, width: measured } = useElementSize();
  const width = measured || 640;
  const measuredRuns = runs.filter((run) => metric in run.metrics);
  const numbers = [...new Set(measuredRuns.map((run) => run.version_number))].sort((a, b) => a - b);
  const values = measuredRuns.map((run) => run.metrics[metric]!);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low || Math.abs(high) || 1) * 0.15;
  const x = (number: number) =>
    LEFT + ((numbers.indexOf(number) + 0.5) / Math.max(1, numbers.length)) * (width - LEFT - 12);
  const y = (value: number) => 8 + ((high + room - value) / (high - low + 2 * room)) * (HEIGHT - BELOW - 8);
  const best = numbers.map((number) => {
    const found = measuredRuns.filter((run) => run.version_number === number).map((run) => run.metrics[metric]!);
    return `${x(number)},${y(Math.max(...found))}`;
  });
  const ticks = [...new Set([low, (low + high) / 2, high])];
  return (
    <div ref={ref}>
      <svg width={width} height={HEIGHT} role="img" aria-label={t("chartOf", { metric })}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} stroke="var(--lw-line)" />
            <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" fontSize={11} fill="var(--lw-text-2)">
              {format.number(tick, 3)}
            </text>
          </g>
        ))}
        <polyline points={best.join(" ")} fill="none" stroke="var(--lw-chart-1)" strokeWidth={1.5} />
        {measuredRuns.map((run) => (
          <circle key={run.id} cx={x(run.version_number)} cy={y(run.metrics[metric]!)} r={4} fill="var(--lw-chart-1)">
            <title>{`${run.model}: ${format.number(run.metrics[metric]!, 4)}`}</title>
          </circle>
        ))}
        {numbers.map((number) => (
          <text key={number} x={x(number)} y={HEIGHT - 6} textAnchor="middle" fontSize={11} fill="var(--lw-text-2)">
            {t("numbered", { number })}
          </text>
        ))}
      </svg>
    </div>
  );
}
