import { Tooltip } from "@mantine/core";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { Link, type LinkProps } from "react-router";
import { Icon, type IconName } from "./Icon";
import { Kbd, spellChord } from "./Kbd";

export type ButtonKind = "primary" | "default" | "quiet" | "danger" | "accept" | "ok" | "warn" | "bad";
const KIND_CLASS: Record<ButtonKind, string> = {
  primary: "p",
  default: "d",
  quiet: "q",
  danger: "danger",
  accept: "accept",
  ok: "ok-b",
  warn: "warn-b",
  bad: "bad-b",
};

interface Looks {
  kind?: ButtonKind;
  size?: "s" | "m" | "l";
  icon?: IconName;
  /** A chord, e.g. "Ctrl Enter", shown in the button. Binding it is the caller's business (useKey). */
  keys?: string;
  /** Pressed or current. */
  on?: boolean;
}

function looks({ kind = "default", size = "m", on }: Looks, extra?: string): string {
  return ["btn", KIND_CLASS[kind], size === "m" ? "" : size, on ? "on" : "", extra].filter(Boolean).join(" ");
}

export interface ButtonProps extends Looks, ButtonHTMLAttributes<HTMLButtonElement> {
  /** While true the button is disabled and keeps its words. */
  busy?: boolean;
  after?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  kind,
  size,
  icon,
  keys,
  on,
  busy,
  after,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={looks({ kind, size, on }, className)}
    >
      {icon && <Icon name={icon} size="s" />}
      {children}
      {keys && <Kbd>{keys}</Kbd>}
      {after}
    </button>
  );
}

export function LinkButton({ kind, size, icon, keys, on, className, children, ...rest }: Looks & LinkProps) {
  return (
    <Link {...rest} className={looks({ kind, size, on }, className)}>
      {icon && <Icon name={icon} size="s" />}
      {children as ReactNode}
      {keys && <Kbd>{keys}</Kbd>}
    </Link>
  );
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "aria-label"> {
  icon: IconName;
  /** Says what it does; also its tooltip. */
  label: string;
  keys?: string;
  size?: "s" | "m";
  on?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ icon, label, keys, size = "m", on, className, ...rest }: IconButtonProps) {
  const name = keys ? `${label} (${spellChord(keys)})` : label;
  return (
    <Tooltip label={<TooltipLabel text={label} keys={keys} />}>
      <button
        type="button"
        {...rest}
        aria-label={name}
        aria-pressed={on === undefined ? undefined : on}
        className={["btn ic", size === "s" ? "s" : "", on ? "on" : "", className].filter(Boolean).join(" ")}
      >
        <Icon name={icon} size={size === "s" ? "s" : "m"} />
      </button>
    </Tooltip>
  );
}

export function TooltipLabel({ text, keys }: { text: string; keys?: string }) {
  return (
    <span className="row g6">
      {text}
      {keys && <Kbd>{keys}</Kbd>}
    </span>
  );
}
