import { Icon } from "./Icon";

export type CsvRows = readonly (readonly (string | number | null)[])[];

/** A cell that a spreadsheet would take for a formula begins with an apostrophe. */
const RISKY = /^[=+\-@\t\r]/;

function cellOf(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  return `"${(RISKY.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
}

/** Rows that a page holds, as the address of a CSV file. */
export function csvAddress(rows: CsvRows): string {
  const text = rows.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
  return `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`;
}

/** The figures behind a chart. */
export function CsvLink({ rows, name, label }: { rows: CsvRows; name: string; label: string }) {
  return (
    <a className="btn q s" href={csvAddress(rows)} download={`${name}.csv`} aria-label={label}>
      <Icon name="download" size="s" />
      CSV
    </a>
  );
}
