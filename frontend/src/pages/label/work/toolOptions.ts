import { useEffect } from "react";
import { useMe } from "@/api/me";
import type { Editor } from "@/engine/editor";
import { readOptions, type ToolOptions } from "@/engine/tools/options";

const keyOf = (person: number) => `labelwright-tool-options-${person}`;

function kept(person: number): ToolOptions {
  try {
    return readOptions(JSON.parse(localStorage.getItem(keyOf(person)) ?? "null"));
  } catch {
    return readOptions(null);
  }
}

/** How a person's tools draw stays as they left it, on this device. A polygon always starts as a new one. */
export function useToolOptions(editor: Editor): void {
  const person = useMe().id;
  useEffect(() => {
    const options: ToolOptions = { ...kept(person), polygonMode: "new" };
    for (const key of Object.keys(options) as (keyof ToolOptions)[]) editor.setOption(key, options[key]);
    return editor.on("options", (now) => localStorage.setItem(keyOf(person), JSON.stringify(now)));
  }, [editor, person]);
}
