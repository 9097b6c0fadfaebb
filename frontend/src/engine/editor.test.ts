import { describe, expect, test } from "vitest";
import { boxRow, Hand, polygonRow } from "./testing";
import type { Diff } from "./types";

const SQUARE = [100, 100, 200, 100, 200, 200, 100, 200];

describe("drawing a box", () => {
  test("a drag from corner to corner makes one, whichever corner comes first", () => {
    const hand = new Hand();
    hand.key("tool.box");
    hand.drag(120, 90, 40, 30);
    expect(hand.geometries()).toEqual({ "new-1": { x: 40, y: 30, w: 80, h: 60 } });
    expect(hand.editor.selection).toEqual(["new-1"]);
  });

  test("two clicks make one as well", () => {
    const hand = new Hand();
    hand.key("tool.box");
    hand.click(40, 30).click(120, 90);
    expect(hand.geometries()).toEqual({ "new-1": { x: 40, y: 30, w: 80, h: 60 } });
  });

  test("it ends at the image's border", () => {
    const hand = new Hand();
    hand.key("tool.box");
    hand.drag(350, 250, 900, 900);
    expect(hand.geometries()).toEqual({ "new-1": { x: 350, y: 250, w: 50, h: 50 } });
  });

  test("Escape leaves nothing, and a second Escape goes back to selecting", () => {
    const hand = new Hand();
    hand.key("tool.box");
    hand.down(10, 10).move(50, 50);
    hand.key("tool.cancel");
    hand.up(60, 60);
    expect(hand.geometries()).toEqual({});
    expect(hand.editor.tool).toBe("box");
    hand.key("tool.cancel");
    expect(hand.editor.tool).toBe("select");
  });

  test("Shift keeps it square, also at the border", () => {
    const hand = new Hand();
    hand.key("tool.box");
    hand.drag(350, 250, 390, 299, { shift: true });
    expect(hand.geometries()).toEqual({ "new-1": { x: 350, y: 250, w: 49, h: 49 } });
    hand.drag(380, 10, 800, 50, { shift: true });
    expect(hand.geometries()).toMatchObject({ "new-2": { x: 380, y: 10, w: 20, h: 20 } });
  });

  test("a new region has the class in hand with its defaults", () => {
    const hand = new Hand();
    hand.key("class.2");
    hand.key("tool.box");
    hand.drag(10, 10, 50, 50);
    expect(hand.editor.region("new-1")).toMatchObject({ class: 2, attributes: { state: "good" } });
  });
});

describe("drawing a polygon", () => {
  const start = () => {
    const hand = new Hand();
    hand.key("tool.polygon");
    return hand.click(50, 50).click(150, 50).click(150, 150);
  };
  const TRIANGLE = { "new-1": { parts: [[[50, 50, 150, 50, 150, 150]]] } };

  test("Enter closes it", () => {
    const hand = start();
    hand.key("tool.finish");
    expect(hand.geometries()).toEqual(TRIANGLE);
  });

  test("a click on the first corner closes it", () => {
    expect(start().click(53, 52).geometries()).toEqual(TRIANGLE);
  });

  test("a double click sets the last corner once and closes it", () => {
    expect(start().double(50, 150).geometries()).toEqual({
      "new-1": { parts: [[[50, 50, 150, 50, 150, 150, 50, 150]]] },
    });
  });

  test("Ctrl+Z takes back one corner at a time, redo sets it again, Backspace takes it back too", () => {
    const hand = start().click(10, 200);
    hand.key("edit.undo");
    hand.key("edit.redo");
    hand.key("tool.back");
    hand.key("tool.finish");
    expect(hand.geometries()).toEqual(TRIANGLE);
  });

  test("two corners are not a polygon: it says so and stays open", () => {
    const hand = new Hand();
    const said: string[] = [];
    hand.editor.on("say", ({ key }) => said.push(key));
    hand.key("tool.polygon");
    hand.click(50, 50).click(150, 50);
    hand.key("tool.finish");
    expect(said).toEqual(["needs3"]);
    expect(hand.editor.busy).toBe(true);
    expect(hand.geometries()).toEqual({});
  });
});

describe("points and tags", () => {
  test("where each click is a region of its own, Shift-clicks gather several", () => {
    const hand = new Hand();
    hand.editor.setOption("pointsBy", "one");
    hand.key("tool.points");
    hand.click(10, 20).click(30, 40, { shift: true }).click(50, 60);
    expect(hand.geometries()).toEqual({ "new-1": { points: [10, 20] }, "new-2": { points: [30, 40, 50, 60] } });
  });

  test("a tag is for the whole image and cannot be hit", () => {
    const hand = new Hand();
    hand.key("tool.tag");
    hand.click(10, 20);
    hand.key("tool.select");
    hand.click(300, 200).click(10, 20);
    expect(hand.geometries()).toEqual({ "new-1": {} });
    expect(hand.editor.selection).toEqual([]);
  });
});

describe("selecting", () => {
  const nested = () => new Hand([boxRow("big", 50, 50, 200, 200), boxRow("small", 100, 100, 40, 40)]);

  test("the smallest under the pointer comes first, a click on the same place takes the next beneath", () => {
    const hand = nested().click(120, 120);
    expect(hand.editor.selection).toEqual(["small"]);
    hand.click(120, 120);
    expect(hand.editor.selection).toEqual(["big"]);
    hand.click(120, 120);
    expect(hand.editor.selection).toEqual(["small"]);
  });

  test("Shift adds and takes away, a click beside everything clears", () => {
    const hand = nested().click(120, 120).click(60, 60, { shift: true });
    expect(hand.editor.selection).toEqual(["small", "big"]);
    hand.click(120, 120, { shift: true });
    expect(hand.editor.selection).toEqual(["big"]);
    hand.click(5, 5);
    expect(hand.editor.selection).toEqual([]);
  });

  test("a frame takes what lies wholly inside", () => {
    expect(nested().drag(20, 20, 190, 190).editor.selection).toEqual(["small"]);
  });

  test("Tab goes round all regions but the hidden and the locked", () => {
    const hand = new Hand([boxRow("a", 0, 0, 9, 9), boxRow("b", 20, 0, 9, 9), boxRow("c", 40, 0, 9, 9)]);
    hand.editor.setLocked(["b"], true);
    const next = () => hand.key("region.next") && hand.editor.selection[0];
    const seen = [next(), next(), next()];
    expect(seen).toEqual(["a", "c", "a"]);
  });

  test("hidden and locked regions are no targets", () => {
    const hand = nested();
    hand.editor.setHidden(["small"], true);
    hand.editor.setLocked(["big"], true);
    expect(hand.click(120, 120).editor.selection).toEqual([]);
  });
});

describe("moving and reshaping", () => {
  test("a drag moves the selection together and stops it at the border", () => {
    const hand = new Hand([boxRow("a", 10, 10, 40, 40), boxRow("b", 100, 10, 40, 40)]);
    hand.editor.select(["a", "b"]);
    hand.drag(30, 30, -500, 60);
    expect(hand.geometries()).toMatchObject({ a: { x: 0, y: 40 }, b: { x: 90, y: 40 } });
  });

  test("a corner resizes against the opposite one and may cross it", () => {
    const hand = new Hand([boxRow("a", 100, 100, 50, 50)]);
    hand.editor.select(["a"]);
    hand.drag(150, 150, 70, 80);
    expect(hand.geometries()).toEqual({ a: { x: 70, y: 80, w: 30, h: 20 } });
  });

  test("one gesture is one step back, and the step forth restores it", () => {
    const hand = new Hand([boxRow("a", 100, 100, 50, 50)]);
    hand.editor.select(["a"]);
    hand.drag(125, 125, 145, 135);
    hand.key("edit.undo");
    expect(hand.geometries()).toMatchObject({ a: { x: 100, y: 100 } });
    hand.key("edit.redo");
    expect(hand.geometries()).toMatchObject({ a: { x: 120, y: 110 } });
    expect(hand.editor.canUndo).toBe(true);
  });

  test("a vertex is moved, added by a click on the line, and taken by an Alt-click", () => {
    const hand = new Hand([polygonRow("p", SQUARE)]);
    hand.editor.select(["p"]);
    hand.drag(200, 200, 220, 230);
    expect(hand.geometries()).toEqual({ p: { parts: [[[100, 100, 200, 100, 220, 230, 100, 200]]] } });
    hand.click(150, 100);
    expect(hand.geometries()).toEqual({ p: { parts: [[[100, 100, 150, 100, 200, 100, 220, 230, 100, 200]]] } });
    hand.click(150, 100, { alt: true });
    expect(hand.geometries()).toEqual({ p: { parts: [[[100, 100, 200, 100, 220, 230, 100, 200]]] } });
  });

  test("a drag from the line adds a vertex and moves it, as one step", () => {
    const hand = new Hand([polygonRow("p", SQUARE)]);
    hand.editor.select(["p"]);
    hand.drag(150, 100, 150, 60);
    expect(hand.geometries()).toEqual({ p: { parts: [[[100, 100, 150, 60, 200, 100, 200, 200, 100, 200]]] } });
    hand.key("edit.undo");
    expect(hand.geometries()).toEqual({ p: { parts: [[SQUARE]] } });
  });

  test("taking a vertex of a triangle takes the polygon", () => {
    const hand = new Hand([polygonRow("p", [100, 100, 200, 100, 200, 200])]);
    hand.editor.select(["p"]);
    hand.click(100, 100, { alt: true });
    expect(hand.geometries()).toEqual({});
  });

  test("arrows nudge the selection by one pixel and otherwise move the view", () => {
    const hand = new Hand([boxRow("a", 100, 100, 50, 50)]);
    const { x } = hand.editor.camera;
    hand.key("move.right");
    expect(hand.editor.camera.x).toBe(x - 60);
    hand.editor.select(["a"]);
    hand.key("move.right");
    hand.key("move.downFar");
    expect(hand.geometries()).toMatchObject({ a: { x: 101, y: 110 } });
  });
});

describe("copies, classes and flags", () => {
  test("copies have ids of their own, lie in the image and can be undone together", () => {
    const hand = new Hand([boxRow("a", 340, 100, 60, 50), boxRow("b", 10, 10, 5, 5)]);
    hand.editor.select(["a", "b"]);
    hand.key("region.duplicate");
    expect(hand.editor.selection).toEqual(["new-1", "new-2"]);
    expect(hand.geometries()).toMatchObject({ "new-1": { x: 340, y: 112 } });
    hand.key("edit.undo");
    expect(Object.keys(hand.geometries())).toEqual(["a", "b"]);
  });

  test("paste puts the copy under the pointer", () => {
    const hand = new Hand([boxRow("a", 0, 0, 20, 20)]);
    hand.editor.select(["a"]);
    hand.key("edit.copy");
    hand.move(200, 100);
    hand.key("edit.paste");
    expect(hand.geometries()).toMatchObject({ "new-1": { x: 190, y: 90, w: 20, h: 20 } });
  });

  test("a class key changes the selection where the class allows the shape, else says why not", () => {
    const hand = new Hand([boxRow("a", 0, 0, 20, 20), polygonRow("p", SQUARE)]);
    const said: string[] = [];
    hand.editor.on("say", ({ key }) => said.push(key));
    hand.editor.select(["a", "p"]);
    hand.key("class.2");
    expect(hand.editor.region("a")).toMatchObject({ class: 2, attributes: { state: "good" } });
    expect(hand.editor.region("p")).toMatchObject({ class: 1 });
    expect(said).toEqual(["shapeNotAllowed"]);
  });

  test("Q marks as occluded and back", () => {
    const hand = new Hand([boxRow("a", 0, 0, 20, 20)]);
    hand.editor.select(["a"]);
    hand.key("region.occluded");
    expect(hand.editor.region("a")?.occluded).toBe(true);
    hand.key("region.occluded");
    expect(hand.editor.region("a")?.occluded).toBe(false);
  });

  test("locked regions are neither deleted nor moved nor changed", () => {
    const hand = new Hand([boxRow("a", 0, 0, 20, 20)]);
    hand.editor.select(["a"]);
    hand.key("region.lock");
    for (const action of ["region.delete", "move.right", "region.occluded", "class.2"]) hand.key(action);
    expect(hand.editor.region("a")).toMatchObject({ class: 1, geometry: { x: 0 } });
    expect(hand.editor.region("a")?.occluded).toBeUndefined();
  });

  test("a read-only document can be looked at and selected, not changed", () => {
    const hand = new Hand([boxRow("a", 100, 100, 50, 50)], { readOnly: true });
    hand.click(120, 120).drag(120, 120, 180, 180);
    for (const action of ["region.delete", "region.duplicate", "tool.box", "move.right"]) hand.key(action);
    hand.editor.setAttributes(["a"], { x: 1 });
    expect(hand.editor.selection).toEqual(["a"]);
    expect(hand.editor.tool).toBe("select");
    expect(hand.editor.region("a")).toMatchObject({ geometry: { x: 100 }, attributes: {} });
  });
});

describe("the document", () => {
  test("a shape this client does not know is a placeholder and never part of a change", () => {
    const rows = [
      boxRow("a", 0, 0, 20, 20),
      { kind: "region" as const, version: 1, element: { id: "u", class: 1, shape: "blob9", geometry: {} } },
    ];
    const hand = new Hand(rows);
    const diffs: Diff[] = [];
    hand.editor.on("change", (diff) => diffs.push(diff));
    expect(hand.editor.unknown()).toEqual([{ id: "u", class: 1, shape: "blob9" }]);
    hand.key("edit.selectAll");
    hand.key("region.delete");
    expect(diffs.flatMap((diff) => diff.changes.map((change) => change.id))).toEqual(["a"]);
  });

  test("a broken geometry of a known shape becomes a placeholder and breaks nothing", () => {
    const broken = {
      kind: "region" as const,
      version: 1,
      element: { id: "u", class: 1, shape: "polygon", geometry: null },
    };
    expect(new Hand([broken]).editor.unknown()).toHaveLength(1);
  });

  test("fields of a region that the canvas does not know are kept through a change", () => {
    const hand = new Hand([
      boxRow("a", 0, 0, 20, 20, { group: "g", flags: ["difficult"], source: { kind: "import" } }),
    ]);
    hand.editor.select(["a"]);
    hand.key("move.right");
    expect(hand.editor.region("a")).toMatchObject({ group: "g", flags: ["difficult"], source: { kind: "import" } });
  });

  test("numbers stay with their regions through delete and undo", () => {
    const hand = new Hand([boxRow("a", 0, 0, 20, 20), boxRow("b", 50, 0, 20, 20)]);
    hand.editor.select(["a"]);
    hand.key("region.delete");
    expect(hand.editor.numberOf("b")).toBe(2);
    hand.key("edit.undo");
    expect(hand.editor.numberOf("a")).toBe(1);
  });

  test("numbers stay with their regions when a document with deleted ones is opened again", () => {
    const { editor } = new Hand([boxRow("a", 0, 0, 20, 20), boxRow("b", 50, 0, 20, 20), boxRow("c", 90, 0, 20, 20)]);
    editor.select(["b"]);
    editor.actions.run("region.delete");
    expect(editor.removed()).toEqual(["b"]);
    const left = [boxRow("a", 0, 0, 20, 20), boxRow("c", 90, 0, 20, 20)];
    editor.load({ image: editor.image, schema: editor.schema, elements: left, removed: editor.removed() });
    expect([..."abc"].map((id) => editor.numberOf(id))).toEqual([1, 2, 3]);
    expect(editor.regions().map(({ id }) => id)).toEqual(["a", "c"]);
  });

  test("what the server wrote is not undone, and an older step leaves it alone", () => {
    const hand = new Hand([boxRow("a", 0, 0, 20, 20)]);
    hand.editor.select(["a"]);
    hand.key("move.right");
    const theirs = boxRow("a", 77, 0, 20, 20).element;
    hand.editor.applyRemote([{ id: "a", region: theirs }]);
    expect(hand.editor.canUndo).toBe(false);
    hand.key("edit.undo");
    expect(hand.geometries()).toMatchObject({ a: { x: 77 } });
  });

  test("what is selected stays so when the document of the same picture comes again, and nothing of another's", () => {
    const { editor } = new Hand([boxRow("a", 0, 0, 20, 20), boxRow("b", 50, 0, 20, 20)]);
    const { schema, image } = editor;
    const told: string[][] = [];
    editor.select(["a", "b"]);
    editor.on("selection", (ids) => told.push([...ids]));
    editor.load({ image, schema, elements: [boxRow("b", 50, 0, 20, 20)], samePicture: true });
    editor.load({ image, schema, elements: [boxRow("b", 50, 0, 20, 20)] });
    expect(told).toEqual([["b"], []]);
  });

  test("the next task cannot undo the last one's work", () => {
    const hand = new Hand([boxRow("a", 0, 0, 20, 20)]);
    hand.editor.select(["a"]);
    hand.key("move.right");
    hand.editor.load({ image: { width: 400, height: 300 }, elements: [], schema: hand.editor.schema });
    expect(hand.key("edit.undo")).toBe(false);
    expect(hand.geometries()).toEqual({});
  });

  test("answers to item attributes are undone like regions", () => {
    const hand = new Hand();
    hand.editor.setAnswer("weather", "rain");
    hand.editor.setAnswer("weather", "clear");
    hand.key("edit.undo");
    expect(hand.editor.answers()).toEqual({ weather: "rain" });
    hand.key("edit.undo");
    expect(hand.editor.answers()).toEqual({});
  });

  test("U makes a region of the prediction under the pointer, and its undo takes it away", () => {
    const hand = new Hand();
    const region = { ...boxRow("m", 100, 100, 50, 50).element, source: "yolo:3" };
    hand.editor.setPredictions([{ id: "p1", region, score: 0.9 }]);
    expect(hand.key("region.usePrediction")).toBe(false);
    hand.move(120, 120);
    expect(hand.key("region.usePrediction")).toBe(true);
    expect(hand.editor.region("m")).toMatchObject({ geometry: { x: 100 }, source: "yolo:3" });
    expect(hand.editor.offers()).toEqual([]);
    hand.key("edit.undo");
    expect(hand.editor.offers()).toHaveLength(1);
  });

  test("all predictions from a score on become regions in one step; what was used is not offered after a reload", () => {
    const hand = new Hand();
    const offer = (id: string, score: number | null) => ({
      id: `p:${id}`,
      region: { ...boxRow(id, 100, 100, 50, 50).element, source: "yolo:3" },
      score,
    });
    const predictions = [offer("a", 0.9), offer("b", 0.4), offer("c", 0.6), offer("d", null)];
    hand.editor.setPredictions(predictions);
    hand.editor.setView({ leastScore: 0.5 });
    expect(hand.editor.offers().map(({ region }) => region.id)).toEqual(["a", "c", "d"]);
    expect(hand.key("region.usePredictions")).toBe(true);
    expect(hand.editor.regions().map(({ id }) => id)).toEqual(expect.arrayContaining(["a", "c", "d"]));
    expect(hand.editor.offers()).toEqual([]);
    hand.editor.setView({ leastScore: 0 });
    hand.editor.setPredictions(predictions);
    expect(hand.editor.offers().map(({ region }) => region.id)).toEqual(["b"]);
    hand.key("edit.undo");
    expect(hand.editor.offers()).toHaveLength(4);
  });
});
