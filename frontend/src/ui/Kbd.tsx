const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);
const MAC_NAMES: Record<string, string> = { Ctrl: "⌘", Alt: "⌥", Shift: "⇧", Enter: "↩" };

/** A chord such as "Ctrl Enter" as this platform spells it. */
export function spellChord(chord: string): string {
  if (!MAC) return chord;
  return chord
    .split(" ")
    .map((part) => MAC_NAMES[part] ?? part)
    .join("");
}

export function Kbd({ children }: { children: string }) {
  return <kbd>{spellChord(children)}</kbd>;
}
