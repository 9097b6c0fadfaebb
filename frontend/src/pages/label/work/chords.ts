import type { Editor } from "@/engine/editor";

const NAMES: Record<string, string> = {
  Mod: "Ctrl",
  Delete: "Del",
  Escape: "Esc",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** "Mod+Shift+Z" as buttons spell it: "Ctrl Shift Z". */
export function spelled(chord: string): string {
  const parts = chord === "+" ? ["+"] : chord.split("+");
  return parts.map((part) => NAMES[part] ?? part).join(" ");
}

/** The first key of an action, or nothing where it has none. */
export function keyOf(editor: Editor | null, action: string): string | undefined {
  const chord = editor?.actions.keysOf(action)[0];
  return chord ? spelled(chord) : undefined;
}
