import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { TASK_STATES } from "@/app/taskStates";
import { Avatar, Icon, Skeleton, StateDot, Swatch, useFormat } from "@/ui";
import type { ListProps } from "./list";
import { useListKeys } from "./list";
import type { RegionRow, TaskRow } from "./useTasks";

const NARROWEST = 200; // px a card
const GAP = 12; // px
const TEXT = 64; // px under the picture, with the gap to the next row
const SIDES = 40; // px, both gutters

/** Pictures in rows, with what is drawn on them. */
export function Gallery({ regions, ...props }: ListProps & { regions: Map<number, RegionRow[]> }) {
  const { t } = useTranslation("data");
  const { count, selectedCount, onShown } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1100);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const columns = Math.max(2, Math.floor((width - SIDES + GAP) / (NARROWEST + GAP)));
  const card = (width - SIDES - GAP * (columns - 1)) / columns;
  const virtualizer = useVirtualizer({
    count: Math.ceil(count / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => Math.round((card * 266) / 400) + TEXT,
    paddingStart: 12,
    paddingEnd: 84,
    overscan: 2,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes follow the width of a card
  useEffect(() => virtualizer.measure(), [card, virtualizer]);
  const rows = virtualizer.getVirtualItems();
  const first = (rows[0]?.index ?? 0) * columns;
  const last = Math.min(count - 1, ((rows.at(-1)?.index ?? 0) + 1) * columns - 1);
  useEffect(() => onShown(first, Math.max(first, last)), [onShown, first, last]);
  const keys = useListKeys({
    ...props,
    columns,
    scrollTo: (index) => virtualizer.scrollToIndex(Math.floor(index / columns)),
    scroller,
  });
  return (
    <div
      ref={scroller}
      className={`data-list gal-list ${selectedCount > 0 ? "some" : ""}`}
      role="listbox"
      aria-multiselectable
      aria-label={t("tasks")}
      tabIndex={-1}
      onKeyDown={keys.onKeyDown}
    >
      <div style={{ height: virtualizer.getTotalSize() }}>
        {rows.map((row) => (
          <div
            key={row.key}
            className="gal-row"
            role="presentation"
            style={{ top: row.start, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
          >
            {Array.from({ length: Math.min(columns, count - row.index * columns) }, (_, at) => (
              <Card
                key={row.index * columns + at}
                index={row.index * columns + at}
                regions={regions}
                cursor={keys.cursor}
                {...props}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

type CardProps = ListProps & { index: number; cursor: number; regions: Map<number, RegionRow[]> };

function Card({ index, cursor, regions, ...list }: CardProps) {
  const task = list.row(index);
  if (!task)
    return (
      <div role="presentation">
        <div className="gal-pic">
          <Skeleton height="100%" />
        </div>
        <div className="gal-l1" />
      </div>
    );
  const chosen = list.isSelected(task);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for all of its options
    <div
      role="option"
      aria-selected={chosen}
      aria-setsize={list.count}
      aria-posinset={index + 1}
      tabIndex={index === cursor ? 0 : -1}
      data-index={index}
      className={`gal-card ${chosen ? "sel" : ""}`}
      onClick={(event) => list.onClick(task, index, event)}
    >
      <div className="gal-pic">
        <img src={task.asset.thumb} alt="" loading="lazy" crossOrigin="anonymous" draggable={false} />
        <Overlay regions={regions.get(task.id) ?? []} asset={task.asset} classes={list.classes} />
        <span className={`tick ${chosen ? "on" : ""}`} data-tick aria-hidden="true">
          <Icon name="check" size="x" />
        </span>
        <Badges task={task} />
      </div>
      <CardText task={task} classes={list.classes} />
    </div>
  );
}

function Badges({ task }: { task: TaskRow }) {
  const { t } = useTranslation("data");
  return (
    <span className="gal-badges">
      {task.triage_reason && (
        <span className="gal-badge warn" title={task.triage_reason}>
          <Icon name="alert" size="x" />
          {t("common:taskState.triage")}
        </span>
      )}
      {task.priority !== 0 && (
        <span className="gal-badge" title={t("priorityIs", { value: task.priority })}>
          <Icon name="flag" size="x" />
          {task.priority}
        </span>
      )}
    </span>
  );
}

function CardText({ task, classes }: { task: TaskRow; classes: Map<number, Schemas["Class"]> }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const found = task.classes.flatMap((id) => classes.get(id) ?? []);
  return (
    <>
      <div className="row g6 gal-l1">
        <StateDot color={colorOf(task.state)} />
        <span className="m">{format.number(task.number)}</span>
        <span className="t3 nw">{t(`common:taskState.${task.state}`)}</span>
        <span className="t3 el" title={task.name}>
          {task.name}
        </span>
        <span className="sp" />
        {task.annotator && <Avatar name={task.annotator.name} />}
      </div>
      <div className="gal-l2">
        {found.length === 0 && <span>{t(task.outcome ? `outcomeOf.${task.outcome}` : "noRegions")}</span>}
        {found.map((one) => (
          <span key={one.id} title={one.title || one.name}>
            <Swatch color={one.color} />
            <span className="el">{one.title || one.name}</span>
          </span>
        ))}
      </div>
    </>
  );
}

export function colorOf(state: string): string {
  return TASK_STATES.find((one) => one.state === state)?.color ?? "var(--lw-line-control)";
}

interface OverlayProps {
  regions: RegionRow[];
  asset: { width: number; height: number };
  classes: Map<number, { color: string }>;
  contain?: boolean;
}

/** Bounds of the regions in their class colours: a line on a dark halo, as on the canvas. */
export function Overlay({ regions, asset, classes, contain }: OverlayProps) {
  if (regions.length === 0) return null;
  return (
    <svg
      viewBox={`0 0 ${asset.width} ${asset.height}`}
      preserveAspectRatio={contain ? "xMidYMid meet" : "xMidYMid slice"}
      aria-hidden="true"
    >
      {regions.map((region) => {
        if (!region.bounds) return null;
        const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = region.bounds;
        const color = classes.get(region.class_id)?.color ?? "#fff";
        const round = region.shape === "ellipse";
        const box = { x: x0, y: y0, width: x1 - x0, height: y1 - y0, rx: round ? "50%" : 0 };
        return (
          <g key={region.id} fill="none" vectorEffect="non-scaling-stroke">
            <rect {...box} stroke="#000" strokeOpacity={0.55} strokeWidth={3.5} vectorEffect="non-scaling-stroke" />
            <rect
              {...box}
              fill={color}
              fillOpacity={0.1}
              stroke={color}
              strokeWidth={1.5}
              vectorEffect="non-scaling-stroke"
            />
          </g>
        );
      })}
    </svg>
  );
}
