import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";

export interface Column<Row> {
  id: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers right, text left. */
  align?: "left" | "right";
  width?: number | string;
  sort?: { on: "asc" | "desc" | null; toggle: () => void };
}

interface DataTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string | number;
  /** Buttons that show when the row is pointed at or has focus. */
  actions?: (row: Row) => ReactNode;
  onOpen?: (row: Row) => void;
  selected?: (row: Row) => boolean;
  rowHeight?: number;
}

const VIRTUAL_FROM = 100; // rows

/** A plain table that becomes virtual beyond 100 rows; then it wants a parent of fixed height. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, actions, rowHeight = 32 } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = rows.length > VIRTUAL_FROM;
  const virtualizer = useVirtualizer({
    count: virtual ? rows.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const shown = virtual ? items.map((item) => rows[item.index]!) : rows;
  const before = virtual ? (items[0]?.start ?? 0) : 0;
  const after = virtual ? virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0) : 0;
  const width = columns.length + (actions ? 1 : 0);
  return (
    <div
      ref={scroller}
      className={virtual ? "scroll" : undefined}
      style={virtual ? { height: "100%" } : { overflowX: "auto" }}
    >
      <table className="lw-table" aria-label={props.label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} />
            ))}
            {actions && <ActionsHeader />}
          </tr>
        </thead>
        <tbody>
          <Spacer height={before} span={width} />
          {shown.map((row) => (
            <BodyRow key={props.rowKey(row)} row={row} {...props} />
          ))}
          <Spacer height={after} span={width} />
        </tbody>
      </table>
    </div>
  );
}

function Spacer({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr>
      <td colSpan={span} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

function ActionsHeader() {
  const { t } = useTranslation("common");
  return (
    <th scope="col" style={{ width: 1 }}>
      <span className="vh">{t("actions")}</span>
    </th>
  );
}

function HeaderCell<Row>({ column }: { column: Column<Row> }) {
  const { sort } = column;
  const order = sort?.on === "asc" ? "ascending" : sort?.on === "desc" ? "descending" : undefined;
  return (
    <th className={column.align === "right" ? "r" : ""} style={{ width: column.width }} aria-sort={order} scope="col">
      {sort ? (
        <button type="button" onClick={sort.toggle} className="row g4" style={{ display: "inline-flex" }}>
          {column.header}
          <span aria-hidden="true">{sort.on === "asc" ? "↑" : sort.on === "desc" ? "↓" : ""}</span>
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

function BodyRow<Row>({ row, columns, actions, onOpen, selected, rowHeight = 32 }: DataTableProps<Row> & { row: Row }) {
  return (
    <tr
      className={selected?.(row) ? "sel" : ""}
      style={{ height: rowHeight, cursor: onOpen ? "pointer" : undefined }}
      onClick={
        onOpen &&
        ((event) => {
          if (!(event.target as HTMLElement).closest("a,button,input,label")) onOpen(row);
        })
      }
    >
      {columns.map((column) => (
        <td key={column.id} className={column.align === "right" ? "r" : ""}>
          {column.cell(row)}
        </td>
      ))}
      {actions && (
        <td>
          <div className="row g4 acts">{actions(row)}</div>
        </td>
      )}
    </tr>
  );
}
