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

interface CsvLinkProps {
  /** The server's address of the file, which names it, or rows that the page holds. */
  of: string | CsvRows;
  /** What a file of the page's rows is called. */
  name: string;
  label: string;
}

/** The figures behind a chart or a table. */
export function CsvLink({ of, name, label }: CsvLinkProps) {
  const served = typeof of === "string";
  return (
    <a
      className="btn q s"
      href={served ? of : csvAddress(of)}
      download={served ? true : `${name}.csv`}
      aria-label={label}
    >
      <Icon name="download" size="s" />
      CSV
    </a>
  );
}
