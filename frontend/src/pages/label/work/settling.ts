import type { Editor } from "@/engine/editor";
import { withGeometry } from "@/engine/shapes";
import type { Finding } from "./notes";

/** What settles a finding in one step where the check itself knows how: the box it should have, or the other class. */
export function settlementOf(editor: Editor, { code, element, box, values }: Finding): (() => void) | undefined {
  const [region] = element ? editor.editableRegions([element]) : [];
  if (!region) return undefined;
  if (box && region.shape === "box") {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = box;
    const geometry = { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
    return () => editor.change("repair", (put) => put(withGeometry(region, geometry)));
  }
  const other = values?.other_id;
  if (code !== "class_confusion" || typeof other !== "number") return undefined;
  return () => {
    editor.select([region.id]);
    editor.setClass(other, { apply: true });
  };
}
