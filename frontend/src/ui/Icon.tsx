import { drawings, type IconName } from "./drawings";

export type { IconName } from "./drawings";

interface IconProps {
  name: IconName;
  /** x 12, s 14, m 16, l 18 px. */
  size?: "x" | "s" | "m" | "l";
  className?: string;
}

/** A decorative icon: the words beside it, or the button's label, say what it means. */
export function Icon({ name, size = "m", className }: IconProps) {
  return (
    <svg
      className={["i", size === "m" ? "" : size, className].filter(Boolean).join(" ")}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      {drawings[name]}
    </svg>
  );
}

export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg className="logo" style={{ width: size, height: size }} viewBox="0 0 24 24" aria-hidden="true">
      <path
        d="M3.5 6.5l4.3 11.5L12 9l4.2 9L20.5 6.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.2"
        strokeLinejoin="round"
      />
      <g fill="currentColor">
        <rect x="1" y="4" width="5" height="5" rx=".8" />
        <rect x="18" y="4" width="5" height="5" rx=".8" />
        <rect x="9.7" y="6.7" width="4.6" height="4.6" rx=".8" />
      </g>
    </svg>
  );
}
