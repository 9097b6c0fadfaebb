import { describe, expect, test } from "vitest";
import { inPaintingOrder } from "./scene/layers";
import { boxRow, Hand } from "./testing";

const three = () => new Hand([boxRow("a", 0, 0, 40, 40), boxRow("b", 20, 20, 40, 40), boxRow("c", 200, 200, 40, 40)]);
const order = (hand: Hand) => inPaintingOrder(hand.editor.regions()).map(({ id }) => id);

describe("groups", () => {
  test("a click on one member takes the group, a second click at the same place the member alone", () => {
    const hand = three();
    hand.editor.select(["a", "c"]);
    hand.key("region.group");
    hand.editor.select([]);
    hand.click(5, 5);
    expect(hand.editor.selection).toEqual(["a", "c"]);
    hand.click(5, 5);
    expect(hand.editor.selection).toEqual(["a"]);
  });

  test("a drag of one member moves all, a marquee over one takes all, Shift-click takes all away", () => {
    const hand = three();
    hand.editor.select(["a", "c"]);
    hand.key("region.group");
    hand.editor.select([]);
    hand.drag(5, 5, 15, 5);
    expect(hand.geometries()).toMatchObject({ a: { x: 10 }, c: { x: 210 }, b: { x: 20 } });
    hand.drag(190, 190, 260, 260);
    expect(hand.editor.selection).toEqual(["a", "c"]);
    hand.click(220, 220, { shift: true });
    expect(hand.editor.selection).toEqual([]);
  });

  test("ungrouping leaves no trace in the document, and undo brings the group back", () => {
    const hand = three();
    hand.editor.select(["a", "b"]);
    hand.key("region.group");
    hand.key("region.ungroup");
    expect(hand.editor.region("a")).not.toHaveProperty("group");
    hand.key("edit.undo");
    expect(hand.editor.region("a")?.group).toBe(hand.editor.region("b")?.group);
    expect(hand.editor.region("a")?.group).toBeDefined();
  });

  test("copies of a group are a group of their own", () => {
    const hand = three();
    hand.editor.select(["a", "b"]);
    hand.key("region.group");
    hand.key("region.duplicate");
    const [x, y] = hand.editor.selection.map((id) => hand.editor.region(id)?.group);
    expect(x).toBe(y);
    expect(x).not.toBe(hand.editor.region("a")?.group);
  });
});

describe("tracks", () => {
  const tracked = () => new Hand([boxRow("a", 0, 0, 40, 40, { track: 7 }), boxRow("b", 100, 0, 40, 40)]);
  const track = (hand: Hand, id: string) => hand.editor.region(id)?.track;

  test("a region that is moved or nudged keeps its track", () => {
    const hand = tracked();
    hand.editor.select(["a"]);
    hand.drag(20, 20, 60, 60);
    hand.key("move.right");
    expect(hand.geometries()).toMatchObject({ a: { x: 41, y: 40 } });
    expect(track(hand, "a")).toBe(7);
  });

  test("a copy on the same image belongs to no track; on another image it goes on with its own", () => {
    const hand = tracked();
    hand.editor.select(["a"]);
    hand.key("region.duplicate");
    const [copy] = hand.editor.selection;
    expect(copy).not.toBe("a");
    expect(hand.editor.region(copy as string)).not.toHaveProperty("track");
    const next = new Hand([]);
    const [again] = next.editor.addRegions(hand.editor.regions(), "repeat");
    expect(track(next, again as string)).toBe(7);
  });

  test("a begun track has the next number; it can be changed and taken away, and undo brings it back", () => {
    const hand = tracked();
    hand.editor.select(["a", "b"]);
    hand.key("region.beginTrack");
    expect([track(hand, "a"), track(hand, "b")]).toEqual([7, 8]);
    expect(hand.editor.setTrack(["b"], 0)).toBe(true);
    expect(track(hand, "b")).toBe(0);
    hand.editor.setTrack(["a", "b"], null);
    expect(hand.editor.region("a")).not.toHaveProperty("track");
    hand.key("edit.undo");
    expect([track(hand, "a"), track(hand, "b")]).toEqual([7, 0]);
  });

  test.each([-1, 1.5, 2 ** 60])("%d is no track, and that is said", (number) => {
    const hand = tracked();
    const said: string[] = [];
    hand.editor.on("say", ({ key }) => said.push(key));
    expect(hand.editor.setTrack(["a"], number)).toBe(false);
    expect(said).toEqual(["notATrack"]);
    expect(track(hand, "a")).toBe(7);
  });
});

describe("parents", () => {
  test("the first selected is the parent of the others, and a circle is refused and said", () => {
    const hand = three();
    const said: string[] = [];
    hand.editor.on("say", ({ key }) => said.push(key));
    hand.editor.select(["a", "b"]);
    hand.key("region.setParent");
    expect(hand.editor.region("b")?.parent).toBe("a");
    hand.editor.select(["b", "a"]);
    hand.key("region.setParent");
    expect(hand.editor.region("a")?.parent).toBeUndefined();
    expect(said).toEqual(["parentSet", "parentCircle"]);
  });

  test("who loses its parent names none, in the same step; clearing does the same", () => {
    const hand = three();
    hand.editor.select(["a", "b"]);
    hand.key("region.setParent");
    hand.editor.remove(["a"]);
    expect(hand.editor.region("b")).not.toHaveProperty("parent");
    hand.key("edit.undo");
    expect(hand.editor.region("b")?.parent).toBe("a");
    hand.editor.select(["b"]);
    hand.key("region.clearParent");
    expect(hand.editor.region("b")).not.toHaveProperty("parent");
  });

  test("a copied child belongs to the copied parent, alone to nobody", () => {
    const hand = three();
    hand.editor.select(["a", "b"]);
    hand.key("region.setParent");
    hand.key("region.duplicate");
    const [parent, child] = hand.editor.selection;
    expect(hand.editor.region(child as string)?.parent).toBe(parent);
    hand.editor.select(["b"]);
    hand.key("region.duplicate");
    expect(hand.editor.region(hand.editor.selection[0] as string)).not.toHaveProperty("parent");
  });
});

describe("layers", () => {
  test("to the front and to the back change only what has to change", () => {
    const hand = three();
    expect(order(hand)).toEqual(["a", "b", "c"]);
    hand.editor.select(["a"]);
    hand.key("region.toFront");
    expect(order(hand)).toEqual(["b", "c", "a"]);
    expect(hand.editor.region("b")?.z).toBeUndefined();
    hand.key("region.toBack");
    expect(order(hand)[0]).toBe("a");
    const before = hand.editor.regions();
    hand.key("region.toBack");
    expect(hand.editor.regions()).toEqual(before);
  });

  test("a step passes the next region that it touches and is one step of undo", () => {
    const hand = three();
    hand.editor.select(["a"]);
    hand.key("region.forward");
    expect(order(hand).indexOf("a")).toBeGreaterThan(order(hand).indexOf("b"));
    hand.key("region.backward");
    expect(order(hand).indexOf("a")).toBeLessThan(order(hand).indexOf("b"));
    hand.key("edit.undo");
    hand.key("edit.undo");
    expect(hand.editor.regions().map(({ z }) => z)).toEqual([undefined, undefined, undefined]);
  });
});

describe("the eyedropper", () => {
  const rows = [boxRow("a", 0, 0, 40, 40), boxRow("w", 100, 100, 40, 40, { class: 2, attributes: { state: "bad" } })];

  test("gives class and attributes to what is selected", () => {
    const hand = new Hand(rows);
    hand.editor.select(["a"]);
    hand.move(120, 120);
    hand.key("region.eyedropper");
    expect(hand.editor.region("a")).toMatchObject({ class: 2, attributes: { state: "bad" } });
  });

  test("without a selection what is drawn next gets them, until another class is in hand", () => {
    const hand = new Hand(rows);
    hand.move(120, 120);
    hand.key("region.eyedropper");
    hand.key("tool.box");
    hand.drag(200, 200, 240, 240).drag(300, 200, 340, 240);
    expect(hand.editor.region("new-1")).toMatchObject({ class: 2, attributes: { state: "bad" } });
    hand.editor.setClass(1);
    hand.editor.setClass(2);
    hand.key("tool.box");
    hand.drag(200, 100, 240, 140);
    expect(hand.editor.region("new-3")).toMatchObject({ class: 2, attributes: { state: "good" } });
  });
});
