import { useElementSize } from "@mantine/hooks";

/** Small charts drawn as SVG in the shape of our design: one hue, values with their interval. */

const UNMEASURED = 640; // px wide until its place is known
const A_LABEL = 100; // px of width for each date below a chart

interface IntervalProps {
  value: number;
  low: number;
  high: number;
  target?: number | null;
  /** Of the scale; 0 to 1 unless given. */
  min?: number;
  max?: number;
  label: string;
  width?: number;
}

/** Dot: value, bar: interval, dashes: target. */
export function IntervalDot({ value, low, high, target, min = 0, max = 1, label, width = 140 }: IntervalProps) {
  const x = (at: number) => ((Math.min(max, Math.max(min, at)) - min) / (max - min)) * (width - 8) + 4;
  return (
    <svg width={width} height={20} role="img" aria-label={label} style={{ flex: "none" }}>
      <rect x={0} y={8} width={width} height={4} rx={2} fill="var(--lw-sunken)" />
      <rect x={x(low)} y={8} width={Math.max(2, x(high) - x(low))} height={4} rx={2} fill="var(--lw-chart-2)" />
      {target != null && (
        <path d={`M${x(target)} 2V18`} stroke="var(--lw-text-2)" strokeWidth={1.5} strokeDasharray="2 2" />
      )}
      <circle cx={x(value)} cy={10} r={4} fill="var(--lw-chart-1)" stroke="var(--lw-surface)" strokeWidth={1.5} />
    </svg>
  );
}

export function Sparkline({
  values,
  label,
  width = 60,
  height = 18,
}: {
  values: number[];
  label: string;
  width?: number;
  height?: number;
}) {
  if (values.length < 2) return <span className="t3">–</span>;
  const top = Math.max(...values, 1);
  const points = values.map(
    (value, index) => `${(index / (values.length - 1)) * width},${height - 2 - (value / top) * (height - 4)}`,
  );
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <polyline
        points={points.join(" ")}
        fill="none"
        stroke="var(--lw-chart-1)"
        strokeWidth={1.5}
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** A pale bar whose length is the share of `most`. */
export function BarCell({ value, most }: { value: number; most: number }) {
  return (
    <span aria-hidden="true" style={{ display: "block", height: 10 }}>
      <i
        style={{
          display: "block",
          height: "100%",
          minWidth: value > 0 ? 2 : 0,
          width: most > 0 ? `${(value / most) * 100}%` : 0,
          background: "var(--lw-chart-2)",
          borderRadius: "0 2px 2px 0",
        }}
      />
    </span>
  );
}

export interface DayValue {
  label: string;
  value: number;
}

interface DayChartProps {
  days: DayValue[];
  /** Same length as days; null where there is none yet. */
  mean?: (number | null)[];
  label: string;
  height?: number;
  formatValue: (value: number) => string;
}

/** The next "round" number at or above `value`: 1, 2, 3, 5 times a power of ten, times 3 ticks. */
export function niceTop(value: number): number {
  const step = Math.max(1, value) / 3;
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 1.5, 2, 3, 5, 10].find((candidate) => candidate * power >= step) ?? 10;
  return Math.max(3, Math.ceil(factor * power) * 3);
}

/** Bars for single days, a line for the running mean; as wide as its place, its words always of one size. */
export function DayChart({ days, mean, label, height = 220, formatValue }: DayChartProps) {
  const { ref, width: place } = useElementSize();
  const width = place || UNMEASURED;
  const left = 36;
  const bottom = 20;
  const top = niceTop(Math.max(0, ...days.map((day) => day.value)));
  const plotHeight = height - bottom - 8;
  const slot = (width - left) / Math.max(1, days.length);
  const y = (value: number) => 8 + plotHeight - (value / top) * plotHeight;
  const line = (mean ?? [])
    .map((value, index) => (value === null ? null : `${left + slot * (index + 0.5)},${y(value)}`))
    .filter((point) => point !== null);
  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor(width / A_LABEL))));
  return (
    <div ref={ref} style={{ position: "relative", height, overflow: "hidden" }}>
      <svg width={width} height={height} role="img" aria-label={label} style={{ position: "absolute", fontSize: 11 }}>
        {[0, 1, 2, 3].map((tick) => (
          <g key={tick}>
            <path d={`M${left} ${y((top * tick) / 3)}H${width}`} stroke="var(--lw-chart-grid)" />
            <text x={left - 6} y={y((top * tick) / 3) + 4} textAnchor="end" fill="var(--lw-text-3)">
              {formatValue((top * tick) / 3)}
            </text>
          </g>
        ))}
        {days.map((day, index) => (
          <rect
            key={day.label + index}
            x={left + slot * index + slot * 0.16}
            width={slot * 0.68}
            y={y(day.value)}
            height={Math.max(0, y(0) - y(day.value))}
            rx={1.5}
            fill="var(--lw-chart-2)"
          >
            <title>{`${day.label}: ${formatValue(day.value)}`}</title>
          </rect>
        ))}
        {line.length > 1 && (
          <polyline
            points={line.join(" ")}
            fill="none"
            stroke="var(--lw-chart-1)"
            strokeWidth={2}
            strokeLinejoin="round"
          />
        )}
        {days.map(
          (day, index) =>
            index % every === 0 && (
              <text
                key={day.label + index}
                x={left + slot * (index + 0.5)}
                y={height - 5}
                textAnchor="middle"
                fill="var(--lw-text-3)"
              >
                {day.label}
              </text>
            ),
        )}
      </svg>
    </div>
  );
}
