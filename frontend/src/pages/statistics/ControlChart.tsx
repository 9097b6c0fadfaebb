import { useElementSize } from "@mantine/hooks";
import type { Schemas } from "@/api/types";

type Chart = Schemas["ControlChart"];
const UNMEASURED = 640; // px wide until its place is known
const HEIGHT = 170;
const LEFT = 44;
const BOTTOM = 20;
const A_LABEL = 110; // px of width for each date

interface ControlChartProps {
  chart: Chart;
  label: string;
  /** The top of the scale, where it is known. */
  top?: number;
  formatValue: (value: number) => string;
  formatDate: (at: string) => string;
}

/** Grey dots: ten answers each. The line smooths them; it should stay in the band. Red: it has not. */
export function ControlChart({ chart, label, top, formatValue, formatDate }: ControlChartProps) {
  const { ref, width: place } = useElementSize();
  const width = place || UNMEASURED;
  const { points } = chart;
  const highest = top ?? Math.max(...points.map((one) => Math.max(one.value, one.high))) * 1.05;
  const x = (at: number) => LEFT + ((at + 0.5) * (width - LEFT - 8)) / points.length;
  const y = (value: number) => 8 + (HEIGHT - BOTTOM - 8) * (1 - Math.min(value, highest) / highest);
  const band = [
    ...points.map((one, at) => `${x(at)},${y(one.high)}`),
    ...points.map((one, at) => `${x(at)},${y(one.low)}`).reverse(),
  ];
  const every = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor(width / A_LABEL))));
  return (
    <div ref={ref} style={{ position: "relative", height: HEIGHT, overflow: "hidden" }}>
      <svg width={width} height={HEIGHT} role="img" aria-label={label} style={{ position: "absolute", fontSize: 11 }}>
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <path d={`M${LEFT} ${y(highest * part)}H${width}`} stroke="var(--lw-chart-grid)" />
            <text x={LEFT - 6} y={y(highest * part) + 4} textAnchor="end" fill="var(--lw-text-3)">
              {formatValue(highest * part)}
            </text>
          </g>
        ))}
        <polygon points={band.join(" ")} fill="var(--lw-chart-2)" opacity={0.35} />
        {chart.centre !== null && (
          <path d={`M${LEFT} ${y(chart.centre)}H${width}`} stroke="var(--lw-text-3)" strokeDasharray="3 3" />
        )}
        {points.map((one, at) => (
          <circle key={one.at + at} cx={x(at)} cy={y(one.value)} r={2} fill="var(--lw-text-3)" opacity={0.7} />
        ))}
        <polyline
          points={points.map((one, at) => `${x(at)},${y(one.smooth)}`).join(" ")}
          fill="none"
          stroke="var(--lw-chart-1)"
          strokeWidth={2}
          strokeLinejoin="round"
        />
        {points.map(
          (one, at) =>
            one.signal && (
              <circle key={one.at + at} cx={x(at)} cy={y(one.smooth)} r={4} fill="var(--lw-bad-fill)">
                <title>{`${formatDate(one.at)}: ${formatValue(one.smooth)}`}</title>
              </circle>
            ),
        )}
        {points.map(
          (one, at) =>
            at % every === 0 && (
              <text key={one.at + at} x={x(at)} y={HEIGHT - 5} textAnchor="middle" fill="var(--lw-text-3)">
                {formatDate(one.at)}
              </text>
            ),
        )}
      </svg>
    </div>
  );
}
