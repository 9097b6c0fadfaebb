import type { Editor } from "../editor";
import { subtractParts, unionParts } from "../geometry/boolean";
import { placed } from "../geometry/template";
import { ops, withGeometry } from "../shapes";
import { mirrored } from "../shapes/skeleton";
import type { ToolOptions } from "../tools/options";
import type { Region, RegionOf, SkeletonDef } from "../types";
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
    mode("hole", "Shift+O"),
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
      keys: ["Shift+D"],
      enabled: several,
      run: () => subtract(editor),
    },
    {
      id: "skeleton.mirror",
      label: "skeleton.mirror",
      group: "region",
      keys: ["Shift+W"],
      enabled: () =>
        !editor.readOnly && editor.editableRegions().some((region) => templateOf(editor, region)?.mirror?.length),
      run: () => mirror(editor),
    },
    {
      id: "skeleton.restore",
      label: "skeleton.restore",
      group: "region",
      keys: ["Shift+J"],
      enabled: () => !editor.readOnly && editor.editableRegions().some((region) => hasAbsent(editor, region)),
      run: () => restore(editor),
    },
  ];
}

const templateOf = (editor: Editor, region: Region): SkeletonDef | null =>
  (region.shape === "skeleton" && editor.schema.classes.find(({ id }) => id === region.class)?.skeleton) || null;

function mirror(editor: Editor): void {
  editor.change("mirror", (put) => {
    for (const region of editor.editableRegions()) {
      const template = templateOf(editor, region);
      if (region.shape === "skeleton" && template) put(withGeometry(region, mirrored(region.geometry, template)));
    }
  });
}

const hasAbsent = (editor: Editor, region: Region): boolean =>
  region.shape === "skeleton" &&
  (templateOf(editor, region)?.joints.some((name) => !region.geometry.joints[name]?.[2]) ?? false);

/** Absent joints come back as hidden, where the template has them within the frame of the others. */
function restore(editor: Editor): void {
  editor.change("restoreJoints", (put) => {
    for (const region of editor.editableRegions()) {
      const template = templateOf(editor, region);
      if (region.shape !== "skeleton" || !template) continue;
      const [x0, y0, x1, y1] = ops.bounds(region);
      const frame = { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
      const joints = { ...region.geometry.joints };
      for (const [name, [x, y]] of Object.entries(placed(template, frame)))
        if (!joints[name]?.[2]) joints[name] = [x, y, 1];
      put(withGeometry(region, { joints }));
    }
  });
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
