import { TextInput } from "@mantine/core";
import { type DragEvent, type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Chip, Icon, Kbd, Swatch, useFormat, useKey } from "@/ui";
import { indentClass, moveClass, nameOf, type SchemaBody, stepClass, type TreeRow, tree } from "./draft";
import { SHAPE_ICONS } from "./shapes";

export type Place = "before" | "after" | "into";

interface ClassTreeProps {
  body: SchemaBody;
  published: ReadonlySet<number>;
  counts: ReadonlyMap<number, number>;
  selected: number | null;
  readOnly: boolean;
  onSelect: (id: number) => void;
  onEdit: (next: SchemaBody) => void;
  onAdd: () => void;
}

/** All classes: search, open and close, reorder by mouse or with Alt and the arrows. */
export function ClassTree(props: ClassTreeProps) {
  const { t } = useTranslation("schema");
  const { body, selected, readOnly, onSelect, onEdit } = props;
  const [find, setFind] = useState("");
  const [archived, setArchived] = useState(false);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const field = useRef<HTMLInputElement>(null);
  useKey("/", () => field.current?.focus());
  useKey("N", props.onAdd, !readOnly);
  const rows = shownRows(tree(body.classes, archived), find, folded);
  const gone = body.classes.filter((one) => one.archived).length;
  const list = useRef<HTMLDivElement>(null);
  function focusRow(id: number | undefined) {
    if (id === undefined) return;
    onSelect(id);
    list.current?.querySelector<HTMLElement>(`[data-class="${id}"]`)?.focus();
  }
  function fold(id: number, on: boolean) {
    const next = new Set(folded);
    if (on) next.add(id);
    else next.delete(id);
    setFolded(next);
  }
  function onKeyDown(event: KeyboardEvent) {
    const at = rows.findIndex((row) => row.found.id === selected);
    const row = rows[at];
    if (!row) return;
    const { id } = row.found;
    if (event.altKey && !readOnly) {
      if (event.key === "ArrowUp" || event.key === "ArrowDown")
        onEdit(stepClass(body, id, event.key === "ArrowUp" ? -1 : 1));
      else if (event.key === "ArrowLeft" || event.key === "ArrowRight")
        onEdit(indentClass(body, id, event.key === "ArrowLeft" ? -1 : 1));
      else return;
      requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-class="${id}"]`)?.focus());
    } else if (event.key === "ArrowDown") focusRow(rows[at + 1]?.found.id);
    else if (event.key === "ArrowUp") focusRow(rows[at - 1]?.found.id);
    else if (event.key === "ArrowLeft") fold(id, true);
    else if (event.key === "ArrowRight") fold(id, false);
    else if (event.key === "Home") focusRow(rows[0]?.found.id);
    else if (event.key === "End") focusRow(rows.at(-1)?.found.id);
    else return;
    event.preventDefault();
  }
  return (
    <>
      <div className="schema-head">
        <TextInput
          ref={field}
          style={{ flex: 1 }}
          type="search"
          aria-label={t("find")}
          placeholder={t("find")}
          leftSection={<Icon name="search" size="s" />}
          rightSection={find ? undefined : <Kbd>/</Kbd>}
          value={find}
          onChange={(event) => setFind(event.currentTarget.value)}
        />
        {!readOnly && (
          <Button icon="plus" keys="N" onClick={props.onAdd}>
            {t("class")}
          </Button>
        )}
      </div>
      <div className="row xs t3" style={{ padding: "8px 12px 2px 24px", flex: "none" }}>
        <span>{t("class")}</span>
        <span className="sp" />
        <span>{t("regions")}</span>
        <span style={{ width: 20 }} className="r">
          {t("key")}
        </span>
      </div>
      <div ref={list} className="schema-tree" role="tree" aria-label={t("classes")} tabIndex={-1} onKeyDown={onKeyDown}>
        {rows.map((row, index) => (
          <Row
            key={row.found.id}
            row={row}
            first={index === 0}
            folded={folded.has(row.found.id)}
            onFold={(on) => fold(row.found.id, on)}
            {...props}
          />
        ))}
        {rows.length === 0 && (
          <p className="sm t2" style={{ padding: 16 }}>
            {t(find ? "findNothing" : "noClasses")}
          </p>
        )}
        {gone > 0 && (
          <Button kind="quiet" size="s" style={{ margin: "8px 16px" }} onClick={() => setArchived(!archived)}>
            {t(archived ? "hideArchived" : "showArchived", { count: gone })}
          </Button>
        )}
      </div>
    </>
  );
}

/** What a search and closed branches leave. A search shows hits with everything above them. */
function shownRows(rows: TreeRow[], find: string, folded: ReadonlySet<number>): TreeRow[] {
  const wanted = find.trim().toLowerCase();
  if (wanted) {
    const byId = new Map(rows.map((row) => [row.found.id, row.found]));
    const keep = new Set<number>();
    for (const { found } of rows) {
      const words = [found.name, found.title ?? "", found.code ?? "", ...(found.aliases ?? [])];
      if (!words.some((word) => word.toLowerCase().includes(wanted))) continue;
      for (let at: typeof found | undefined = found; at && !keep.has(at.id); at = byId.get(at.parent ?? -1))
        keep.add(at.id);
    }
    return rows.filter((row) => keep.has(row.found.id));
  }
  let hiddenBelow = Number.POSITIVE_INFINITY;
  return rows.filter((row) => {
    if (row.level > hiddenBelow) return false;
    hiddenBelow = folded.has(row.found.id) ? row.level : Number.POSITIVE_INFINITY;
    return true;
  });
}

type RowProps = ClassTreeProps & { row: TreeRow; first: boolean; folded: boolean; onFold: (on: boolean) => void };

function Row({ row, first, folded, onFold, ...props }: RowProps) {
  const { t } = useTranslation("schema");
  const format = useFormat();
  const { found, level, children } = row;
  const [place, setPlace] = useState<Place | null>(null);
  const chosen = props.selected === found.id;
  const attributes = (found.attributes ?? []).filter((one) => !one.archived).length;
  function over(event: DragEvent<HTMLDivElement>) {
    if (props.readOnly || !event.dataTransfer.types.includes(DRAGGED)) return;
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientY - box.top) / box.height;
    setPlace(share < 0.3 ? "before" : share > 0.7 ? "after" : "into");
  }
  function drop(event: DragEvent) {
    event.preventDefault();
    const next = place && moveClass(props.body, Number(event.dataTransfer.getData(DRAGGED)), place, found.id);
    setPlace(null);
    if (next) props.onEdit(next);
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys for all of its rows
    <div
      role="treeitem"
      aria-level={level}
      aria-selected={chosen}
      aria-expanded={children > 0 ? !folded : undefined}
      tabIndex={chosen || (first && props.selected === null) ? 0 : -1}
      data-class={found.id}
      className={`li schema-tr ${chosen ? "on" : ""} ${found.archived ? "gone" : ""} ${place ?? ""}`}
      draggable={!props.readOnly && !found.archived}
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, String(found.id))}
      onDragOver={over}
      onDragLeave={() => setPlace(null)}
      onDrop={drop}
      onClick={() => props.onSelect(found.id)}
    >
      <span className="grip" aria-hidden="true">
        {!props.readOnly && <Icon name="grip" size="x" />}
      </span>
      <span style={{ width: (level - 1) * 16, flex: "none" }} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows do the same */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: arrows do the same */}
      <span
        className="row t3"
        style={{ width: 12, visibility: children > 0 ? "visible" : "hidden" }}
        onClick={(event) => {
          event.stopPropagation();
          onFold(!folded);
        }}
      >
        <Icon name={folded ? "chevron-right" : "chevron-down"} size="x" />
      </span>
      <Swatch color={found.color} />
      <span className="m el">{nameOf(found)}</span>
      <span className="row g4 t3">
        {found.shapes.slice(0, 3).map((shape) => (
          <span key={shape} title={t(`shape.${shape}`)} className="row">
            <Icon name={SHAPE_ICONS[shape] ?? "box"} size="s" />
          </span>
        ))}
      </span>
      <span className="sp" />
      {!props.published.has(found.id) && (
        <Chip tone="ok" small>
          {t("new")}
        </Chip>
      )}
      {found.archived && <Chip small>{t("archived")}</Chip>}
      {attributes > 0 && <span className="xs t3 nw schema-wide">{t("attributeCount", { count: attributes })}</span>}
      <span className="xs t3 r nw" style={{ minWidth: 34 }}>
        {props.counts.has(found.id) ? format.number(props.counts.get(found.id) ?? 0) : ""}
      </span>
      <span style={{ width: 18, flex: "none" }}>{found.key && <Kbd>{found.key}</Kbd>}</span>
    </div>
  );
}

const DRAGGED = "application/x-labelwright-class";
