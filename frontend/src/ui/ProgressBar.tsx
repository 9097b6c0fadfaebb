interface ProgressBarProps {
  /** 0 to 1; null while the total is unknown. */
  value: number | null;
  label: string;
  height?: number;
  tone?: "accent" | "ok" | "bad";
}

const FILL = { accent: "var(--lw-accent)", ok: "var(--lw-ok-fill)", bad: "var(--lw-bad-fill)" };

export function ProgressBar({ value, label, height = 4, tone = "accent" }: ProgressBarProps) {
  const percent = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className="bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      style={{ height }}
    >
      <i style={{ width: `${percent ?? 8}%`, background: FILL[tone] }} />
    </div>
  );
}

/** Parts of a whole in one bar; the words beside it say the same. */
export function StackedBar({
  parts,
  label,
  height = 6,
}: {
  parts: { key: string; value: number; color: string }[];
  label: string;
  height?: number;
}) {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  return (
    <div className="bar" role="img" aria-label={label} style={{ height, gap: 1 }}>
      {total > 0 &&
        parts
          .filter((part) => part.value > 0)
          .map((part) => (
            <i key={part.key} style={{ width: `${(part.value / total) * 100}%`, background: part.color }} />
          ))}
    </div>
  );
}
