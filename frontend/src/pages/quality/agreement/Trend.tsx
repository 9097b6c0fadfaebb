import { useElementSize } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/ui";
import type { Agreement } from ".";
import { useFigure } from "./Figure";
import { Head } from "./Lists";

const HEIGHT = 220;
const [LEFT, BOTTOM, TOP] = [34, 20, 8]; // px
const UNMEASURED = 600;
const A_LABEL = 90;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Agreement by day as a line, its interval as a band. */
export function Trend({ agreement }: { agreement: Agreement }) {
  const { t } = useTranslation("quality");
  const { ref, width: place } = useElementSize();
  const format = useFormat();
  const told = useFigure();
  const width = place || UNMEASURED;
  const days = agreement.days.filter((day) => day.agreement.value !== null);
  const slot = (width - LEFT) / Math.max(1, days.length);
  const x = (index: number) => LEFT + slot * (index + 0.5);
  const y = (value: number) => TOP + (HEIGHT - BOTTOM - TOP) * (1 - value);
  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor(width / A_LABEL))));
  const band = days.flatMap((day, index) => (day.agreement.ci95 ? [[x(index), ...day.agreement.ci95] as const] : []));
  return (
    <section>
      <Head title={t("trend.title")} table="days" />
      <div ref={ref} style={{ position: "relative", height: HEIGHT, overflow: "hidden" }}>
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={t("trend.label")}
          style={{ position: "absolute", fontSize: 11 }}
        >
          {TICKS.map((tick) => (
            <g key={tick}>
              <path d={`M${LEFT} ${y(tick)}H${width}`} stroke="var(--lw-chart-grid)" />
              <text x={LEFT - 6} y={y(tick) + 4} textAnchor="end" fill="var(--lw-text-3)">
                {format.number(tick, 2)}
              </text>
            </g>
          ))}
          {band.length > 1 && (
            <polygon
              points={[
                ...band.map(([at, low]) => `${at},${y(low)}`),
                ...band.toReversed().map(([at, , high]) => `${at},${y(high)}`),
              ].join(" ")}
              fill="var(--lw-chart-2)"
              fillOpacity={0.3}
            />
          )}
          {days.length > 1 && (
            <polyline
              points={days.map((day, index) => `${x(index)},${y(day.agreement.value ?? 0)}`).join(" ")}
              fill="none"
              stroke="var(--lw-chart-1)"
              strokeWidth={2}
              strokeLinejoin="round"
            />
          )}
          {days.map((day, index) => (
            <g key={day.day}>
              {band.length < 2 && day.agreement.ci95 && (
                <path
                  d={`M${x(index)} ${y(day.agreement.ci95[0])}V${y(day.agreement.ci95[1])}`}
                  stroke="var(--lw-chart-2)"
                  strokeWidth={4}
                  strokeLinecap="round"
                />
              )}
              <circle cx={x(index)} cy={y(day.agreement.value ?? 0)} r={3.5} fill="var(--lw-chart-1)">
                <title>{`${format.date(day.day)}: ${told.value(day.agreement)}, ${told.why(day.agreement)}`}</title>
              </circle>
              {index % every === 0 && (
                <text x={x(index)} y={HEIGHT - 5} textAnchor="middle" fill="var(--lw-text-3)">
                  {format.date(day.day)}
                </text>
              )}
            </g>
          ))}
        </svg>
      </div>
    </section>
  );
}
