import { beforeEach, describe, expect, test } from "vitest";
import { maskWith } from "../scene/pixels";
import type { Found } from "../smart/segmenter";
import { Hand } from "../testing";
import type { GeometryOf, LabelSchema } from "../types";

const SCHEMA: LabelSchema = {
  classes: [
    { id: 1, name: "thing", color: "#ffa31f", shapes: ["mask", "polygon", "box"] },
    { id: 2, name: "outline", color: "#47f5ff", shapes: ["polygon"] },
    { id: 3, name: "frame", color: "#7bd88f", shapes: ["box"] },
    { id: 4, name: "spot", color: "#7bd88f", shapes: ["points"] },
  ],
};

const found = (side: number): Found => ({
  mask: maskWith({ x: 10, y: 20, w: side, h: side, data: new Uint8Array(side * side).fill(1) }) as GeometryOf["mask"],
  parts: [[[10, 20, 10 + side, 20, 10 + side, 20 + side, 10, 20 + side]]],
});

let hand: Hand;
/** Requests so far, as the picture would be asked. */
let asked: number;

beforeEach(() => {
  hand = new Hand();
  hand.editor.load({ image: { width: 400, height: 300 }, elements: [], schema: SCHEMA });
  hand.editor.setClass(1);
  hand.key("tool.smart");
  asked = 0;
});

const answer = (what: Found | null, last = true) =>
  hand.editor.handle({ type: "answer", answer: { id: asked, found: what, last } });
const click = (x: number, y: number, held = {}) => {
  hand.click(x, y, held);
  asked += 1;
};
const prompts = () => {
  const { preview } = hand.editor.stage;
  return preview?.kind === "smart" ? preview.prompts : null;
};

describe("the smart tool", () => {
  test("S takes it, a click asks, Enter keeps what was found with where it comes from", () => {
    expect(hand.editor.tool).toBe("smart");
    click(20, 30);
    answer(found(12));
    hand.key("tool.finish");
    const [region] = hand.editor.regions();
    expect(region).toMatchObject({ class: 1, shape: "mask", source: "smart:graph_cut", geometry: { x: 10, y: 20 } });
    expect(hand.editor.stage.preview).toBeNull();
  });

  test("Shift says what is outside, and the option turns both round", () => {
    click(20, 30);
    click(50, 60, { shift: true });
    hand.key("smart.side");
    asked += 1; // asked anew, since an option changed
    click(70, 80);
    expect(prompts()).toEqual([
      { kind: "click", at: [20, 30], inside: true },
      { kind: "click", at: [50, 60], inside: false },
      { kind: "click", at: [70, 80], inside: false },
    ]);
  });

  test("a drag is a box or a scribble", () => {
    hand.drag(30, 40, 10, 20);
    expect(prompts()).toEqual([{ kind: "box", box: [10, 20, 30, 40] }]);
    hand.key("tool.cancel");
    hand.editor.setOption("smartDrag", "scribble");
    hand.drag(30, 40, 10, 20);
    expect(prompts()?.[0]).toMatchObject({ kind: "scribble", inside: true });
  });

  test("undo takes one prompt back, redo sets it again, Escape drops all and the document never changed", () => {
    click(20, 30);
    click(50, 60);
    hand.key("edit.undo");
    expect(prompts()).toHaveLength(1);
    hand.key("edit.redo");
    expect(prompts()).toHaveLength(2);
    hand.key("tool.cancel");
    expect(hand.editor.busy).toBe(false);
    expect(hand.editor.regions()).toEqual([]);
    expect(hand.editor.tool).toBe("smart");
  });

  test("an answer to what was asked before is nothing", () => {
    click(20, 30);
    click(50, 60);
    asked -= 1;
    answer(found(5));
    expect(hand.editor.stage.preview).toMatchObject({ kind: "smart", shaped: null });
  });

  test("Enter before the border is exact waits for it", () => {
    click(20, 30);
    answer(found(8), false);
    hand.key("tool.finish");
    expect(hand.editor.regions()).toHaveLength(0);
    answer(found(9));
    expect(hand.editor.regions()[0]).toMatchObject({ geometry: { size: [9, 9] } });
  });

  test("nothing found is said, and Enter keeps nothing", () => {
    const said: string[] = [];
    hand.editor.on("say", ({ key }) => said.push(key));
    click(20, 30);
    answer({ mask: null, parts: [] });
    hand.key("tool.finish");
    expect(said).toContain("nothingFound");
    expect(hand.editor.regions()).toEqual([]);
  });

  test.each([
    [2, "auto", "polygon"],
    [3, "auto", "box"],
    [2, "mask", "polygon"],
    [1, "polygon", "polygon"],
    [1, "box", "box"],
  ] as const)("of class %i with the wish %s it makes a %s", (id, wish, shape) => {
    hand.editor.setClass(id);
    hand.editor.setOption("smartShape", wish);
    click(20, 30);
    answer(found(12));
    hand.key("tool.finish");
    expect(hand.editor.regions()[0]).toMatchObject({ class: id, shape });
  });

  test("a class that it cannot draw brings another tool", () => {
    hand.editor.setClass(4);
    expect(hand.editor.tool).toBe("points");
  });

  test("the keyboard cursor sets prompts and Enter accepts", () => {
    hand.key("cursor.toggle");
    hand.key("cursor.press");
    asked += 1;
    answer(found(12));
    hand.key("tool.finish");
    expect(hand.editor.regions()).toHaveLength(1);
  });

  test("the size keys change the wand's tolerance and ask again", () => {
    hand.editor.setOption("smartMethod", "wand");
    const before = hand.editor.options.tolerance;
    click(20, 30);
    hand.key("mask.larger");
    asked += 1;
    expect(hand.editor.options.tolerance).toBe(before + 2);
    answer(found(12));
    hand.key("tool.finish");
    expect(hand.editor.regions()[0]).toMatchObject({ source: "smart:wand" });
  });
});

describe("with a model", () => {
  const settled = () => new Promise((done) => setTimeout(done));

  test("the model is asked with all prompts, and the region says that it came from it", async () => {
    const told: number[] = [];
    hand.editor.finding.use({
      source: "smart:Stub:1",
      find: async (prompts) => {
        told.push(prompts.length);
        return found(7).mask;
      },
    });
    hand.editor.setOption("smartMethod", "model");
    hand.click(20, 30).click(30, 40);
    await settled();
    hand.key("tool.finish");
    expect(told).toEqual([1, 2]);
    expect(hand.editor.regions()[0]).toMatchObject({ source: "smart:Stub:1", geometry: { size: [7, 7] } });
  });

  test("where it fails that is said, and the prompts stay", async () => {
    const said: string[] = [];
    hand.editor.on("say", ({ key }) => said.push(key));
    hand.editor.finding.use({ source: "smart:Stub:1", find: () => Promise.reject(new Error("late")) });
    hand.editor.setOption("smartMethod", "model");
    hand.click(20, 30);
    await settled();
    expect(said).toEqual(["modelFailed"]);
    expect(prompts()).toHaveLength(1);
  });

  test("without one the tool finds by itself, whatever was chosen elsewhere", () => {
    hand.editor.setOption("smartMethod", "model");
    click(20, 30);
    answer(found(5));
    hand.key("tool.finish");
    expect(hand.editor.regions()[0]).toMatchObject({ source: "smart:graph_cut" });
  });
});

describe("along edges", () => {
  beforeEach(() => hand.editor.setOption("smartMethod", "wire"));

  test("clicks hold the outline, undo takes one back, a click on the first closes it", () => {
    hand.click(20, 30).click(80, 30).click(80, 90).click(140, 140);
    hand.key("edit.undo");
    hand.click(20, 90).click(20, 30);
    const [region] = hand.editor.regions();
    expect(region).toMatchObject({ shape: "polygon", source: "smart:live_wire" });
    expect(region?.geometry).toEqual({ parts: [[[20, 30, 80, 30, 80, 90, 20, 90]]] });
  });

  test("too few places make no outline", () => {
    hand.click(20, 30).click(80, 30);
    hand.key("tool.finish");
    expect(hand.editor.regions()).toEqual([]);
    hand.key("tool.cancel");
    expect(hand.editor.busy).toBe(false);
  });
});
