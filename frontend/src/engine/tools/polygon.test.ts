import { describe, expect, test } from "vitest";
import { segmentDistance } from "../geometry/points";
import { ops } from "../shapes";
import { cpuNow, Hand, polygonRow } from "../testing";

const SQUARE = [100, 100, 200, 100, 200, 200, 100, 200];
const NEXT = [200, 100, 260, 100, 260, 200, 200, 200];

function partsOf(hand: Hand, id: string): number[][][] {
  const region = hand.editor.region(id);
  return region?.shape === "polygon" ? region.geometry.parts : [];
}
const areaOf = (hand: Hand, id: string) => {
  const region = hand.editor.region(id);
  return region ? ops.area(region) : Number.NaN;
};

function saidBy(hand: Hand): string[] {
  const said: string[] = [];
  hand.editor.on("say", ({ key }) => said.push(key));
  return said;
}

function circle(hand: Hand, steps: number, draw: (x: number, y: number) => unknown): void {
  for (let i = 0; i <= steps; i++) {
    const turn = (2 * Math.PI * i) / steps;
    draw(200 + 80 * Math.cos(turn), 150 + 80 * Math.sin(turn));
  }
  hand.key("tool.finish");
}

describe("freehand", () => {
  test("moving with Shift held draws the line, kept to a quarter of a pixel with far fewer vertices", () => {
    const hand = new Hand();
    hand.key("tool.polygon");
    hand.click(280, 150);
    const trace: [number, number][] = [];
    circle(hand, 2000, (x, y) => {
      trace.push([x, y]);
      hand.move(x, y, { shift: true });
    });
    const ring = partsOf(hand, "new-1")[0]?.[0] as number[];
    expect(ring.length / 2).toBeLessThan(100);
    expect(ring.length / 2).toBeGreaterThan(20);
    const strays = trace.map(([x, y]) => {
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i < ring.length; i += 2) {
        const j = (i + 2) % ring.length;
        const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[j], ring[j + 1]] as [number, number, number, number];
        best = Math.min(best, segmentDistance(x, y, ax, ay, bx, by));
      }
      return best;
    });
    expect(Math.max(...strays)).toBeLessThanOrEqual(0.25 + 1e-9);
  });

  test("a drag with Shift closes where it began", () => {
    const hand = new Hand();
    hand.key("tool.polygon");
    const shift = { shift: true };
    hand.move(280, 150).down(280, 150, shift);
    for (let i = 1; i < 200; i++) {
      const turn = (2 * Math.PI * i) / 200;
      hand.move(200 + 80 * Math.cos(turn), 150 + 80 * Math.sin(turn), shift);
    }
    hand.up(280, 150, shift);
    expect(Math.abs(areaOf(hand, "new-1") - Math.PI * 80 * 80)).toBeLessThan(2 * Math.PI * 80 * 0.25);
  });

  test("free and clicked stretches follow each other, and Ctrl+Z takes one vertex of either", () => {
    const hand = new Hand();
    hand.key("tool.polygon");
    hand.click(50, 50).move(100, 50, { shift: true }).move(150, 50, { shift: true }).move(150, 100, { shift: true });
    hand.move(152, 102).click(150, 150).click(20, 290);
    hand.key("edit.undo");
    hand.click(50, 150);
    hand.key("tool.finish");
    expect(partsOf(hand, "new-1")).toEqual([[[50, 50, 150, 50, 150, 100, 150, 150, 50, 150]]]);
  });

  test("10,000 vertices: a move stays cheap", () => {
    const hand = new Hand();
    hand.key("tool.polygon");
    hand.click(10, 150);
    // A saw that no line within a quarter of a pixel can smooth.
    const at = (i: number) => [10 + (i / 10_000) * 380, 150 + (i % 2 ? 40 : -40)] as const;
    for (let i = 1; i <= 10_000; i++) hand.move(...at(i), { shift: true });
    const before = cpuNow();
    for (let i = 0; i < 100; i++) hand.move(...at(i), { shift: true });
    expect((cpuNow() - before) / 100).toBeLessThan(4);
    hand.key("tool.finish");
    const ring = partsOf(hand, "new-1")[0]?.[0] ?? [];
    expect(ring.length / 2).toBeGreaterThanOrEqual(10_000);
  }, 30_000);
});

describe("parts and holes", () => {
  const selected = (action: string) => {
    const hand = new Hand([polygonRow("p", SQUARE)]);
    hand.editor.select(["p"]);
    hand.key(action);
    expect(hand.editor.selection).toEqual(["p"]);
    return hand;
  };

  test("a ring inside the selected polygon is a hole of it", () => {
    const hand = selected("polygon.hole").click(120, 120).click(160, 120).click(160, 160).click(120, 160);
    hand.key("tool.finish");
    expect(areaOf(hand, "p")).toBe(10_000 - 1600);
    expect(partsOf(hand, "p")).toHaveLength(1);
    expect(partsOf(hand, "p")[0]).toHaveLength(2);
    expect(Object.keys(hand.geometries())).toEqual(["p"]);
  });

  test("over the border it takes a piece off, and one Ctrl+Z brings it back", () => {
    const hand = selected("polygon.hole").click(150, 50).click(250, 50).click(250, 250).click(150, 250);
    hand.key("tool.finish");
    expect(areaOf(hand, "p")).toBe(5000);
    hand.key("edit.undo");
    expect(partsOf(hand, "p")).toEqual([[SQUARE]]);
  });

  test("a hole over everything is not cut: it says so", () => {
    const hand = selected("polygon.hole");
    const said = saidBy(hand);
    hand.click(50, 50).click(250, 50).click(250, 250).click(50, 250);
    hand.key("tool.finish");
    expect(said).toEqual(["nothingLeft"]);
    expect(areaOf(hand, "p")).toBe(10_000);
  });

  test("a ring apart from it is a further part, one that touches it grows it", () => {
    const hand = selected("polygon.add").click(300, 100).click(340, 100).click(340, 140).click(300, 140);
    hand.key("tool.finish");
    expect(partsOf(hand, "p")).toHaveLength(2);
    hand.click(150, 180).click(180, 180).click(180, 250).click(150, 250);
    hand.key("tool.finish");
    expect(partsOf(hand, "p")).toHaveLength(2);
    expect(areaOf(hand, "p")).toBe(10_000 + 1600 + 30 * 50);
  });

  test("without a selected polygon a hole says what it needs, and a part is a polygon of its own", () => {
    const hand = new Hand();
    const said = saidBy(hand);
    hand.key("polygon.hole");
    hand.click(120, 120).click(160, 120).click(160, 160);
    hand.key("tool.finish");
    expect(said).toEqual(["needsPolygon"]);
    hand.key("tool.cancel");
    hand.key("polygon.add");
    hand.click(120, 120).click(160, 120).click(160, 160);
    hand.key("tool.finish");
    expect(Object.keys(hand.geometries())).toEqual(["new-1"]);
  });

  test("P draws a new polygon again", () => {
    const hand = selected("polygon.hole");
    hand.key("tool.polygon");
    expect(hand.editor.options.polygonMode).toBe("new");
    expect(hand.editor.selection).toEqual([]);
  });
});

describe("union and subtraction", () => {
  const both = (second: number[]) => {
    const hand = new Hand([polygonRow("p", SQUARE), polygonRow("q", second)]);
    hand.editor.select(["p", "q"]);
    return hand;
  };

  test("neighbours with a shared border become one ring without a seam", () => {
    const hand = both(NEXT);
    hand.key("polygon.union");
    expect(Object.keys(hand.geometries())).toEqual(["p"]);
    expect(partsOf(hand, "p")).toHaveLength(1);
    expect(areaOf(hand, "p")).toBe(16_000);
    hand.key("edit.undo");
    expect(Object.keys(hand.geometries())).toEqual(["p", "q"]);
  });

  test("the first selected loses what the other covers, and the other stays", () => {
    const hand = both([150, 50, 300, 50, 300, 250, 150, 250]);
    hand.key("polygon.subtract");
    expect(areaOf(hand, "p")).toBe(5000);
    expect(areaOf(hand, "q")).toBe(30_000);
  });

  test("what would leave nothing is not done", () => {
    const hand = both([50, 50, 300, 50, 300, 250, 50, 250]);
    const said = saidBy(hand);
    hand.key("polygon.subtract");
    expect(said).toEqual(["nothingLeft"]);
    expect(areaOf(hand, "p")).toBe(10_000);
  });

  test("one polygon alone has nothing to be united with", () => {
    const hand = both(NEXT);
    hand.editor.select(["p"]);
    expect(hand.key("polygon.union")).toBe(false);
  });
});

describe("cutting", () => {
  test("a line right across makes two regions of the same class that share the cut", () => {
    const hand = new Hand([polygonRow("p", SQUARE)]);
    hand.key("tool.cut");
    hand.click(50, 140).click(250, 140);
    hand.key("tool.finish");
    expect(Object.keys(hand.geometries()).sort()).toEqual(["new-1", "p"]);
    expect(areaOf(hand, "p")).toBe(6000);
    expect(areaOf(hand, "new-1")).toBe(4000);
    expect(hand.editor.region("new-1")?.class).toBe(1);
    hand.key("edit.undo");
    expect(hand.geometries()).toEqual({ p: { parts: [[SQUARE]] } });
  });

  test("with a selection only that is cut, without one all that lies under the line", () => {
    const hand = new Hand([polygonRow("p", SQUARE), polygonRow("q", NEXT)]);
    hand.editor.select(["q"]);
    hand.key("tool.cut");
    hand.click(50, 150).click(300, 150);
    hand.key("tool.finish");
    expect([areaOf(hand, "p"), areaOf(hand, "q")]).toEqual([10_000, 3000]);
    hand.key("edit.undo");
    hand.editor.select([]);
    hand.click(50, 150).click(300, 150);
    hand.key("tool.finish");
    expect([areaOf(hand, "p"), areaOf(hand, "q")]).toEqual([5000, 3000]);
  });

  test("a locked polygon is not cut, and a line that cuts nothing says so", () => {
    const hand = new Hand([polygonRow("p", SQUARE)]);
    hand.editor.setLocked(["p"], true);
    const said = saidBy(hand);
    hand.key("tool.cut");
    hand.click(50, 140).click(250, 140);
    hand.key("tool.finish");
    expect(said).toEqual(["cutsNothing"]);
    expect(hand.geometries()).toEqual({ p: { parts: [[SQUARE]] } });
  });

  test("other parts of a polygon stay with it", () => {
    const hand = new Hand([
      {
        kind: "region",
        version: 1,
        element: {
          id: "p",
          class: 1,
          shape: "polygon",
          geometry: { parts: [[SQUARE], [[300, 220, 340, 220, 340, 260]]] },
          attributes: {},
        },
      },
    ]);
    hand.key("tool.cut");
    hand.click(50, 140).click(250, 140);
    hand.key("tool.finish");
    expect(partsOf(hand, "p")).toHaveLength(2);
    expect(partsOf(hand, "new-1")).toHaveLength(1);
  });
});

describe("snapping to neighbours", () => {
  const beside = (snap = true) => {
    const hand = new Hand([polygonRow("p", SQUARE)]);
    hand.editor.setOption("snap", snap);
    hand.key("tool.polygon");
    return hand;
  };

  test("a click near a vertex or an edge takes hold of it", () => {
    const hand = beside().click(203, 97).click(300, 100).click(300, 150).click(204, 150);
    hand.key("tool.finish");
    expect(partsOf(hand, "new-1")).toEqual([[[200, 100, 300, 100, 300, 150, 200, 150]]]);
  });

  test("between two places on one border the border is copied vertex for vertex, the shorter way", () => {
    const hand = beside().click(160, 96).click(204, 160).click(260, 160).click(260, 60);
    hand.key("tool.finish");
    expect(partsOf(hand, "new-1")).toEqual([[[160, 100, 200, 100, 200, 160, 260, 160, 260, 60]]]);
  });

  test("Ctrl or Alt lets go while it is held, and the option lets go for good", () => {
    const alt = beside().click(203, 97, { alt: true }).click(300, 100).click(300, 150);
    alt.key("tool.finish");
    expect(partsOf(alt, "new-1")[0]?.[0]?.slice(0, 2)).toEqual([203, 97]);
    const off = beside(false).click(203, 97).click(300, 100).click(300, 150);
    off.key("tool.finish");
    expect(partsOf(off, "new-1")[0]?.[0]?.slice(0, 2)).toEqual([203, 97]);
  });

  test("hidden neighbours are let go of", () => {
    const hand = new Hand([polygonRow("p", SQUARE)]);
    hand.editor.setHidden(["p"], true);
    hand.key("tool.polygon");
    hand.click(203, 97).click(300, 100).click(300, 150);
    hand.key("tool.finish");
    expect(partsOf(hand, "new-1")[0]?.[0]?.slice(0, 2)).toEqual([203, 97]);
  });
});

describe("a stretch of the contour drawn anew", () => {
  const redraw = () => {
    const hand = new Hand([polygonRow("p", SQUARE)]);
    hand.editor.select(["p"]);
    hand.key("polygon.edit");
    return hand;
  };

  test("from the contour over new places back to it: the shorter side is replaced", () => {
    const hand = redraw().click(120, 102).click(150, 60).click(180, 99);
    expect(hand.geometries()).toEqual({
      p: { parts: [[[120, 100, 150, 60, 180, 100, 200, 100, 200, 200, 100, 200, 100, 100]]] },
    });
    expect(hand.editor.busy).toBe(false);
    hand.key("edit.undo");
    expect(partsOf(hand, "p")).toEqual([[SQUARE]]);
  });

  test("freely with Shift as well, from button down to button up", () => {
    const shift = { shift: true };
    const hand = redraw().move(120, 100).down(120, 100, shift);
    hand.move(120, 80, shift).move(120, 60, shift).move(180, 60, shift).move(180, 101, shift).up(180, 101, shift);
    expect(partsOf(hand, "p")).toEqual([
      [[120, 100, 120, 60, 180, 60, 180, 100, 200, 100, 200, 200, 100, 200, 100, 100]],
    ]);
  });

  test("away from the contour it does not start, and Enter away from it does not end", () => {
    const hand = redraw();
    const said = saidBy(hand);
    hand.click(150, 150);
    expect(hand.editor.busy).toBe(false);
    hand.click(120, 100).click(150, 60);
    hand.key("tool.finish");
    expect(said).toEqual(["startOnContour", "endOnContour"]);
    expect(partsOf(hand, "p")).toEqual([[SQUARE]]);
  });

  test("without a selected polygon it says what it needs", () => {
    const hand = new Hand([polygonRow("p", SQUARE)]);
    const said = saidBy(hand);
    hand.key("polygon.edit");
    hand.click(120, 100);
    expect(said).toEqual(["needsPolygon"]);
  });
});
