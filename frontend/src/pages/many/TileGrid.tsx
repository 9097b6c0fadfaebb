import { type KeyboardEvent, type MouseEvent, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AttributeValue } from "@/engine/types";
import { Icon } from "@/ui";
import { columnsFor, type Sheet, type Tile } from "./tiles";

const GAP = 8; // px
const FOOT = 22; // px under a picture
const LEAST = 96; // px a tile; below it the page scrolls
const THUMB = 320; // px that thumbnails have at most

interface TileGridProps {
  sheet: Sheet;
  onToggle: (place: number) => void;
  onRange: (place: number) => void;
  onCursor: (place: number) => void;
  onEnlarge: (place: number) => void;
}

/** The pictures in as few, as large tiles as the window has room for. One tab stop, arrows walk, Space chooses. */
export function TileGrid({ sheet, onToggle, onRange, onCursor, onEnlarge }: TileGridProps) {
  const { t } = useTranslation("many");
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 1000, height: 760 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setRoom({ width: element.clientWidth - 32, height: element.clientHeight - 32 });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const columns = columnsFor(sheet.tiles.length, room.width, room.height, GAP, FOOT, LEAST);
  const rows = Math.ceil(sheet.tiles.length / columns);
  const wide = (room.width - GAP * (columns - 1)) / columns;
  const side = Math.max(LEAST, Math.min(wide, (room.height - GAP * (rows - 1)) / rows - FOOT));
  const first = sheet.tiles[0]?.assignment;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins at its first tile
  useLayoutEffect(() => box.current?.querySelector<HTMLElement>('[data-place="0"]')?.focus(), [first]);

  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    const step = steps[event.key];
    if (step !== undefined) {
      const to = sheet.cursor + step;
      if (to < 0 || to >= sheet.tiles.length) return event.preventDefault();
      if (event.shiftKey) onRange(to);
      else onCursor(to);
      box.current?.querySelector<HTMLElement>(`[data-place="${to}"]`)?.focus();
    } else if (event.key === " ") onToggle(sheet.cursor);
    else return;
    event.preventDefault();
  }
  function onClick(event: MouseEvent, place: number) {
    if (event.shiftKey) onRange(place);
    else onToggle(place);
  }
  return (
    <div
      ref={box}
      className="mn-grid"
      role="listbox"
      tabIndex={-1}
      aria-multiselectable
      aria-label={t("pictures")}
      onKeyDown={onKeyDown}
      style={{ gridTemplateColumns: `repeat(${columns}, ${Math.floor(side)}px)` }}
    >
      {sheet.tiles.map((tile, place) => (
        <TileCard
          key={tile.assignment}
          tile={tile}
          place={place}
          side={Math.floor(side)}
          chosen={sheet.chosen.has(tile.assignment)}
          current={place === sheet.cursor}
          onClick={(event) => onClick(event, place)}
          onFocus={() => place !== sheet.cursor && onCursor(place)}
          onEnlarge={() => onEnlarge(place)}
        />
      ))}
    </div>
  );
}

interface TileCardProps {
  tile: Tile;
  place: number;
  side: number;
  chosen: boolean;
  current: boolean;
  onClick: (event: MouseEvent) => void;
  onFocus: () => void;
  onEnlarge: () => void;
}

function TileCard({ tile, place, side, chosen, current, onClick, onFocus, onEnlarge }: TileCardProps) {
  const { t } = useTranslation("many");
  const words = useAnswerWords();
  const said = Object.values(tile.answers).map(words).filter(Boolean).join(" · ");
  const large = side * (globalThis.devicePixelRatio ?? 1) > THUMB * 1.25;
  const label = t("tile", { number: tile.task.number, name: tile.asset.name, answer: said || t("open") });
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for all of its options
    <div
      role="option"
      aria-selected={chosen}
      aria-label={tile.problem ? `${label}. ${tile.problem.detail || t("lost")}` : label}
      tabIndex={current ? 0 : -1}
      data-place={place}
      className={`mn-tile ${chosen ? "sel" : ""} ${said ? "said" : ""}`}
      onClick={onClick}
      onFocus={onFocus}
      onDoubleClick={onEnlarge}
    >
      <div className="mn-pic" style={{ height: side }}>
        <img src={large ? tile.asset.urls.preview : tile.asset.urls.thumb} alt="" draggable={false} />
        <span className={`tick ${chosen ? "on" : ""}`} aria-hidden="true">
          <Icon name="check" size="x" />
        </span>
        {tile.problem && (
          <span className="mn-bad" title={tile.problem.detail || t("lost")}>
            <Icon name="alert" size="x" />
          </span>
        )}
      </div>
      <div className="mn-foot" aria-hidden="true">
        <span className={said ? "m el" : "t3 el"}>{said || t("open")}</span>
        <span className="t3">{tile.task.number}</span>
      </div>
    </div>
  );
}

/** An answer as people read it. */
export function useAnswerWords(): (value: AttributeValue) => string {
  const { t } = useTranslation("many");
  return (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "boolean") return t(value ? "classify:yes" : "classify:no");
    return Array.isArray(value) ? value.join(", ") : String(value);
  };
}
