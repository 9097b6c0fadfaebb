import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";

interface SegProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: ReactNode; name?: string }[];
  onChange: (value: T) => void;
}

/** A segmented control for up to five options: a radio group with a roving tab stop. */
export function Seg<T extends string>({ label, value, options, onChange }: SegProps<T>) {
  const group = useRef<HTMLDivElement>(null);
  const id = useId();
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = options.findIndex((option) => option.value === value);
    const next = options[(at + step + options.length) % options.length]!;
    onChange(next.value);
    group.current?.querySelector<HTMLElement>(`[data-value="${CSS.escape(next.value)}"]`)?.focus();
  }
  return (
    <div className="seg" role="radiogroup" aria-label={label} ref={group} onKeyDown={onKeyDown}>
      {options.map((option) => (
        // biome-ignore lint/a11y/useSemanticElements: a native radio cannot hold an icon as its face
        <button
          key={option.value}
          id={`${id}-${option.value}`}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          aria-label={option.name}
          title={option.name}
          data-value={option.value}
          tabIndex={option.value === value ? 0 : -1}
          className={option.value === value ? "on" : ""}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
