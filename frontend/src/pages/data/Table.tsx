import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Avatar, Icon, Skeleton, StateDot, Swatch, useFormat } from "@/ui";
import { type Column, type Sort, USUAL_COLUMNS } from "./filters";
import { colorOf } from "./Gallery";
import { type ListProps, useListKeys } from "./list";
import { useBecause } from "./useBecause";
import type { TaskRow } from "./useTasks";

const ROW = 34; // px
const HEAD = 28; // px
const WIDTHS: Record<Column, string> = {
  number: "72px",
  name: "minmax(120px, 1.6fr)",
  state: "104px",
  regions: "66px",
  classes: "minmax(170px, 2fr)",
  annotator: "minmax(84px, 1fr)",
  group: "84px",
  priority: "66px",
  changed: "84px",
  why: "minmax(120px, 1.4fr)",
};

const NAMES = 3; // classes named in a row; the others are counted
const FEW_NAMES = 2;
const WIDE = "(min-width: 1200px)";
/** Mostly empty: in a small window they stand there only for who chose them. */
const SPARE: readonly Column[] = ["group", "priority"];

type TableProps = ListProps & { sort: Sort; onSort: (sort: Sort) => void; columns: readonly Column[] };

const HEADS: { id: Column; up?: Sort; down?: Sort; right?: boolean }[] = [
  { id: "number", up: "number", down: "-number", right: true },
  { id: "name", up: "name", down: "-name" },
  { id: "state", up: "state" },
  { id: "regions", up: "-regions", down: "regions", right: true },
  { id: "classes" },
  { id: "annotator" },
  { id: "group" },
  { id: "priority", down: "priority", right: true },
  { id: "changed", up: "-updated", down: "updated", right: true },
  { id: "why" },
];

/** The same tasks as lines; any number of them. */
export function TaskTable({ sort, onSort, columns, ...props }: TableProps) {
  const { t } = useTranslation("data");
  const wide = useMediaQuery(WIDE, true, { getInitialValueInEffect: false });
  const shown = columns.length > 0 ? columns : USUAL_COLUMNS.filter((name) => wide || !SPARE.includes(name));
  const heads = shown.flatMap((name) => HEADS.find(({ id }) => id === name) ?? []);
  const { count, onShown } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    paddingEnd: 84,
    scrollPaddingStart: HEAD,
    overscan: 10,
  });
  const rows = virtualizer.getVirtualItems();
  const first = rows[0]?.index ?? 0;
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => onShown(first, last), [onShown, first, last]);
  const keys = useListKeys({ ...props, columns: 1, scrollTo: (index) => virtualizer.scrollToIndex(index), scroller });
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed one by one, which a table element does not allow
    <div
      ref={scroller}
      className="data-list"
      role="grid"
      aria-multiselectable
      aria-label={t("tasks")}
      aria-rowcount={count + 1}
      tabIndex={-1}
      onKeyDown={keys.onKeyDown}
    >
      <div
        className="task-table"
        role="presentation"
        style={{ "--task-columns": shown.map((name) => WIDTHS[name]).join(" ") } as CSSProperties}
      >
        {/* biome-ignore lint/a11y/useFocusableInteractive: the head holds buttons; the rows take the focus */}
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div className="task-tr head" role="row" aria-rowindex={1}>
          <HeadCell label={t("column.chosen")} />
          <HeadCell label={t("column.picture")} />
          {heads.map(({ id, up, down, right }) => (
            <HeadCell
              key={id}
              text={t(`column.${id}`)}
              right={right}
              on={sort === up ? "ascending" : sort === down ? "descending" : undefined}
              onClick={up || down ? () => onSort((sort === up ? (down ?? up) : (up ?? down))!) : undefined}
            />
          ))}
        </div>
        <div style={{ height: virtualizer.getTotalSize(), position: "relative" }} role="presentation">
          {rows.map((row) => (
            <Line
              key={row.key}
              index={row.index}
              top={row.start}
              cursor={keys.cursor}
              shown={shown}
              names={wide ? NAMES : FEW_NAMES}
              {...props}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface HeadCellProps {
  label?: string;
  text?: string;
  right?: boolean;
  on?: "ascending" | "descending";
  onClick?: () => void;
}

function HeadCell({ label, text, right, on, onClick }: HeadCellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of a grid made of divs
    // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
    <span role="columnheader" aria-sort={on} className={right ? "r" : ""}>
      {label && <span className="vh">{label}</span>}
      {onClick ? (
        <button type="button" onClick={onClick}>
          {text} <span aria-hidden="true">{on === "ascending" ? "↑" : on === "descending" ? "↓" : ""}</span>
        </button>
      ) : (
        text
      )}
    </span>
  );
}

type LineProps = ListProps & { index: number; top: number; cursor: number; shown: readonly Column[]; names: number };

function Line({ index, top, cursor, shown, names, ...list }: LineProps) {
  const task = list.row(index);
  if (!task)
    return (
      <div className="task-tr body" role="presentation" style={{ top }}>
        <span />
        <span />
        <Skeleton width="60%" />
        <Skeleton width={`${50 + ((index * 17) % 40)}%`} />
      </div>
    );
  const chosen = list.isSelected(task);
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of a grid made of divs
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for all of its rows
    <div
      role="row"
      aria-selected={chosen}
      aria-rowindex={index + 2}
      tabIndex={index === cursor ? 0 : -1}
      data-index={index}
      className={`task-tr body ${chosen ? "sel" : ""}`}
      style={{ top }}
      onClick={(event) => list.onClick(task, index, event)}
    >
      <Cells task={task} chosen={chosen} shown={shown} names={names} {...list} />
    </div>
  );
}

type CellsProps = ListProps & { task: TaskRow; chosen: boolean; shown: readonly Column[]; names: number };

function Cells({ task, chosen, classes, shown, names }: CellsProps) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const found = task.classes.flatMap((id) => classes.get(id) ?? []);
  const because = useBecause(task, classes);
  const cells: { key: string; right?: boolean; title?: string; content: ReactNode }[] = [
    {
      key: "chosen",
      content: (
        <span className={`tick ${chosen ? "on" : ""}`} data-tick aria-hidden="true">
          <Icon name="check" size="x" />
        </span>
      ),
    },
    {
      key: "picture",
      content: <img className="task-thumb" src={task.asset.thumb} alt="" loading="lazy" crossOrigin="anonymous" />,
    },
    { key: "number", right: true, content: <span className="m">{format.number(task.number)}</span> },
    { key: "name", title: task.name, content: task.name },
    {
      key: "state",
      content: (
        <span className="row g6">
          <StateDot color={colorOf(task.state)} />
          <span className="el">{t(`common:taskState.${task.state}`)}</span>
        </span>
      ),
    },
    { key: "regions", right: true, content: format.number(task.region_count) },
    {
      key: "classes",
      title: found.map((one) => one.title || one.name).join(", "),
      content: (
        <span className="task-classes">
          {found.slice(0, names).map((one) => (
            <span key={one.id} className="row g4">
              <Swatch color={one.color} />
              <span className="el">{one.title || one.name}</span>
            </span>
          ))}
          {found.length > names && <span className="t3">+{found.length - names}</span>}
        </span>
      ),
    },
    {
      key: "annotator",
      title: task.annotator?.name,
      content: task.annotator && (
        <span className="row g6">
          <Avatar name={task.annotator.name} />
          <span className="el">{task.annotator.name}</span>
        </span>
      ),
    },
    { key: "group", title: task.asset.group, content: task.asset.group },
    { key: "priority", right: true, content: task.priority || "" },
    {
      key: "changed",
      right: true,
      title: format.dateTime(task.updated_at),
      content: <span className="t3">{format.date(task.updated_at)}</span>,
    },
    { key: "why", title: because, content: because },
  ];
  const wanted = ["chosen", "picture", ...shown].flatMap((name) => cells.find(({ key }) => key === name) ?? []);
  return wanted.map(({ key, right, title, content }) => (
    // biome-ignore lint/a11y/useSemanticElements: part of a grid made of divs
    // biome-ignore lint/a11y/useFocusableInteractive: the row takes the focus
    <span key={key} role="gridcell" className={right ? "r" : ""} title={title}>
      {content}
    </span>
  ));
}
