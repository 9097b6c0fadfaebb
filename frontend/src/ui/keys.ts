import { useEffect, useRef } from "react";

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** The chord of an event as buttons spell it: "Ctrl Enter", "N", "?". */
export function chordOf(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  const printable = event.key.length === 1;
  if (event.shiftKey && (!printable || /[a-z]/i.test(event.key))) parts.push("Shift");
  parts.push(event.key === " " ? "Space" : printable ? event.key.toUpperCase() : event.key);
  return parts.join(" ");
}

/** Bind a chord on ordinary pages. Keys without Ctrl wait while somebody types or a dialog is open. */
export function useKey(chord: string, run: () => void, enabled = true): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!enabled) return;
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.repeat || chordOf(event) !== chord) return;
      if (!chord.startsWith("Ctrl") && (isTyping(event.target) || document.querySelector("[aria-modal='true']")))
        return;
      event.preventDefault();
      latest.current();
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [chord, enabled]);
}

const LANDMARKS = "nav,main,header[data-landmark],aside,footer,[data-landmark]";

/** F6 walks the landmarks of the page, Shift F6 walks back. */
export function useLandmarkKeys(): void {
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.key !== "F6") return;
      const places = [...document.querySelectorAll<HTMLElement>(LANDMARKS)].filter(
        (place) => place.offsetParent !== null || place === document.body,
      );
      if (places.length === 0) return;
      event.preventDefault();
      const at = places.findLastIndex((place) => place.contains(document.activeElement));
      const next = places[(at + (event.shiftKey ? -1 : 1) + places.length) % places.length]!;
      const inside = next.querySelector<HTMLElement>(
        "a[href],button:not(:disabled),input,select,textarea,[tabindex='0']",
      );
      if (!inside) next.tabIndex = -1;
      (inside ?? next).focus();
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}
