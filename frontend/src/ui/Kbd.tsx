const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);
const MAC_NAMES: Record<string, string> = { Ctrl: "⌘", Alt: "⌥", Shift: "⇧", Enter: "↩" };

/** What stands on keyboards sold with a language; every other key is called the same everywhere. */
const ON_KEYS: Record<string, Record<string, string>> = {
  de: { Ctrl: "Strg", Shift: "Umschalt", Delete: "Entf", Space: "Leertaste", Home: "Pos1", End: "Ende" },
};

/** A chord such as "Ctrl Enter" as this platform and the language of the page spell it. */
export function spellChord(chord: string): string {
  const named = MAC ? MAC_NAMES : ON_KEYS[document.documentElement.lang];
  if (!named) return chord;
  return chord
    .split(" ")
    .map((part) => named[part] ?? part)
    .join(MAC ? "" : " ");
}

export function Kbd({ children }: { children: string }) {
  return <kbd>{spellChord(children)}</kbd>;
}
