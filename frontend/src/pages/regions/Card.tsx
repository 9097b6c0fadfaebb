import { useTranslation } from "react-i18next";
import { useFindingWords } from "@/app/findingWords";
import { Icon, Swatch, useFormat } from "@/ui";
import type { GridProps } from "./Grid";
import { RegionPicture } from "./RegionPicture";
import type { RegionRow } from "./useRegions";

type CardProps = GridProps & {
  row: RegionRow;
  index: number;
  /** The keys are on it. */
  current: boolean;
  onFocus: (index: number) => void;
};

/** One region: its crop, class, size, and what is to be said of it. */
export function Card({ row, index, current, classes, isSelected, onClick, onFocus }: CardProps) {
  const { t } = useTranslation("regions");
  const chosen = isSelected(row);
  const found = classes.get(row.class_id);
  const name = found?.title || found?.name || t("classGone", { id: row.class_id });
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = row.bounds ?? [];
  const size = row.bounds ? `${Math.round(x1 - x0)} × ${Math.round(y1 - y0)}` : t(`shape.${row.shape}`);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for all of its options
    <div
      role="option"
      aria-selected={chosen}
      tabIndex={current ? 0 : -1}
      data-index={index}
      className={`rg-card ${chosen ? "sel" : ""}`}
      onFocus={() => onFocus(index)}
      onClick={(event) => onClick(row, index, event)}
    >
      <div className="rg-pic">
        <RegionPicture
          crop={row.crop}
          window={row.window}
          bounds={row.bounds}
          shape={row.shape}
          color={found?.color ?? "#fff"}
        />
        <span className={`tick ${chosen ? "on" : ""}`} data-tick aria-hidden="true">
          <Icon name="check" size="x" />
        </span>
        <Badges row={row} />
      </div>
      <div className="rg-l1">
        <Swatch color={found?.color ?? "var(--lw-line-control)"} />
        <span className="m el">{name}</span>
      </div>
      <div className="rg-l2 t3 el">
        {size} · {t("task", { number: row.task_number })}
      </div>
    </div>
  );
}

function Badges({ row }: { row: RegionRow }) {
  const { t } = useTranslation("regions");
  const format = useFormat();
  const words = useFindingWords();
  const findings = row.findings.map(words.name).join(", ");
  const flags = row.flags.map((flag) => t(`flag.${flag}`)).join(", ");
  return (
    <span className="rg-badges">
      {findings && (
        <span className="rg-badge warn" title={findings}>
          <Icon name="alert" size="x" />
          {row.findings.length}
        </span>
      )}
      {flags && (
        <span className="rg-badge" title={flags}>
          <Icon name="flag" size="x" />
        </span>
      )}
      {row.score !== null && <span className="rg-badge">{format.percent(row.score)}</span>}
    </span>
  );
}
