import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useFormat } from "@/ui";

const SIDE = 200; // px
const EDGE = 36; // px for the scales

interface CalibrationProps {
  bins: Schemas["CalibrationBin"][];
  threshold: number | null;
  label: string;
}

/** Of regions with about this score so many were right, with the interval; on the diagonal a score means what it says. */
export function Calibration({ bins, threshold, label }: CalibrationProps) {
  const { t } = useTranslation("automatic");
  const format = useFormat();
  const x = (share: number) => EDGE + share * (SIDE - EDGE - 6);
  const y = (share: number) => 6 + (1 - share) * (SIDE - EDGE - 6);
  const told = bins
    .filter((one) => one.right.value !== null)
    .map((one) => `${format.number(one.score, 2)}: ${format.percent(one.right.value ?? 0)} (${one.right.n})`);
  return (
    <svg width={SIDE} height={SIDE} role="img" aria-label={`${label}. ${told.join("; ")}`} style={{ fontSize: 10 }}>
      {[0, 0.5, 1].map((share) => (
        <g key={share} fill="var(--lw-text-3)">
          <path d={`M${x(0)} ${y(share)}H${x(1)}M${x(share)} ${y(0)}V${y(1)}`} stroke="var(--lw-chart-grid)" />
          <text x={x(0) - 4} y={y(share) + 4} textAnchor="end">
            {format.percent(share)}
          </text>
          <text x={x(share)} y={SIDE - EDGE + 18} textAnchor={share === 1 ? "end" : "middle"}>
            {format.number(share, 1)}
          </text>
        </g>
      ))}
      <g fill="var(--lw-text-2)">
        <text x={x(0) + 5} y={y(1) + 11}>
          {t("axisRight")}
        </text>
        <text x={x(0.5)} y={SIDE - 4} textAnchor="middle">
          {t("axisScore")}
        </text>
      </g>
      <path d={`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} stroke="var(--lw-text-3)" strokeDasharray="3 3" />
      {threshold !== null && (
        <path d={`M${x(threshold)} ${y(0)}V${y(1)}`} stroke="var(--lw-accent)" strokeWidth={1.5} />
      )}
      {bins.map(
        (one) =>
          one.right.value !== null && (
            <g key={one.low}>
              <path
                d={`M${x(one.score)} ${y(one.right.low ?? 0)}V${y(one.right.high ?? 1)}`}
                stroke="var(--lw-chart-2)"
                strokeWidth={3}
              />
              <circle cx={x(one.score)} cy={y(one.right.value)} r={3.5} fill="var(--lw-chart-1)" />
            </g>
          ),
      )}
    </svg>
  );
}
