import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { type CsvRows, useFormat } from "@/ui";
import { Part } from "./parts";

type SpreadOut = Schemas["Spread"];
type Bin = Schemas["Bin"];

/** How many regions an image has, how large they are and where they lie. */
export function Spread({ spread }: { spread: SpreadOut }) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  if (spread.images === 0) return null;
  return (
    <div className="stat-three">
      <Part
        title={t("spread.perImage")}
        beside={t("spread.images", { count: spread.images })}
        csv={binRows(spread.per_image)}
      >
        <Bars
          bins={spread.per_image}
          label={t("spread.perImage")}
          name={({ low, high }) => (high === null ? `${low}+` : String(low))}
        />
      </Part>
      <Part
        title={t("spread.sides")}
        beside={t("spread.regions", { count: spread.regions })}
        csv={binRows(spread.sides)}
      >
        <Bars
          bins={spread.sides}
          label={t("spread.sides")}
          name={({ low, high }) => (high === null ? `${format.number(low)}+` : format.number(low))}
        />
      </Part>
      <Part title={t("spread.places")} beside={t("spread.regions", { count: spread.regions })} csv={spread.places}>
        <Places rows={spread.places} label={t("spread.places")} />
      </Part>
    </div>
  );
}

const HEIGHT = 120;

/** From `low` on and below `high`; the last has no end. */
const binRows = (bins: readonly Bin[]): CsvRows => [
  ["low", "high", "count"],
  ...bins.map(({ low, high, count }) => [low, high, count]),
];

function Bars({ bins, label, name }: { bins: Bin[]; label: string; name: (bin: Bin) => string }) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  if (bins.length === 0) return <p className="sm t2">{t("none")}</p>;
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const every = Math.ceil(bins.length / 9);
  return (
    <div
      className="stat-bars"
      role="img"
      aria-label={`${label}: ${bins.map((bin) => `${name(bin)}: ${bin.count}`).join(", ")}`}
    >
      {bins.map((bin, index) => (
        <div key={bin.low} title={`${name(bin)}: ${format.number(bin.count)}`}>
          <i style={{ height: bin.count > 0 ? Math.max(2, (bin.count / most) * HEIGHT) : 0 }} />
          <span>{index % every === 0 || index === bins.length - 1 ? name(bin) : ""}</span>
        </div>
      ))}
    </div>
  );
}

function Places({ rows, label }: { rows: number[][]; label: string }) {
  const most = Math.max(1, ...rows.flat());
  const size = rows.length;
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      className="stat-places"
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      {rows.flatMap((row, y) =>
        row.map((count, x) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
          <rect key={`${x}-${y}`} x={x} y={y} width={1} height={1} fill="var(--lw-chart-1)" fillOpacity={count / most}>
            <title>{String(count)}</title>
          </rect>
        )),
      )}
    </svg>
  );
}
