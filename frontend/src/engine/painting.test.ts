import { describe, expect, test } from "vitest";
import { Editor } from "./editor";
import { type Bits, bitsOf, blank, countBits, hasPixels, intersect, maskOf, union } from "./geometry/bits";
import { sweep } from "./geometry/brush";
import { screenPoint } from "./geometry/points";
import type { Superpixels } from "./geometry/superpixels";
import { isMask, type MaskRegion } from "./scene/semantic";
import type { ElementRow, LabelSchema } from "./types";

const SCHEMA: LabelSchema = {
  classes: [
    { id: 1, name: "water", color: "#3b82f6", shapes: ["mask"] },
    { id: 2, name: "sky", color: "#93c5fd", shapes: ["mask"] },
    { id: 3, name: "void", color: "#777777", shapes: ["mask"] },
    { id: 4, name: "boat", color: "#ff0000", shapes: ["polygon", "mask"] },
  ],
};
const SIZE = { width: 200, height: 100 };

const boxBits = (x: number, y: number, w: number, h: number): Bits => {
  const bits = blank(x, y, w, h);
  bits.data.fill(1);
  return bits;
};

const maskRow = (id: string, of: number, x: number, y: number, w: number, h: number): ElementRow => ({
  kind: "region",
  version: 1,
  element: { id, class: of, shape: "mask", geometry: maskOf(boxBits(x, y, w, h)), attributes: {} },
});

function opened(elements: ElementRow[] = [], semantic = false): Editor {
  let made = 0;
  const editor = new Editor({ newId: () => `new-${++made}` });
  editor.stage.viewport = { ...SIZE };
  editor.load({ image: SIZE, elements, schema: SCHEMA, semantic });
  editor.setOption("brush", { size: 10, round: true });
  return editor;
}

const NONE = { shift: false, alt: false, mod: false };

function stroke(editor: Editor, points: [number, number][], held: Partial<typeof NONE> = {}): void {
  const modifiers = { ...NONE, ...held };
  const [first, ...rest] = points as [[number, number], ...[number, number][]];
  editor.handle({ type: "down", screen: screenPoint(...first), modifiers });
  for (const at of rest) editor.handle({ type: "move", screen: screenPoint(...at), modifiers });
  editor.handle({ type: "up", screen: screenPoint(...(points.at(-1) as [number, number])), modifiers });
}

const masks = (editor: Editor): MaskRegion[] => editor.regions().filter(isMask);
const areaOf = (editor: Editor, of: number): number =>
  masks(editor)
    .filter((region) => region.class === of)
    .reduce((sum, region) => sum + countBits(bitsOf(region.geometry)), 0);
const snapshot = (editor: Editor) =>
  Object.fromEntries(masks(editor).map(({ id, class: of, geometry }) => [id, { of, geometry }]));

test("a brush is put down, led and lifted by keyboard", () => {
  const editor = opened();
  const press = (...chords: string[]) => {
    for (const chord of chords) editor.actions.find(chord)?.run();
  };
  press("M", "Shift+K", "Space", "Shift+ArrowRight", "Shift+ArrowRight", "Space");
  const expected = sweep([100, 50, 110, 50, 120, 50], { size: 10, round: true }, SIZE);
  expect(areaOf(editor, 1)).toBe(countBits(expected));
  press("ArrowDown", "Enter", "ArrowUp", "Enter", "Enter");
  expect(masks(editor)).toHaveLength(2); // Enter ended the first mask, then pressed for another
});

describe("a brush", () => {
  test("sets every pixel whose centre it passed over, and no other", () => {
    const brush = { size: 7, round: true };
    const bits = sweep([20.3, 20.8, 40.1, 31.6], brush, SIZE);
    let wrong = 0;
    for (let y = 0; y < SIZE.height; y++)
      for (let x = 0; x < SIZE.width; x++) {
        const [px, py] = [x + 0.5, y + 0.5];
        const [dx, dy] = [40.1 - 20.3, 31.6 - 20.8];
        const t = Math.max(0, Math.min(1, ((px - 20.3) * dx + (py - 20.8) * dy) / (dx * dx + dy * dy)));
        const inside = Math.hypot(px - 20.3 - t * dx, py - 20.8 - t * dy) <= 3.5;
        const set = x >= bits.x && y >= bits.y && x < bits.x + bits.w && y < bits.y + bits.h;
        if (inside !== (set && bits.data[(y - bits.y) * bits.w + x - bits.x] === 1)) wrong++;
      }
    expect(wrong).toBe(0);
  });

  test("that is square leaves a square, and a band with upright ends", () => {
    expect(countBits(sweep([50, 50], { size: 10, round: false }, SIZE))).toBe(100);
    expect(countBits(sweep([50, 50, 80, 50], { size: 10, round: false }, SIZE))).toBe(400);
  });

  test("of one pixel draws a line without gaps", () => {
    const bits = sweep([2.2, 2.2, 30.7, 2.4], { size: 1, round: true }, SIZE);
    expect(countBits(bits)).toBeGreaterThanOrEqual(28);
  });

  test("stops at the image's border", () => {
    const bits = sweep([0, 0, 300, 0], { size: 20, round: true }, SIZE);
    expect([bits.x, bits.y, bits.w]).toEqual([0, 0, 200]);
  });
});

describe("painting", () => {
  test("a stroke is a new mask, the next one adds to it, each is one step of undo", () => {
    const editor = opened();
    editor.dispatch("tool.brush");
    const diffs: string[] = [];
    editor.on("change", ({ label }) => diffs.push(label));
    stroke(editor, [
      [20, 20],
      [40, 20],
      [60, 20],
    ]);
    const first = snapshot(editor);
    stroke(editor, [
      [20, 60],
      [60, 60],
    ]);
    expect(masks(editor)).toHaveLength(1);
    expect(diffs).toEqual(["paint", "paint"]);
    const both = snapshot(editor);
    editor.undo();
    expect(snapshot(editor)).toEqual(first);
    editor.undo();
    expect(masks(editor)).toHaveLength(0);
    editor.redo();
    editor.redo();
    expect(snapshot(editor)).toEqual(both);
  });

  test("Enter ends a mask: the next stroke begins another", () => {
    const editor = opened();
    editor.dispatch("tool.brush");
    stroke(editor, [[20, 20]]);
    editor.dispatch("tool.finish");
    stroke(editor, [[60, 20]]);
    expect(masks(editor).map(({ id }) => id)).toEqual(["new-1", "new-2"]);
  });

  test("the eraser takes away, a hand that holds Alt too, and erasing all deletes the region", () => {
    const editor = opened([maskRow("a", 1, 10, 10, 40, 20)]);
    editor.select(["a"]);
    editor.dispatch("tool.eraser");
    expect(editor.selection).toEqual(["a"]);
    editor.setOption("brush", { size: 10, round: false });
    stroke(editor, [[15, 15]]);
    expect(areaOf(editor, 1)).toBe(700);
    editor.dispatch("tool.brush");
    stroke(editor, [[45, 25]], { alt: true });
    expect(areaOf(editor, 1)).toBe(600);
    editor.setOption("brush", { size: 200, round: false });
    editor.dispatch("tool.eraser");
    stroke(editor, [[45, 25]]);
    expect(masks(editor)).toEqual([]);
    editor.undo();
    expect(areaOf(editor, 1)).toBe(600);
  });

  test("Escape drops the stroke under way", () => {
    const editor = opened();
    editor.dispatch("tool.brush");
    editor.handle({ type: "down", screen: screenPoint(20, 20), modifiers: NONE });
    editor.dispatch("tool.cancel");
    editor.handle({ type: "up", screen: screenPoint(20, 20), modifiers: NONE });
    expect(masks(editor)).toEqual([]);
  });

  test("taking what lies beneath leaves locked masks whole", () => {
    const editor = opened([maskRow("a", 2, 10, 10, 20, 20), maskRow("b", 3, 40, 10, 20, 20)]);
    editor.setLocked(["b"], true);
    editor.setOption("takeBeneath", true);
    editor.setOption("brush", { size: 10, round: false });
    editor.dispatch("tool.brush");
    stroke(editor, [
      [20, 20],
      [50, 20],
    ]);
    expect(areaOf(editor, 1)).toBe(400);
    expect(areaOf(editor, 2)).toBe(400 - 150);
    expect(areaOf(editor, 3)).toBe(400);
  });

  test("a polygon is added to the selected mask or cut out of it", () => {
    const editor = opened([maskRow("a", 1, 10, 10, 20, 20)]);
    editor.select(["a"]);
    const click = (x: number, y: number) => {
      for (const type of ["move", "down", "up"] as const)
        editor.handle({ type, screen: screenPoint(x, y), modifiers: NONE });
    };
    const polygon = (mode: "add" | "hole", ring: [number, number][]) => {
      editor.setOption("snap", false);
      editor.setOption("polygonMode", mode);
      editor.setTool("polygon");
      for (const at of ring) click(...at);
      editor.dispatch("tool.finish");
    };
    const square = (x: number, y: number, side: number): [number, number][] => [
      [x, y],
      [x + side, y],
      [x + side, y + side],
      [x, y + side],
    ];
    polygon("add", square(30, 10, 20));
    expect([masks(editor).length, areaOf(editor, 1)]).toEqual([1, 800]);
    polygon("hole", square(15, 15, 10));
    expect(areaOf(editor, 1)).toBe(700);
    editor.dispatch("mask.fillHoles");
    expect(areaOf(editor, 1)).toBe(800);
  });

  test("what lies beneath a mask can be taken from the others at any time", () => {
    const editor = opened([maskRow("a", 1, 10, 10, 20, 20), maskRow("b", 2, 20, 10, 20, 20)]);
    editor.select(["a"]);
    editor.dispatch("mask.removeBeneath");
    expect([areaOf(editor, 1), areaOf(editor, 2)]).toEqual([400, 200]);
  });

  test("superpixels under a drag are painted whole", () => {
    const editor = opened();
    editor.stage.superpixels = grid();
    editor.dispatch("tool.superpixel");
    editor.stage.superpixels = grid();
    stroke(editor, [
      [5, 5],
      [25, 5],
    ]);
    expect(areaOf(editor, 1)).toBe(300);
  });

  test("keys and the wheel change the size of what is in hand", () => {
    const editor = opened();
    editor.dispatch("tool.brush");
    editor.dispatch("mask.larger");
    expect(editor.options.brush.size).toBe(12);
    editor.sizeTool(-1);
    expect(editor.options.brush.size).toBe(10);
    editor.dispatch("tool.select");
    expect(editor.sizeTool(1)).toBe(false);
  });
});

/** Squares of 10 pixels, over the upper half. */
function grid(): Superpixels {
  const labels = Int32Array.from({ length: 200 * 50 }, (_, at) => {
    return Math.floor(Math.floor(at / 200) / 10) * 20 + Math.floor((at % 200) / 10);
  });
  const identity = [1, 0, 0, 1, 0, 0];
  return { w: 200, h: 50, labels, step: 1, matrix: identity, inverse: identity };
}

describe("a semantic project", () => {
  const overlap = (editor: Editor): number => {
    let all: Bits | null = null;
    let shared = 0;
    for (const { geometry } of masks(editor)) {
      const bits = bitsOf(geometry);
      if (all) shared += countBits(intersect(all, bits));
      all = all ? union(all, bits) : bits;
    }
    return shared;
  };

  test("has one mask a class and one class a pixel, whatever is painted", () => {
    const editor = opened([], true);
    editor.dispatch("tool.brush");
    for (let i = 0; i < 30; i++) {
      editor.setClass(1 + (i % 3));
      stroke(editor, [
        [(i * 37) % 200, (i * 53) % 100],
        [(i * 71) % 200, (i * 29) % 100],
      ]);
    }
    expect(
      masks(editor)
        .map((region) => region.class)
        .sort(),
    ).toEqual([1, 2, 3]);
    expect(overlap(editor)).toBe(0);
    const total = areaOf(editor, 1) + areaOf(editor, 2) + areaOf(editor, 3);
    expect(editor.coverage()).toBeCloseTo(total / 20000, 10);
    while (editor.canUndo) editor.undo();
    expect(editor.regions()).toEqual([]);
    expect(editor.coverage()).toBe(0);
  });

  test("painting takes from what lies beneath in the same step, but not from what is locked", () => {
    const editor = opened([maskRow("a", 1, 0, 0, 100, 100), maskRow("b", 2, 100, 0, 50, 100)], true);
    editor.setLocked(["b"], true);
    editor.setClass(3);
    editor.setOption("brush", { size: 20, round: false });
    editor.dispatch("tool.brush");
    stroke(editor, [[100, 50]]);
    expect([areaOf(editor, 1), areaOf(editor, 2), areaOf(editor, 3)]).toEqual([9800, 5000, 200]);
    expect(masks(editor).find((region) => region.class === 3)?.flags).toEqual(["ignore"]);
    editor.undo();
    expect([areaOf(editor, 1), areaOf(editor, 2), areaOf(editor, 3)]).toEqual([10000, 5000, 0]);
  });

  test("another class for a mask joins it to the mask that the class has", () => {
    const editor = opened([maskRow("a", 1, 0, 0, 10, 10), maskRow("b", 2, 20, 0, 10, 10)], true);
    editor.select(["a"]);
    editor.setClass(2, { apply: true });
    expect(masks(editor).map(({ id }) => id)).toEqual(["b"]);
    expect(areaOf(editor, 2)).toBe(200);
  });

  test("polygons become masks, and neighbours with a shared border leave nothing between them", () => {
    const editor = opened([], true);
    const parts = (ring: number[]) => ({ shape: "polygon", geometry: { parts: [[ring]] } }) as const;
    const draw = (of: number, ring: number[]) => {
      editor.setClass(of);
      editor.setOption("snap", false);
      editor.setTool("polygon");
      for (let i = 0; i < ring.length; i += 2)
        for (const type of ["move", "down", "up"] as const)
          editor.handle({ type, screen: screenPoint(ring[i] as number, ring[i + 1] as number), modifiers: NONE });
      editor.dispatch("tool.finish");
    };
    const left = [0, 0, 93.3, 0, 61.7, 48.1, 120.9, 100, 0, 100];
    const right = [200, 0, 200, 100, 120.9, 100, 61.7, 48.1, 93.3, 0];
    expect(parts(left).shape).toBe("polygon");
    draw(4, left);
    draw(2, right);
    expect(editor.regions().every(isMask)).toBe(true);
    expect(editor.stage.labelMap.unlabelled).toBe(0);
    expect(overlap(editor)).toBe(0);
  });

  test("the next gap is found, filled with the class in hand or with the nearest", () => {
    const editor = opened([maskRow("a", 1, 0, 0, 100, 100), maskRow("b", 2, 104, 0, 96, 90)], true);
    expect(editor.coverage()).toBeCloseTo(1 - (400 + 960) / 20000, 10);
    editor.dispatch("gap.next");
    editor.dispatch("gap.fillNearest");
    expect(editor.coverage()).toBe(1);
    expect(areaOf(editor, 1) + areaOf(editor, 2)).toBe(20000);
    expect(areaOf(editor, 1)).toBeGreaterThan(10100);
    editor.undo();
    editor.setClass(3);
    editor.dispatch("gap.next");
    editor.dispatch("gap.fill");
    expect(areaOf(editor, 3)).toBe(1360);
    expect(overlap(editor)).toBe(0);
  });

  test("gaps are walked one after the other, and then from the first again", () => {
    const editor = opened([maskRow("a", 1, 10, 0, 180, 100)], true);
    const shown: number[] = [];
    for (let i = 0; i < 3; i++) {
      editor.dispatch("gap.next");
      shown.push(Math.round(editor.toImage({ x: 100, y: 50 }).x));
    }
    expect(shown).toEqual([5, 195, 5]);
  });

  test("the eraser leaves pixels without a class", () => {
    const editor = opened([maskRow("a", 1, 0, 0, 200, 100)], true);
    editor.setOption("brush", { size: 10, round: false });
    editor.dispatch("tool.eraser");
    stroke(editor, [[50, 50]]);
    expect(editor.stage.labelMap.unlabelled).toBe(100);
    expect(hasPixels(bitsOf((masks(editor)[0] as MaskRegion).geometry))).toBe(true);
  });

  test("copies and repeated regions take their pixels like any stroke", () => {
    const editor = opened([maskRow("a", 1, 0, 0, 100, 100)], true);
    const pasted = { ...(masks(editor)[0] as MaskRegion), class: 2 };
    editor.addRegions([pasted], "repeat");
    expect([areaOf(editor, 1), areaOf(editor, 2)]).toEqual([0, 10000]);
  });
});

test("an image beyond 120 megapixels is painted without a count of its gaps, and says so instead of calling it done", () => {
  const editor = new Editor();
  const classes = [{ id: 1, name: "a", color: "#ff0000", shapes: ["mask"] }];
  editor.load({ image: { width: 12_000, height: 10_001 }, elements: [], schema: { classes }, semantic: true });
  const said: string[] = [];
  editor.on("say", ({ key }) => said.push(key));
  expect([editor.tooLargeToCount, editor.coverage()]).toEqual([true, null]);
  for (const id of ["gap.next", "gap.fill", "gap.fillNearest"]) editor.dispatch(id);
  expect(said).toEqual(["gapsTooLarge", "gapsTooLarge", "gapsTooLarge"]);
  editor.dispatch("tool.brush");
  stroke(editor, [[100, 100]]);
  expect(masks(editor)).toHaveLength(1);
});
