import type { ReactNode } from "react";
import { Icon } from "./Icon";

export type Tone = "neutral" | "accent" | "ok" | "warn" | "bad" | "line";
const TONE_CLASS: Record<Tone, string> = {
  neutral: "",
  accent: "on",
  ok: "ok",
  warn: "warn",
  bad: "bad",
  line: "line",
};

interface ChipProps {
  tone?: Tone;
  children: ReactNode;
  /** 20 px high instead of 22, for cards and tables. */
  small?: boolean;
  onRemove?: () => void;
  removeLabel?: string;
}

export function Chip({ tone = "neutral", children, small, onRemove, removeLabel }: ChipProps) {
  return (
    <span className={`chip ${TONE_CLASS[tone]}`} style={small ? { height: 20, fontSize: 11 } : undefined}>
      {children}
      {onRemove && (
        <button
          type="button"
          aria-label={removeLabel}
          onClick={onRemove}
          className="row"
          style={{ minWidth: 16, height: 22, justifyContent: "center" }}
        >
          <Icon name="close" size="x" />
        </button>
      )}
    </span>
  );
}

export function Swatch({ color }: { color: string }) {
  return <i className="sw" style={{ background: color }} />;
}

export function StateDot({ color }: { color: string }) {
  return <i className="dot" style={{ background: color }} />;
}

/** Initials in a circle. `name` "annotator 12" gives A12, "Jo Maler" gives JM. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._@-]+/)
    .filter(Boolean);
  if (words.length === 0) return "?";
  const first = words[0]!.charAt(0).toUpperCase();
  const second = words[1];
  if (!second) return first;
  return /^\d+$/.test(second) ? first + second : first + second.charAt(0).toUpperCase();
}

export function Avatar({ name }: { name: string }) {
  return (
    <span className="av" title={name} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

export function AvatarStack({ names, total }: { names: string[]; total: number }) {
  const rest = total - names.length;
  return (
    <span className="avs">
      {names.map((name) => (
        <Avatar key={name} name={name} />
      ))}
      {rest > 0 && <span className="av">+{rest}</span>}
    </span>
  );
}
