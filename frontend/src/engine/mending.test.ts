import { describe, expect, test } from "vitest";
import { mend } from "./actions/mending";
import { ops } from "./shapes";
import { boxRow, Hand, polygonRow } from "./testing";
import type { LabelSchema, Region } from "./types";

const ALL: LabelSchema = {
  classes: [
    { id: 1, name: "roof", color: "#ffa31f", shapes: ["box", "polygon", "mask", "polyline"] },
    { id: 2, name: "wall", color: "#47f5ff", shapes: ["box"] },
  ],
};

function hand(rows = [polygonRow("p", [100, 100, 200, 100, 200, 200, 100, 200])]) {
  const made = new Hand(rows);
  made.editor.load({ image: made.editor.image, elements: rows, schema: ALL });
  made.editor.select(rows.map(({ element }) => (element as { id: string }).id));
  return made;
}

describe("converting", () => {
  test("a polygon becomes its pixels and again itself, and each is one step back", () => {
    const { editor } = hand();
    const before = editor.region("p")?.geometry;
    editor.dispatch("region.to_mask");
    expect(editor.region("p")).toMatchObject({ shape: "mask", geometry: { x: 100, y: 100, size: [100, 100] } });
    editor.dispatch("region.to_polygon");
    expect(editor.region("p")).toMatchObject({ shape: "polygon", geometry: before });
    editor.undo();
    editor.undo();
    expect(editor.region("p")).toMatchObject({ shape: "polygon", geometry: before });
    expect(editor.canUndo).toBe(false);
  });

  test("several go in one step; what its class does not allow stays as it is", () => {
    const { editor } = hand([
      polygonRow("p", [100, 100, 200, 100, 200, 200]),
      boxRow("b", 10, 10, 30, 30),
      boxRow("w", 50, 50, 20, 20, { class: 2 }),
    ]);
    editor.dispatch("region.to_mask");
    expect(["p", "b", "w"].map((id) => editor.region(id)?.shape)).toEqual(["mask", "mask", "box"]);
    editor.undo();
    expect(["p", "b", "w"].map((id) => editor.region(id)?.shape)).toEqual(["polygon", "box", "box"]);
  });

  test("what only keeps the bounds says so", () => {
    const { editor } = hand([polygonRow("p", [100, 100, 200, 100, 200, 250])]);
    const said: string[] = [];
    editor.on("say", ({ key }) => said.push(key));
    editor.dispatch("region.to_box");
    expect(editor.region("p")).toMatchObject({ shape: "box", geometry: { x: 100, y: 100, w: 100, h: 150 } });
    expect(said).toEqual(["boundsKept"]);
  });

  test("is not offered where nothing selected can become that", () => {
    const { editor } = hand([boxRow("w", 50, 50, 20, 20, { class: 2 })]);
    expect(editor.actions.get("region.to_mask")?.enabled?.()).toBe(false);
    expect(editor.actions.get("region.to_box")?.enabled?.()).toBe(false);
  });
});

describe("thinning", () => {
  test("the stairs of a mask's outline become lines that stray by less than a pixel, as one step", () => {
    const { editor } = hand([polygonRow("p", [100, 100, 200, 140, 210, 220, 130, 190])]);
    const drawn = editor.region("p") as Region;
    editor.dispatch("region.to_mask");
    editor.dispatch("region.to_polygon");
    const stairs = editor.region("p") as Region;
    editor.dispatch("polygon.simplify");
    const thin = editor.region("p") as Region;
    expect(ops.vertexCount(stairs)).toBeGreaterThan(200);
    expect(ops.vertexCount(thin)).toBeLessThan(30);
    for (const { x, y } of ops.handles(stairs)) expect(Math.abs(ops.hitDistance(thin, x, y))).toBeLessThan(1.001);
    expect(Math.abs(ops.area(thin) - ops.area(drawn))).toBeLessThan(0.02 * ops.area(drawn));
    editor.undo();
    expect(editor.region("p")).toEqual(stairs);
  });

  test("an outline with no vertex to spare says so and is no step", () => {
    const { editor } = hand();
    const said: string[] = [];
    editor.on("say", ({ key }) => said.push(key));
    editor.dispatch("polygon.simplify");
    expect([said, editor.canUndo]).toEqual([["notThinned"], false]);
  });
});

describe("repairing", () => {
  test("a bow tie is untangled, and undone as one step", () => {
    const bow = polygonRow("p", [100, 100, 200, 200, 200, 100, 100, 220]);
    const { editor } = hand([bow]);
    const before = editor.region("p")?.geometry;
    mend(editor, ["p"]);
    expect(editor.region("p")).toMatchObject({ geometry: { parts: [expect.anything(), expect.anything()] } });
    editor.undo();
    expect(editor.region("p")?.geometry).toEqual(before);
  });

  test("what has no area is deleted", () => {
    const { editor } = hand([boxRow("b", 10, 10, 0, 30)]);
    mend(editor, ["b"]);
    expect(editor.region("b")).toBeUndefined();
  });

  test("a sound region stays the very same", () => {
    const { editor } = hand();
    mend(editor, ["p"]);
    expect(editor.canUndo).toBe(false);
  });

  test("an even bow tie, whose halves cancel out, is drawn mended instead of refused", () => {
    const drawn = new Hand();
    drawn.key("tool.polygon");
    drawn.click(100, 100).click(200, 200).click(200, 100).click(100, 200);
    drawn.editor.finish();
    expect(drawn.editor.regions()).toMatchObject([{ geometry: { parts: [expect.anything(), expect.anything()] } }]);
  });
});
