import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import type { RegionChange } from "./diff";
import type { Comparison } from "./useComparison";

/** Bring a change into view, with both of its states: its region where it is still there, else the place where it was. */
export function showChange(editor: Editor, comparison: Comparison, change: RegionChange): void {
  comparison.setVersions("both");
  if (change.after) return editor.select([change.id], { reveal: true });
  if (!change.before) return;
  editor.select([]);
  const region = editor.region(change.id) ?? change.before;
  if (region.shape === "tag") return;
  const [x0, y0, x1, y1] = ops.bounds(region);
  editor.reveal({ x: (x0 + x1) / 2, y: (y0 + y1) / 2 });
}
