import type { Editor } from "../editor";
import { crossing } from "../geometry/crossing";
import { simplifyRing } from "../geometry/simplify";
import { ops, withGeometry } from "../shapes";
import { convert, type Target } from "../shapes/convert";
import { repair } from "../shapes/repair";
import type { ElementId, Region, ShapeName } from "../types";
import type { Action } from "./registry";

const TARGETS: readonly { to: Target; key: string }[] = [
  { to: "box", key: "Alt+Shift+B" },
  { to: "polygon", key: "Alt+Shift+P" },
  { to: "mask", key: "Alt+Shift+M" },
];

/** The same regions in another shape, where their classes allow it. */
export function mendingActions(editor: Editor): Action[] {
  const conversions = TARGETS.map(({ to, key }) => ({
    id: `region.to_${to}`,
    label: `region.to_${to}`,
    group: "region",
    keys: [key],
    enabled: () => !editor.readOnly && !editor.semantic && editor.editableRegions().some((one) => may(editor, one, to)),
    run: () => convertSelected(editor, to),
  }));
  const thinning: Action = {
    id: "polygon.simplify",
    label: "polygon.simplify",
    group: "region",
    keys: ["Alt+Shift+S"],
    enabled: () => !editor.readOnly && editor.editableRegions().some(({ shape }) => shape === "polygon"),
    run: () => thin(editor),
  };
  return [...conversions, thinning];
}

const STAIRS = 1; // image pixels a thinned outline may stray: the stairs of a pixel outline become straight lines

/** Fewer vertices of the selected polygons. One whose outline would cross itself then stays as it is. */
function thin(editor: Editor): void {
  let gone = 0;
  editor.change("simplify", (put) => {
    for (const region of editor.editableRegions()) {
      if (region.shape !== "polygon") continue;
      const parts = region.geometry.parts.map((part) => part.map((ring) => simplifyRing(ring, STAIRS)));
      const made = withGeometry(region, { parts });
      const fewer = ops.vertexCount(region) - ops.vertexCount(made);
      if (!fewer || parts.flat().some((ring) => crossing(ring))) continue;
      gone += fewer;
      put(made);
    }
  });
  editor.emit("say", gone ? { key: "thinned", values: { count: gone } } : { key: "notThinned" });
}

function may(editor: Editor, region: Region, to: ShapeName): boolean {
  if (region.shape === to || region.shape === "tag") return false;
  const allowed = editor.stage.classes.get(region.class)?.shapes ?? [];
  return allowed.includes(to) && (to === "box" || ops.outline(region) !== null);
}

/** One step for all that are selected. What a class does not allow, or what holds no pixel, stays as it is. */
function convertSelected(editor: Editor, to: Target): void {
  const made = editor.editableRegions().flatMap((region) => {
    const shaped = may(editor, region, to) ? convert(region, to, editor.image) : null;
    return shaped ? [Object.freeze({ ...region, ...shaped }) as Region] : [];
  });
  if (!made.length) return editor.emit("say", { key: "nothingConverted" });
  editor.change("convert", (put) => made.forEach(put));
  if (to === "box") editor.emit("say", { key: "boundsKept", values: { count: made.length } });
}

/** Make these regions sound, as one step; those of which nothing worth keeping is left are deleted. */
export function mend(editor: Editor, ids: readonly ElementId[]): void {
  editor.change("repair", (put, remove) => {
    for (const region of editor.editableRegions(ids)) {
      const sound = repair(region, editor.image, editor.stage.amodal);
      if (sound === null) continue;
      const [first] = sound;
      if (first) put(withGeometry(region, first.geometry));
      else remove(region.id);
    }
  });
}
