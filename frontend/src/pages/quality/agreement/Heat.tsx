import type { ReactNode } from "react";

export interface HeatHead {
  key: string;
  name: string;
  face?: ReactNode;
}

export interface HeatCell {
  /** What is shown, and said with `label`. */
  text: string;
  label: string;
  /** 0 to 1: how strong the cell is tinted. */
  strength: number;
  tone?: "good" | "bad";
  onOpen?: () => void;
}

interface HeatProps {
  label: string;
  corner: string;
  heads: HeatHead[];
  cell: (row: HeatHead, column: HeatHead) => HeatCell | null;
}

const DEEPEST = 60; // percent of the hue: text stays readable on it in light and dark

/** A square table whose cells are tinted by their value. */
export function Heat({ label, corner, heads, cell }: HeatProps) {
  return (
    <div className="heat">
      <table aria-label={label}>
        <thead>
          <tr>
            <th scope="col" className="xs">
              {corner}
            </th>
            {heads.map((head) => (
              <th key={head.key} scope="col" title={head.name}>
                {head.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {heads.map((row) => (
            <tr key={row.key}>
              <th scope="row" title={row.name}>
                {row.face ?? row.name}
              </th>
              {heads.map((column) => (
                <Cell key={column.key} cell={cell(row, column)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ cell }: { cell: HeatCell | null }) {
  if (!cell) return <td className="none">·</td>;
  const hue = cell.tone === "bad" ? "var(--lw-bad-fill)" : "var(--lw-chart-2)";
  const share = Math.round(Math.min(1, Math.max(0, cell.strength)) * DEEPEST);
  const background = `color-mix(in srgb, ${hue} ${share}%, var(--lw-surface))`;
  return (
    <td style={{ background }} title={cell.label}>
      {cell.onOpen ? (
        <button type="button" aria-label={cell.label} onClick={cell.onOpen}>
          {cell.text}
        </button>
      ) : (
        <span>{cell.text}</span>
      )}
    </td>
  );
}
