import type { Editor } from "../editor";
import { subtractParts, unionParts } from "../geometry/boolean";
import { withGeometry } from "../shapes";
import type { ToolOptions } from "../tools/options";
import type { Region, RegionOf } from "../types";
import type { Action } from "./registry";

type PolygonRegion = Region & RegionOf<"polygon">;

const polygonsOf = (editor: Editor): PolygonRegion[] =>
  editor.editableRegions().filter((region): region is PolygonRegion => region.shape === "polygon");

/** What makes polygons out of polygons: the modes of the tool, union and subtraction. */
export function shapingActions(editor: Editor): Action[] {
  const mode = (name: ToolOptions["polygonMode"], key: string): Action => ({
    id: `polygon.${name}`,
    label: `polygon.${name}`,
    group: "tools",
    keys: [key],
    enabled: () => editor.canTake("polygon"),
    active: () => editor.tool === "polygon" && editor.options.polygonMode === name,
    run: () => {
      editor.setOption("polygonMode", name);
      editor.setTool("polygon");
    },
  });
  const several = () => !editor.readOnly && polygonsOf(editor).length > 1;
  return [
    mode("add", "Shift+A"),
    mode("hole", "Shift+H"),
    mode("edit", "Shift+C"),
    {
      id: "polygon.union",
      label: "polygon.union",
      group: "region",
      keys: ["Shift+U"],
      enabled: several,
      run: () => unite(editor),
    },
    {
      id: "polygon.subtract",
      label: "polygon.subtract",
      group: "region",
      keys: ["Shift+S"],
      enabled: several,
      run: () => subtract(editor),
    },
  ];
}

/** The first selected takes in the others, and they are no more. */
function unite(editor: Editor): void {
  const [first, ...more] = polygonsOf(editor);
  if (!first || !more.length) return;
  const parts = unionParts(first.geometry.parts, ...more.map(({ geometry }) => geometry.parts));
  editor.change("union", (put, remove) => {
    put(withGeometry(first, { parts }));
    for (const { id } of more) remove(id);
  });
  editor.select([first.id]);
}

/** The first selected loses what the others cover; they stay as they are. */
function subtract(editor: Editor): void {
  const [first, ...more] = polygonsOf(editor);
  if (!first || !more.length) return;
  const parts = subtractParts(first.geometry.parts, ...more.map(({ geometry }) => geometry.parts));
  if (!parts.length) return editor.emit("say", { key: "nothingLeft" });
  editor.change("subtract", (put) => put(withGeometry(first, { parts })));
  editor.select([first.id]);
}
