import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Skeleton } from "@/ui";
import { Card } from "./Card";
import { keepScroll, keptScroll } from "./keptScroll";
import { keyOf } from "./selection";
import type { RegionRow } from "./useRegions";

const NARROWEST = 132; // px a card
const GAP = 10; // px
const TEXT = 48; // px under the picture, with the gap to the next row
const SIDES = 40; // px, both gutters
const AHEAD = 4; // rows before the end at which the next page is asked for

export interface GridProps {
  /** What the list shows, for where it was left. */
  address: string;
  rows: RegionRow[];
  /** More follow. */
  more: boolean;
  loading: boolean;
  onMore: () => void;
  classes: Map<number, Schemas["Class"]>;
  some: boolean;
  isSelected: (row: RegionRow) => boolean;
  onClick: (row: RegionRow, index: number, event: MouseEvent) => void;
  onOpen: (row: RegionRow) => void;
  onToggle: (row: RegionRow, index: number) => void;
  onRange: (index: number) => void;
}

/** Crops in rows; only those in sight are there. One tab stop, arrows walk. */
export function Grid(props: GridProps) {
  const { t } = useTranslation("regions");
  const { address, rows, more, loading, onMore } = props;
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
  const lines = Math.ceil(rows.length / columns);
  const virtualizer = useVirtualizer({
    count: lines + (more ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => Math.round(card) + TEXT,
    paddingStart: 12,
    paddingEnd: 84,
    overscan: 3,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes follow the width of a card
  useEffect(() => virtualizer.measure(), [card, virtualizer]);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !loading && last >= lines - AHEAD) onMore();
  }, [more, loading, last, lines, onMore]);
  const [cursor, setCursor] = useState(() => keptScroll(address)?.cursor ?? 0);
  useComeBack(scroller, address, rows.length, cursor);
  const keys = useGridKeys({
    ...props,
    columns,
    cursor,
    setCursor,
    scroller,
    show: (line) => virtualizer.scrollToIndex(line),
  });
  return (
    <div
      ref={scroller}
      className={`rg-list ${props.some ? "some" : ""}`}
      role="listbox"
      aria-multiselectable
      aria-label={t("title")}
      aria-busy={loading}
      tabIndex={-1}
      onKeyDown={keys}
    >
      <div style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => (
          <div
            key={item.key}
            className="rg-row"
            role="presentation"
            style={{ top: item.start, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
          >
            {item.index >= lines
              ? Array.from({ length: columns }, (_, at) => <Waiting key={at} />)
              : rows
                  .slice(item.index * columns, (item.index + 1) * columns)
                  .map((row, at) => (
                    <Card
                      key={keyOf(row)}
                      row={row}
                      index={item.index * columns + at}
                      current={item.index * columns + at === Math.min(cursor, rows.length - 1)}
                      onFocus={setCursor}
                      {...props}
                    />
                  ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function Waiting() {
  return (
    <div role="presentation">
      <div className="rg-pic">
        <Skeleton height="100%" />
      </div>
      <div className="rg-l1" />
    </div>
  );
}

/** The list stands where it was left once what was loaded then is there again. */
function useComeBack(
  scroller: React.RefObject<HTMLDivElement | null>,
  address: string,
  length: number,
  cursor: number,
): void {
  const back = useRef(keptScroll(address));
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !back.current || length === 0) return;
    element.scrollTop = back.current.top;
    if (element.scrollTop >= back.current.top - 1 || length > back.current.cursor) back.current = null;
  }, [scroller, length]);
  const latest = useRef({ address, cursor });
  latest.current = { address, cursor };
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let waiting = 0;
    const keep = () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => {
        if (!back.current)
          keepScroll(latest.current.address, { top: element.scrollTop, cursor: latest.current.cursor });
      });
    };
    element.addEventListener("scroll", keep, { passive: true });
    element.addEventListener("focusin", keep);
    return () => {
      cancelAnimationFrame(waiting);
      element.removeEventListener("scroll", keep);
      element.removeEventListener("focusin", keep);
    };
  }, [scroller]);
}

type KeysOptions = GridProps & {
  columns: number;
  cursor: number;
  setCursor: (index: number) => void;
  scroller: React.RefObject<HTMLDivElement | null>;
  show: (line: number) => void;
};

/** Arrows walk, Space chooses, Shift and Space a range, Enter opens. */
function useGridKeys({ rows, columns, setCursor, scroller, show, ...does }: KeysOptions) {
  function go(index: number) {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setCursor(next);
    show(Math.floor(next / columns));
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  }
  return function onKeyDown(event: KeyboardEvent) {
    const from = (event.target as HTMLElement).closest<HTMLElement>("[data-index]");
    if (!from || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = Number(from.dataset.index);
    const steps: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      PageDown: columns * 4,
      PageUp: -columns * 4,
      Home: -rows.length,
      End: rows.length,
    };
    const row = rows[at];
    if (event.key in steps) go(at + steps[event.key]!);
    else if (event.key === "Enter" && row) does.onOpen(row);
    else if (event.key === " " && event.shiftKey) does.onRange(at);
    else if (event.key === " " && row) does.onToggle(row, at);
    else return;
    event.preventDefault();
  };
}
